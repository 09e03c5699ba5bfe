package message

import (
	"context"
	"errors"
	"reflect"

	"multiprocessing/lib/internal/notnil"
)

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
	at place[S, R]
}

// NewPipe makes a pipe and returns its two ends. Each direction holds up to
// 64 messages that have not been received; then Send waits. It mirrors
// Python's mp.Pipe().
func NewPipe[A, B any]() (*End[A, B], *End[B, A]) {
	there, back := newStore[A](pipeCapacity), newStore[B](pipeCapacity)
	return &End[A, B]{at: &local[A, B]{into: there, from: back, pipe: true}},
		&End[B, A]{at: &local[B, A]{into: back, from: there, pipe: true}}
}

func (e *End[S, R]) mustBeNew(operation string) place[S, R] {
	if e == nil || e.at == nil {
		misuse("%s: the end must not be nil or zero; make it with NewPipe", operation)
	}
	return e.at
}

// Send sends v to the other end, and waits while the pipe is full. The error
// is ErrClosed if either end is closed, or ErrLost, or says that v cannot be
// sent. It mirrors Python's Connection.send.
func (e *End[S, R]) Send(v S) error {
	return during("Send", e.mustBeNew("Send").put(context.Background(), v))
}

// SendContext is Send that gives up when ctx ends; then v is not sent.
func (e *End[S, R]) SendContext(ctx context.Context, v S) error {
	at := e.mustBeNew("SendContext")
	notnil.Context(ctx, "message: SendContext")
	return during("SendContext", at.put(ctx, v))
}

// Recv receives the oldest message from the other end, and waits while there
// is none. Once that end is closed and nothing is left, the error is
// ErrClosed; if its process died or forgot it, ErrLost. It mirrors Python's
// Connection.recv, which says EOFError for both.
func (e *End[S, R]) Recv() (R, error) {
	v, err := e.mustBeNew("Recv").get(context.Background())
	return v, during("Recv", err)
}

// RecvContext is Recv that gives up when ctx ends; then it has received
// nothing.
func (e *End[S, R]) RecvContext(ctx context.Context) (R, error) {
	at := e.mustBeNew("RecvContext")
	notnil.Context(ctx, "message: RecvContext")
	v, err := at.get(ctx)
	return v, during("RecvContext", err)
}

// Poll reports whether Recv would return at once: because a message waits, or
// because the pipe has ended and Recv returns ErrClosed or ErrLost. So a loop
// that polls and receives learns of the end. It mirrors Python's
// Connection.poll(), which is True at the end of a pipe as well.
func (e *End[S, R]) Poll() bool {
	n, err := e.mustBeNew("Poll").length()
	return n > 0 || errors.Is(err, ErrClosed) || errors.Is(err, ErrLost)
}

// Close closes this end: the other receives what was sent before, and then
// ErrClosed, and can send no more. Closing again is harmless. The error is
// ErrLost.
func (e *End[S, R]) Close() error {
	return during("Close", e.mustBeNew("Close").close())
}

// GobEncode lets an end travel to another process of the same program, and
// sends where to reach it. The error says why that cannot be.
func (e *End[S, R]) GobEncode() ([]byte, error) {
	if e == nil || e.at == nil {
		return nil, during("sending an end of a pipe", errors.New("it is zero; make it with NewPipe"))
	}
	b, err := e.at.address()
	return b, during("sending an end of a pipe", err)
}

// GobDecode makes e the end that GobEncode was called on. From then on the
// pipe ends with this process, or when e is garbage.
func (e *End[S, R]) GobDecode(b []byte) error {
	const doing = "receiving an end of a pipe"
	if e.at != nil {
		return during(doing, errors.New("there is an end already; decode into a new one"))
	}
	c, err := connect[S, R](b, endOf[S, R]())
	if err != nil {
		return during(doing, err)
	}
	if err := c.attach(); err != nil {
		return during(doing, err)
	}
	e.at = c
	return nil
}

func endOf[S, R any]() string {
	return "end of a pipe that sends " + reflect.TypeFor[S]().String() + " and receives " + reflect.TypeFor[R]().String()
}
