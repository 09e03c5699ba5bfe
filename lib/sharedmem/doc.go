// Package sharedmem shares numbers: between goroutines in several ways, and
// between processes. Its Value and Array are those of slide 11, and shared
// memory is one of slide 3's two ways to transfer data between the parts of
// a parallel program; package message is the other.
//
// In one process:
//
//   - Locked: under a mutex. Any change, however long;
//   - Atomic: by the processor's own additions. One number, any worker;
//   - Sharded: a padded cell for each worker, summed when read. For numbers
//     that are added to all the time and read now and then.
//
// Between processes, and just as well in one: Value, Array and
// NewProcessSharded. Send the pointer in the argument of a task of package
// process, and there it is the same memory. Additions are atomic; Lock is
// for longer changes.
//
// Two are wrong and one is slow, and they say so: Racy and Lossy lose
// updates, Packed shares cache lines. They are there to be seen failing.
//
// # Who can reach it
//
// The memory is a file that exists in memory only (memfd) on Linux, and a
// file in a folder of its own, which only this user can enter, on other Unix
// systems. What travels is where to open it, and a random token that must be
// found there. On Linux nothing is left when the last process has ended,
// however it did; elsewhere the file stays if the process that made it is
// killed. Where there is no Unix, NewValue, NewArray and NewProcessSharded
// return an error that says so.
//
// # When a process dies
//
// The memory stays as long as anybody has it. An addition is done or not.
// The lock goes to the next in line, who is told ErrOwnerDied.
//
// # What it costs
//
// Measured on 2 cores that other programs used too, while a bare atomic
// addition took 6 to 17 ns. An addition, when two do nothing else:
//
//   - goroutines (BenchmarkCounters): Locked 26 to 45 ns, Atomic 14 to 28,
//     Packed and Sharded 9 to 24. False sharing, Packed slower than Sharded,
//     was not to be seen on those two cores, which may share a cache. Run it
//     on yours;
//   - processes (BenchmarkAcrossProcesses): Value 10 to 19 ns, of float64 20
//     to 50, under the lock 0.7 to 3 µs;
//   - an array made, sent, received and closed: 60 µs (BenchmarkNewArray).
package sharedmem
