package message

import (
	"context"
	"iter"
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
	_  [0]*T // makes the compiler refuse to convert it to a queue of another type
	at place
}

// NewQueue makes a queue for at most capacity items; a Put waits while it is
// full. It panics if capacity is below 1. It mirrors Python's
// mp.Queue(maxsize=capacity).
func NewQueue[T any](capacity int) *Queue[T] {
	return &Queue[T]{at: newQueue(capacity, (*T)(nil))}
}

// newQueue makes a queue for values of the type that item points to.
func newQueue(capacity int, item any) place {
	if capacity < 1 {
		misuse("NewQueue: capacity must be at least 1, got %d", capacity)
	}
	s := newStore(capacity)
	return &local{types: typesOf(item, item, false), into: s, from: s}
}

func (q *Queue[T]) place() place {
	if q == nil {
		return nil
	}
	return q.at
}

func (q *Queue[T]) call(operation string) call {
	return newCall(q.place(), operation, "queue", "NewQueue")
}

// Put adds v, and waits while the queue is full. The error is ErrClosed or
// ErrLost, or says that v cannot be sent to the process of the queue. It
// mirrors Python's Queue.put.
func (q *Queue[T]) Put(v T) error { return q.call("Put").put(context.Background(), &v) }

// PutContext is Put that gives up when ctx ends; then v is not in the queue.
// It mirrors Python's Queue.put with a timeout.
func (q *Queue[T]) PutContext(ctx context.Context, v T) error {
	return q.call("PutContext").put(ctx, &v)
}

// TryPut is Put that says ErrFull instead of waiting. It mirrors Python's
// Queue.put_nowait.
func (q *Queue[T]) TryPut(v T) error { return q.call("TryPut").put(noWait, &v) }

// Get takes the oldest item, and waits while there is none. The error is
// ErrClosed once the queue is closed and nothing is left, or ErrLost. It
// mirrors Python's Queue.get.
func (q *Queue[T]) Get() (T, error) { return value[T](q.call("Get").get(context.Background())) }

// GetContext is Get that gives up when ctx ends; then it has taken nothing.
// It mirrors Python's Queue.get with a timeout.
func (q *Queue[T]) GetContext(ctx context.Context) (T, error) {
	return value[T](q.call("GetContext").get(ctx))
}

// TryGet is Get that says ErrEmpty instead of waiting. It mirrors Python's
// Queue.get_nowait.
func (q *Queue[T]) TryGet() (T, error) { return value[T](q.call("TryGet").get(noWait)) }

// All gets items until the queue is closed and nothing is left:
//
//	for item := range q.All() { ... }
//
// If the queue is lost instead, it panics: a loop that ends as if all items
// had come would be wrong.
func (q *Queue[T]) All() iter.Seq[T] {
	c := q.call("All")
	return func(yield func(T) bool) {
		for {
			v, ok := c.next()
			if !ok || !yield(*v.(*T)) {
				return
			}
		}
	}
}

// Len returns how many items wait in the queue, which others may have
// changed by now; 0 if the queue's process does not answer. It is 0 for an
// empty queue and for one that has ended alike: TryGet tells them apart. It
// mirrors Python's Queue.qsize.
func (q *Queue[T]) Len() int { return q.call("Len").length() }

// Close says that nothing more will be put, in whichever process it is
// called. Those who get receive what is left, and then ErrClosed; a Put that
// waits is refused. Closing again is harmless. The error is ErrLost.
func (q *Queue[T]) Close() error { return q.call("Close").close() }

// Discard is Close that throws away what is left, and so ends the socket and
// its goroutines at once. Call it, deferred perhaps, where a queue that is
// shared with other processes may be left before the last item is received.
func (q *Queue[T]) Discard() error { return q.call("Discard").discard() }

// GobEncode lets a queue travel to another process of the same program. It
// sends where to reach the queue, not the items. The error says why there
// cannot be a socket, or why T cannot travel.
func (q *Queue[T]) GobEncode() ([]byte, error) { return encodePlace(q.place(), "a queue", "NewQueue") }

// GobDecode makes q the queue that GobEncode was called on. It refuses
// anything but what GobEncode made, and a queue that is in use.
func (q *Queue[T]) GobDecode(b []byte) error {
	return decodePlace(&q.at, b, typesOf((*T)(nil), (*T)(nil), false))
}
