// Package message passes messages: a Queue between many, a Pipe between two,
// the same between goroutines and between processes. It is the Queue and the
// Pipe of slide 11, and one of slide 3's two ways to transfer data between
// the parts of a parallel program; package sharedmem is the other.
//
// Between goroutines a channel is all you need, and a queue is one that may
// be closed by anybody, at any time, and can wait with a timeout. Between
// processes it is what a channel cannot be: send a *Queue or an *End to a
// task of package process, in its argument, and there it is the same queue.
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
// Nobody waits for an answer to every item. A process is promised some of
// the room that is free, and its Put returns when the item is on its way to
// a place that is kept for it. A process that gets is sent some items ahead.
// Both can be taken back at any time, by a word in memory that the two
// processes share (package sharedmem), so nothing else changes by it:
//
//   - a queue never holds more than its capacity. Room that one process was
//     promised and has not used is there for another as soon as that finds
//     none;
//   - items that were sent ahead wait in the queue until a Get claims them.
//     Whoever else gets first takes them back and has the oldest;
//   - Close refuses from that moment on every Put of every process, and what
//     was on its way counts as put. TryPut, TryGet and Len know of every Put
//     that has returned, in whichever process;
//   - a context that ends while a Put or Get waits has put or taken nothing.
//
// The items of one process stay in order. Those of two others are in the
// order in which they arrive, even if one was put after the other's Put had
// returned; so it is in Python. An item that cannot be decoded where the
// queue is, such as a type in an interface that was registered elsewhere
// only, is an error of the Get that would have received it.
//
// # When a process dies
//
// A process that is killed, even by SIGKILL, holds up nobody, and takes
// nothing with it but what it has received:
//
//   - an item is in a queue for good when its Put returns: it arrives even if
//     the process is killed then. Of a Put cut off by death the item is in
//     the queue as a whole or not at all;
//   - an item has left a queue for good when the process that gets it has
//     claimed it. If it dies before, the item comes back, ahead of later
//     ones, and somebody else gets it. A Get says ErrClosed only when no item
//     can come or come back any more. So no item is lost or received twice,
//     but what a process had received, it had received;
//   - the other end of a pipe receives what was sent, and then ErrLost;
//   - if the process that made a queue dies, the items are gone with it, and
//     also those on their way to it. The others get ErrLost.
//
// A process that is stopped (SIGSTOP) is not dead: the one item that it was
// waiting for, or just putting, waits with it, and so does its place.
//
// # Who can reach it
//
// A queue that was never sent to another process has no socket. One that was
// has a Unix socket with a random name: on Linux in no folder, so that it
// vanishes with its process; elsewhere in a folder of its own, which is
// removed at the end but stays if the process is killed. It lets in only
// processes of the same user that show a random token of 32 bytes; the token
// travels with the argument. Values that arrive are trusted: they come from
// the same program.
//
// # What it costs
//
// Measured on 2 cores that other programs used too, for a Put and its Get:
//
//   - between goroutines: 100 to 170 ns, where a bare channel takes 65 to 100
//     (BenchmarkBetweenGoroutines);
//   - from another process: 2.9 to 4.5 µs an int, 5 to 9 a struct with
//     strings, 20 to 65 a thousand numbers at once; to another process: 1.5
//     to 2.5 µs (BenchmarkBetweenProcesses). Of several processes that get
//     from the same queue none is sent many ahead: 2 to 8 µs for two
//     (BenchmarkTwoThatGet);
//   - a question and its answer through a pipe to another process: 19 to 25
//     µs (BenchmarkPipe);
//   - the first Put and the first Get of a process: a connection and its
//     memory, 100 to 200 µs each.
//
// Python's Queue takes 8 to 13 µs an item either way, its Pipe 17 to 60
// (benchmarks, -only "of a queue" and -only pipe).
package message
