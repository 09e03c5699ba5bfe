package message

import (
	"context"
	"errors"

	"multiprocessing/lib/internal/notnil"
)

// call is one untyped operation on a Queue or an End.
type call struct {
	at        place
	operation string
}

// newCall panics if at is nil, that is, if the queue or end was not made with
// maker.
func newCall(at place, operation, what, maker string) call {
	if at == nil {
		misuse("%s: the %s must not be nil or zero; make it with %s", operation, what, maker)
	}
	return call{at, operation}
}

// put sends *v. It panics if ctx is nil, and so does get.
func (c call) put(ctx context.Context, v any) error {
	c.mustHave(ctx)
	return during(c.operation, c.at.put(ctx, v))
}

// get returns a pointer to the received value.
func (c call) get(ctx context.Context) (any, error) {
	c.mustHave(ctx)
	v, err := c.at.get(ctx)
	return v, during(c.operation, err)
}

func (c call) mustHave(ctx context.Context) {
	if ctx == nil { // build the text only for the panic
		notnil.Context(ctx, "message: "+c.operation)
	}
}

// next is get for a loop: ok is false once the queue is closed and empty. It
// panics if the queue is lost.
func (c call) next() (v any, ok bool) {
	v, err := c.get(context.Background())
	if err != nil && !errors.Is(err, ErrClosed) {
		panic(err)
	}
	return v, err == nil
}

func (c call) length() int {
	n, _ := c.at.length()
	return n
}

func (c call) poll() bool {
	n, err := c.at.length()
	return n > 0 || errors.Is(err, ErrClosed) || errors.Is(err, ErrLost)
}

func (c call) close() error   { return during(c.operation, c.at.close()) }
func (c call) discard() error { return during(c.operation, c.at.discard()) }

// value returns *v, which is a T.
func value[T any](v any, err error) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	return *v.(*T), nil
}
