// Package message passes messages: through a Queue between many goroutines or
// processes, or through a pipe between two. These are the Queue and the Pipe of
// slide 11, and one of slide 3's two ways to transfer data between the parts of
// a parallel program; package sharedmem is the other.
//
// Between goroutines a channel suffices. Unlike a channel, a queue may be
// closed by any goroutine at any time, and Put and Get can wait with a timeout.
// A queue also works between processes: send a *Queue or an *End in the
// argument of a task of package process, and the task uses the same queue.
//
//	type job struct {
//		Numbers *message.Queue[int]
//		Primes  *message.Queue[int]
//	}
//
//	var worker = process.Register("worker", func(j job) int { ... })
//
// # Between processes
//
// Items arrive exactly as they were put, like the arguments of tasks; see
// process.Register.
//
// The owner of a queue is the process that called NewQueue: it stores the items.
// A Put or Get in another process does not wait for a reply to every item (see
// ledger.go). Still, these hold for all processes together:
//
//   - a queue never holds more items than its capacity;
//   - a Get receives the oldest item that no other Get has received;
//   - an item is in the queue when Put has returned, in any process. TryPut,
//     TryGet and Len count it, and it can still be received after Close. After
//     Close, Puts in all processes fail;
//   - if the context is done while a Put or Get waits, nothing was put or taken.
//
// The items of one process stay in order. Items of two processes are in the
// order in which they arrive, even if the second Put started after the first
// had returned; the same holds in Python. If the owner cannot decode an item, for
// example because it did not register a type in an interface, the Get that would
// have received the item returns an error.
//
// # When a process dies
//
// A process that is killed, even by SIGKILL, blocks no other process, and only
// the items that it has received are lost:
//
//   - when Put has returned, the item arrives even if the process is killed. If
//     the process dies during a Put, the queue receives the whole item or none;
//   - an item leaves the queue when a Get takes it. If the process dies before,
//     the item stays in the queue, before later items, and another Get receives
//     it. Get returns ErrClosed only when no more items can arrive or return. So
//     no item is received twice, and a process that dies loses only items that
//     it has received;
//   - the other end of a pipe receives what was sent, and then ErrLost;
//   - if the owner of a queue dies, the queue's items and the items on their way
//     to it are lost. The other processes get ErrLost.
//
// A process that is stopped (SIGSTOP) is not dead: it blocks the one item that
// it was waiting for or putting, and that item's capacity.
//
// # Access
//
// A queue that is used in one process has no socket. When it is first sent to
// another process, it gets a Unix socket with a random name: on Linux in no
// folder, so that it disappears with its process; elsewhere in a new folder,
// which is removed at the end but remains if the process is killed. The socket
// accepts only processes of the same user that send a random token of 32 bytes,
// which is part of the queue's encoding. Values that arrive are trusted: they
// come from the same program.
//
// # What it costs
//
// Measured on 2 cores that other programs used too, for a Put and its Get:
//
//   - between goroutines: 100 to 170 ns, where a bare channel takes 65 to 100
//     (BenchmarkBetweenGoroutines);
//   - from another process: 2.9 to 4.5 µs for an int, 5 to 9 for a struct with
//     strings, 20 to 65 for a slice of a thousand numbers; to another process:
//     1.5 to 2.5 µs for an int (BenchmarkBetweenProcesses);
//   - if two processes get from one queue: 2 to 8 µs, because fewer items are
//     sent together (BenchmarkTwoThatGet);
//   - a request and its reply through a pipe to another process: 19 to 25 µs
//     (BenchmarkPipe);
//   - the first Put and the first Get of a process: 100 to 200 µs each, for a
//     connection and its shared memory.
//
// Python's Queue takes 8 to 13 µs an item in either direction, its Pipe 17 to
// 60 (benchmarks, -only "of a queue" and -only pipe).
package message
