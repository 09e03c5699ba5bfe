package message

import "context"

// pipeCapacity is how many messages a direction of a pipe holds. It stands
// for the 64 KiB buffer that a pipe of Unix has: big enough for both sides
// to run ahead a little, small enough for a side that runs away to be held
// back.
const pipeCapacity = 64

// End is one of the two ends of a pipe: what is sent at one is received at
// the other. S is the type that it sends, R the one that it receives. Make
// both with NewPipe. An end may be used by many goroutines at once, and be
// sent, as a pointer, to one other process, which then has it. It mirrors
// the Connection objects of Python's multiprocessing.Pipe (slide 11).
type End[S, R any] struct {
	_  [0]*S // makes the compiler refuse to convert it to an end of another type
	_  [0]*R
	at place
}

// NewPipe makes a pipe and returns its two ends. Each direction holds up to
// 64 messages that have not been received; then Send waits. It mirrors
// Python's mp.Pipe().
func NewPipe[A, B any]() (*End[A, B], *End[B, A]) {
	a, b := newPipe((*A)(nil), (*B)(nil))
	return &End[A, B]{at: a}, &End[B, A]{at: b}
}

// newPipe makes a pipe for values of the types that a and b point to.
func newPipe(a, b any) (place, place) {
	there, back := newStore(pipeCapacity), newStore(pipeCapacity)
	return &local{types: typesOf(a, b, true), into: there, from: back},
		&local{types: typesOf(b, a, true), into: back, from: there}
}

func (e *End[S, R]) place() place {
	if e == nil {
		return nil
	}
	return e.at
}

func (e *End[S, R]) call(operation string) call {
	return newCall(e.place(), operation, "end", "NewPipe")
}

// Send sends v to the other end, and waits while the pipe is full. The error
// is ErrClosed if either end is closed, or ErrLost, or says that v cannot be
// sent. It mirrors Python's Connection.send.
func (e *End[S, R]) Send(v S) error { return e.call("Send").put(context.Background(), &v) }

// SendContext is Send that gives up when ctx ends; then v is not sent.
func (e *End[S, R]) SendContext(ctx context.Context, v S) error {
	return e.call("SendContext").put(ctx, &v)
}

// Recv receives the oldest message from the other end, and waits while there
// is none. Once that end is closed and nothing is left, the error is
// ErrClosed; if its process died or forgot it, ErrLost. It mirrors Python's
// Connection.recv, which says EOFError for both.
func (e *End[S, R]) Recv() (R, error) { return value[R](e.call("Recv").get(context.Background())) }

// RecvContext is Recv that gives up when ctx ends; then it has received
// nothing.
func (e *End[S, R]) RecvContext(ctx context.Context) (R, error) {
	return value[R](e.call("RecvContext").get(ctx))
}

// Poll reports whether Recv would return at once: because a message waits, or
// because the pipe has ended and Recv returns ErrClosed or ErrLost. So a loop
// that polls and receives learns of the end. It mirrors Python's
// Connection.poll(), which is True at the end of a pipe as well.
func (e *End[S, R]) Poll() bool { return e.call("Poll").poll() }

// Close closes this end: the other receives what was sent before, and then
// ErrClosed, and can send no more. Closing again is harmless. The error is
// ErrLost.
func (e *End[S, R]) Close() error { return e.call("Close").close() }

// GobEncode lets an end travel to another process of the same program, and
// sends where to reach it. The error says why that cannot be.
func (e *End[S, R]) GobEncode() ([]byte, error) {
	return encodePlace(e.place(), "an end of a pipe", "NewPipe")
}

// GobDecode makes e the end that GobEncode was called on. From then on the
// pipe ends with this process, or when e is garbage.
func (e *End[S, R]) GobDecode(b []byte) error {
	return decodePlace(&e.at, b, typesOf((*S)(nil), (*R)(nil), true))
}
