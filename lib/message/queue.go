package message

import (
	"context"
	"errors"
	"iter"
	"reflect"

	"multiprocessing/lib/internal/notnil"
)

// Queue carries items of type T from those who put to those who get, first
// in, first out, each item to one of them: what comes from one process stays
// in order, see the package. Make it with NewQueue. It may be
// used by many goroutines at once, and be sent to other processes, as a
// pointer: in the argument of a task of package process it arrives as the
// same queue. It mirrors Python's multiprocessing.Queue (slide 11).
//
// The items are in the process that made it. Others talk to that
// process through a socket, which is there from the first time the queue is
// sent until it is closed and the last item has been received.
type Queue[T any] struct {
	at place[T, T]
}

// NewQueue makes a queue for at most capacity items; a Put waits while it is
// full. It panics if capacity is below 1. It mirrors Python's
// mp.Queue(maxsize=capacity).
func NewQueue[T any](capacity int) *Queue[T] {
	if capacity < 1 {
		misuse("NewQueue: capacity must be at least 1, got %d", capacity)
	}
	s := newStore[T](capacity)
	return &Queue[T]{at: &local[T, T]{into: s, from: s}}
}

func (q *Queue[T]) mustBeNew(operation string) place[T, T] {
	if q == nil || q.at == nil {
		misuse("%s: the queue must not be nil or zero; make it with NewQueue", operation)
	}
	return q.at
}

// Put adds v, and waits while the queue is full. The error is ErrClosed or
// ErrLost, or says that v cannot be sent to the process of the queue. It
// mirrors Python's Queue.put.
func (q *Queue[T]) Put(v T) error {
	return during("Put", q.mustBeNew("Put").put(context.Background(), v))
}

// PutContext is Put that gives up when ctx ends; then v is not in the queue.
// It mirrors Python's Queue.put with a timeout.
func (q *Queue[T]) PutContext(ctx context.Context, v T) error {
	at := q.mustBeNew("PutContext")
	notnil.Context(ctx, "message: PutContext")
	return during("PutContext", at.put(ctx, v))
}

// TryPut is Put that says ErrFull instead of waiting. It mirrors Python's
// Queue.put_nowait.
func (q *Queue[T]) TryPut(v T) error {
	return during("TryPut", q.mustBeNew("TryPut").put(noWait, v))
}

// Get takes the oldest item, and waits while there is none. The error is
// ErrClosed once the queue is closed and nothing is left, or ErrLost. It
// mirrors Python's Queue.get.
func (q *Queue[T]) Get() (T, error) {
	v, err := q.mustBeNew("Get").get(context.Background())
	return v, during("Get", err)
}

// GetContext is Get that gives up when ctx ends; then it has taken nothing.
// It mirrors Python's Queue.get with a timeout.
func (q *Queue[T]) GetContext(ctx context.Context) (T, error) {
	at := q.mustBeNew("GetContext")
	notnil.Context(ctx, "message: GetContext")
	v, err := at.get(ctx)
	return v, during("GetContext", err)
}

// TryGet is Get that says ErrEmpty instead of waiting. It mirrors Python's
// Queue.get_nowait.
func (q *Queue[T]) TryGet() (T, error) {
	v, err := q.mustBeNew("TryGet").get(noWait)
	return v, during("TryGet", err)
}

// All gets items until the queue is closed and nothing is left:
//
//	for item := range q.All() { ... }
//
// If the queue is lost instead, it panics: a loop that ends as if all items
// had come would be wrong.
func (q *Queue[T]) All() iter.Seq[T] {
	at := q.mustBeNew("All")
	return func(yield func(T) bool) {
		for {
			v, err := at.get(context.Background())
			if errors.Is(err, ErrClosed) {
				return
			}
			if err != nil {
				panic(during("All", err))
			}
			if !yield(v) {
				return
			}
		}
	}
}

// Len returns how many items wait in the queue, which others may have
// changed by now; 0 if the queue's process does not answer. It is 0 for an
// empty queue and for one that has ended alike: TryGet tells them apart. It
// mirrors Python's Queue.qsize.
func (q *Queue[T]) Len() int {
	n, _ := q.mustBeNew("Len").length()
	return n
}

// Close says that nothing more will be put, in whichever process it is
// called. Those who get receive what is left, and then ErrClosed; a Put that
// waits is refused. Closing again is harmless. The error is ErrLost.
func (q *Queue[T]) Close() error {
	return during("Close", q.mustBeNew("Close").close())
}

// Discard is Close that throws away what is left, and so ends the socket and
// its goroutines at once. Call it, deferred perhaps, where a queue that is
// shared with other processes may be left before the last item is received.
func (q *Queue[T]) Discard() error {
	return during("Discard", q.mustBeNew("Discard").discard())
}

// GobEncode lets a queue travel to another process of the same program. It
// sends where to reach the queue, not the items. The error says why there
// cannot be a socket, or why T cannot travel.
func (q *Queue[T]) GobEncode() ([]byte, error) {
	if q == nil || q.at == nil {
		return nil, during("sending a queue", errors.New("it is zero; make it with NewQueue"))
	}
	b, err := q.at.address()
	return b, during("sending a queue", err)
}

// GobDecode makes q the queue that GobEncode was called on. It refuses
// anything but what GobEncode made, and a queue that is in use.
func (q *Queue[T]) GobDecode(b []byte) error {
	if q.at != nil {
		return during("receiving a queue", errors.New("there is a queue already; decode into a new one"))
	}
	c, err := connect[T, T](b, "queue of "+reflect.TypeFor[T]().String())
	if err != nil {
		return during("receiving a queue", err)
	}
	q.at = c
	return nil
}
