package message

import (
	"context"
	"iter"
)

// Queue is a first-in, first-out queue of items of type T. Each item is
// received by one Get. The items of one process stay in order; see the package
// documentation. Make it with NewQueue. Many goroutines may use it at once. A
// pointer to it may be sent to other processes: a task of package process that
// receives it in its argument uses the same queue. It mirrors Python's
// multiprocessing.Queue (slide 11).
//
// The zero Queue is only for GobDecode: its other methods panic. Methods with a
// context panic if ctx is nil.
//
// The process that made the queue stores its items. Other processes connect to
// it through a socket, which exists from the first time the queue is sent until
// the queue is closed and the last item has been received.
type Queue[T any] struct {
	_  [0]*T // makes the compiler refuse to convert it to a queue of another type
	at place
}

// NewQueue makes a queue for at most capacity items; Put waits while it is
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

// Put adds v, and waits while the queue is full. It returns ErrClosed, ErrLost,
// or an error if v cannot be sent to the owner. It mirrors Python's
// Queue.put.
func (q *Queue[T]) Put(v T) error { return q.call("Put").put(context.Background(), &v) }

// PutContext is Put that stops waiting when ctx is done; then v is not in the
// queue. It mirrors Python's Queue.put with a timeout.
func (q *Queue[T]) PutContext(ctx context.Context, v T) error {
	return q.call("PutContext").put(ctx, &v)
}

// TryPut is Put that returns ErrFull instead of waiting. It mirrors Python's
// Queue.put_nowait.
func (q *Queue[T]) TryPut(v T) error { return q.call("TryPut").put(noWait, &v) }

// Get takes the oldest item, and waits while there is none. It returns
// ErrClosed if the queue is closed and no items are left, or ErrLost. It
// mirrors Python's Queue.get.
func (q *Queue[T]) Get() (T, error) { return value[T](q.call("Get").get(context.Background())) }

// GetContext is Get that stops waiting when ctx is done; then it has taken
// nothing. It mirrors Python's Queue.get with a timeout.
func (q *Queue[T]) GetContext(ctx context.Context) (T, error) {
	return value[T](q.call("GetContext").get(ctx))
}

// TryGet is Get that returns ErrEmpty instead of waiting. It mirrors Python's
// Queue.get_nowait.
func (q *Queue[T]) TryGet() (T, error) { return value[T](q.call("TryGet").get(noWait)) }

// All gets items until the queue is closed and no items are left:
//
//	for item := range q.All() { ... }
//
// The loop panics with any other error of Get, for example ErrLost, or if an item
// cannot be decoded: if it just ended, items would be missing without an error. Use
// Get to handle errors.
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

// Len returns the number of items in the queue, which may change at any time; those
// of a closed queue count. In another process it asks the owner, and returns 0 if
// the owner has died or does not answer: TryGet distinguishes that from an empty
// queue. It mirrors Python's Queue.qsize.
func (q *Queue[T]) Len() int { return q.call("Len").length() }

// Close closes the queue for all processes. Waiting and later Puts fail with
// ErrClosed; Gets receive the items that are left, then ErrClosed. Later calls
// do nothing. Close returns ErrLost if the queue is lost.
func (q *Queue[T]) Close() error { return q.call("Close").close() }

// Discard is Close that also discards the items that are left, and so ends the
// socket and its goroutines at once. Call it, for example deferred, if your
// code may stop before it has received all items of a queue that other
// processes use.
func (q *Queue[T]) Discard() error { return q.call("Discard").discard() }

// GobEncode encodes the queue for another process of the same program: the
// address of the queue, not its items. It fails if there can be no socket, or
// if T cannot be sent.
func (q *Queue[T]) GobEncode() ([]byte, error) { return encodePlace(q.place(), "a queue", "NewQueue") }

// GobDecode sets q to the queue whose address GobEncode encoded. It fails if b
// does not come from GobEncode, and if q is not a zero Queue.
func (q *Queue[T]) GobDecode(b []byte) error {
	return decodePlace(&q.at, b, typesOf((*T)(nil), (*T)(nil), false))
}
