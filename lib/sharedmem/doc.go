// Package sharedmem shares numbers between goroutines, in several ways, and
// between processes. Its Value and Array are those of slide 11. Shared memory
// is one of slide 3's two ways to transfer data between the parts of a parallel
// program; package message is the other.
//
// In one process:
//
//   - Locked: changed under a mutex, for any change, however long;
//   - Atomic: changed by atomic operations of the processor;
//   - Sharded: a padded cell for each worker, summed when read; for numbers
//     that are changed often and read rarely.
//
// Between processes, or in one: Value and Array. Send the pointer in the
// argument of a task of package process; the task then uses the same memory. Additions are atomic; Lock is for longer changes.
//
// Two types are wrong and one is slow, on purpose, to show why: Racy and Lossy
// lose updates, Packed shares cache lines.
//
// # Access
//
// The memory is a file: on Linux one that exists in memory only (memfd), on
// other Unix systems one in a new folder that only this user can enter. A
// process sends another one the path and a random token that the file must
// contain. On Linux nothing is left when the last process has ended, in
// whatever way; elsewhere the file remains if the process that made it is
// killed. On other systems than Unix, NewValue and NewArray return an error.
//
// # When a process dies
//
// The memory exists as long as any process uses it. An addition is done
// completely or not at all. If the process held the lock, the next Lock
// acquires it and returns ErrOwnerDied.
//
// # What it costs
//
// Measured on 2 cores that other programs used too, while a bare atomic
// addition took 6 to 17 ns. An addition, when two workers do nothing else:
//
//   - goroutines (BenchmarkCounters): Locked 26 to 45 ns, Atomic 14 to 28,
//     Packed and Sharded 9 to 24. These two cores, which may share a cache,
//     did not show false sharing (Packed slower than Sharded). Run it on
//     yours;
//   - processes (BenchmarkAcrossProcesses): Value 10 to 19 ns, of float64 20
//     to 50, under the lock 0.7 to 3 µs.
//
// Making, sending, receiving and closing an array: 60 µs (BenchmarkNewArray).
package sharedmem
