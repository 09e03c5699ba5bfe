package message

import "context"

// pipeCapacity is the number of messages that one direction of a pipe holds. It
// corresponds to the 64 KiB buffer of a Unix pipe: large enough that both sides
// can work ahead a little, small enough to slow down a side that sends faster
// than the other receives.
const pipeCapacity = 64

// End is one of the two ends of a pipe: what one end sends, the other receives.
// S is the type that it sends, R the type that it receives. Make both ends with
// NewPipe. Many goroutines may use an end at once. A pointer to it may be sent
// to one other process, which then owns the end. It mirrors the Connection
// objects of Python's multiprocessing.Pipe (slide 11).
//
// The zero End is only for GobDecode: its other methods panic. Methods with a
// context panic if ctx is nil.
type End[S, R any] struct {
	_  [0]*S // makes the compiler refuse to convert it to an end of another type
	_  [0]*R
	at place
}

// NewPipe makes a pipe and returns its two ends. Each direction holds up to 64
// messages; if it is full, Send waits. It mirrors Python's mp.Pipe().
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

// Send sends v to the other end, and waits while the pipe is full. It returns
// ErrClosed if either end is closed, ErrLost, or an error if v cannot be sent.
// It mirrors Python's Connection.send.
func (e *End[S, R]) Send(v S) error { return e.call("Send").put(context.Background(), &v) }

// SendContext is Send that stops waiting when ctx is done; then v is not sent.
func (e *End[S, R]) SendContext(ctx context.Context, v S) error {
	return e.call("SendContext").put(ctx, &v)
}

// Recv receives the oldest message from the other end, and waits while there
// is none. When no message is left, it returns ErrClosed if the other end is
// closed, and ErrLost if the other end was lost without Close. It mirrors Python's
// Connection.recv, which raises EOFError for both.
func (e *End[S, R]) Recv() (R, error) { return value[R](e.call("Recv").get(context.Background())) }

// RecvContext is Recv that stops waiting when ctx is done; then it has received
// nothing.
func (e *End[S, R]) RecvContext(ctx context.Context) (R, error) {
	return value[R](e.call("RecvContext").get(ctx))
}

// Poll reports whether Recv would return at once: because a message is
// available, or because the pipe has ended and Recv returns ErrClosed or
// ErrLost. So a loop that polls and receives notices the end. It mirrors
// Python's Connection.poll(), which also returns True at the end of a pipe.
func (e *End[S, R]) Poll() bool { return e.call("Poll").poll() }

// Close closes this end. Messages that this end has not received are discarded,
// and its own Send and Recv return ErrClosed. The other end receives what was sent
// before, then ErrClosed, and its Send returns ErrClosed. Later calls do nothing.
// Close returns ErrLost if the other end was lost without Close.
func (e *End[S, R]) Close() error { return e.call("Close").close() }

// GobEncode encodes the end for another process of the same program: the
// address of the pipe, not its messages. It fails if there can be no socket, or
// if S or R cannot be sent.
func (e *End[S, R]) GobEncode() ([]byte, error) {
	return encodePlace(e.place(), "an end of a pipe", "NewPipe")
}

// GobDecode sets e to the end whose address GobEncode encoded. From then on the
// pipe ends when this process ends, or when e is garbage collected. It fails if b
// does not come from GobEncode, and if e is not a zero End.
func (e *End[S, R]) GobDecode(b []byte) error {
	return decodePlace(&e.at, b, typesOf((*S)(nil), (*R)(nil), true))
}
