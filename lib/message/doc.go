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
// # When a process dies
//
// A process that is killed, even by SIGKILL, holds up nobody, and takes
// nothing with it but what it has received:
//
//   - an item is in a queue for good when its Put returns. Of a Put cut off
//     by death the item is in the queue as a whole or not at all;
//   - an item has left a queue for good when it has arrived at the process
//     that gets it, and that has said so. If it dies before, the item comes
//     back, ahead of later ones, and somebody else gets it. A Get says
//     ErrClosed only when no item can come back any more. So no item is lost
//     or received twice, but what a process had received, it had received;
//   - the other end of a pipe receives what was sent, and then ErrLost;
//   - if the process that made a queue dies, the items are gone with it, and
//     the others get ErrLost.
//
// A process that is stopped (SIGSTOP) is not dead: an item on its way to it
// waits with it.
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
//   - between goroutines: 110 to 150 ns, where a bare channel takes 65 to 100
//     (BenchmarkBetweenGoroutines);
//   - between processes: 20 to 60 µs, and 80 for a thousand numbers
//     at once (BenchmarkBetweenProcesses).
//     Every item is a message and an answer each way, so send a
//     slice of a thousand numbers rather than a thousand numbers;
//   - a question and its answer through a pipe to another process:
//     50 to 90 µs (BenchmarkPipe).
package message
