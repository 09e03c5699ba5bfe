package process

import (
	"context"
	"errors"
	"iter"
	"slices"

	"multiprocessing/lib/internal/portable"
)

// Imap yields the task's results in the order of the items, each as soon as it
// and all results before it are computed. Meanwhile workers compute the next
// ones:
//
//	for prime, err := range process.Imap(ctx, p, slices.Values(numbers), nth) { ... }
//
// Imap reads items as it needs them, at most two chunks per worker ahead of the
// loop: so they may come from a file, or be unlimited. A chunk is 1 item
// unless Chunk is given; its results come when the whole chunk is done.
//
// If Map would return an error, the loop ends with that error, after the
// results of the chunks before it. Leaving the loop cancels the tasks that have
// started, as Map does when ctx is done, and waits for them: no task outlives
// the loop. Imap panics where Map does, when the loop begins. It mirrors
// Python's Pool.imap, which reads all items at once.
func Imap[T, R any](ctx context.Context, p *Pool, items iter.Seq[T], task *Task[T, R], opts ...Option) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		s := newStream[T, R](ctx, "Imap", p, items, task, opts)
		s.inOrder = true
		defer s.end()
		s.run(items, s.oldest, func(c *chunk[R]) bool {
			for _, result := range c.results {
				if !yield(result, nil) {
					return false
				}
			}
			return true
		}, func(err error) {
			var none R
			yield(none, err)
		})
	}
}

// Indexed is a result with the index of its item.
type Indexed[R any] struct {
	Item   int
	Result R
}

// ImapUnordered is Imap in the order in which tasks end. A long task does not
// delay the results of later ones. It mirrors Python's Pool.imap_unordered.
func ImapUnordered[T, R any](ctx context.Context, p *Pool, items iter.Seq[T], task *Task[T, R], opts ...Option) iter.Seq2[Indexed[R], error] {
	return func(yield func(Indexed[R], error) bool) {
		s := newStream[T, R](ctx, "ImapUnordered", p, items, task, opts)
		defer s.end()
		s.run(items, s.ended, func(c *chunk[R]) bool {
			for i, result := range c.results {
				if !yield(Indexed[R]{c.first + i, result}, nil) {
					return false
				}
			}
			return true
		}, func(err error) { yield(Indexed[R]{Item: -1}, err) })
	}
}

// stream is one loop over Imap.
type stream[T, R any] struct {
	call
	inOrder bool
	first   int            // the next item's index
	flying  []*chunk[R]    // started and not yet taken by the loop, oldest first
	done    chan *chunk[R] // the chunks that have ended; never full
}

// chunk is a chunk with its results.
type chunk[R any] struct {
	first   int
	results []R
	ok      bool
	ended   chan struct{}
}

// chunksAhead limits the chunks in flight per worker: one that the worker
// computes, and one that it can start without waiting for the loop.
const chunksAhead = 2

var errLeft = errors.New("the loop was left")

func newStream[T, R any](ctx context.Context, operation string, p *Pool, items iter.Seq[T], t *Task[T, R], opts []Option) *stream[T, R] {
	if items == nil {
		misuse("%s: items must not be nil; for a slice pass slices.Values(items)", operation)
	}
	s := &stream[T, R]{}
	s.begin(ctx, operation, p, t.registered(operation), opts)
	s.chunk = max(1, s.chunk)
	s.done = make(chan *chunk[R], chunksAhead*p.workers)
	return s
}

// run reads items and starts chunks of them. When enough chunks are in flight,
// it passes the chunk that next returns to take. It ends when take returns
// false or all chunks have been taken. If the call fails, it passes the error
// to fail.
func (s *stream[T, R]) run(items iter.Seq[T], next func() *chunk[R], take func(*chunk[R]) bool, fail func(error)) {
	broken := false
	pass := func() bool {
		c := next()
		if broken = broken || s.inOrder && !c.ok; broken {
			return true
		}
		return !c.ok || take(c)
	}
	var read []T
	for item := range items {
		if s.ctx.Err() != nil {
			s.failure.Skip()
		}
		if s.ctx.Err() != nil || s.failure.Failed() {
			break
		}
		if read = append(read, item); len(read) < s.chunk {
			continue
		}
		s.handOut(read)
		read = nil
		if len(s.flying) == cap(s.done) && !pass() {
			return
		}
	}
	if len(read) > 0 {
		s.handOut(read)
	}
	for len(s.flying) > 0 {
		if !pass() {
			return
		}
	}
	if err := s.failure.Err("process: " + s.operation); err != nil {
		fail(err)
	}
}

// handOut starts a chunk of items.
func (s *stream[T, R]) handOut(items []T) {
	c := &chunk[R]{first: s.first, results: make([]R, len(items)), ended: make(chan struct{})}
	s.flying = append(s.flying, c)
	s.first += len(items)
	asked := s.pool.slots.ask()
	go func() { // end waits for it
		defer func() {
			close(c.ended)
			s.done <- c
		}()
		one := s.pool.slots.get(asked, s.ctx, nil)
		if one == nil {
			s.failure.Skip()
			return
		}
		defer s.pool.slots.put(one)
		c.ok = s.runChunk(one, portable.Of(items), portable.Of(c.results), c.first)
	}()
}

// oldest waits for the chunk that was started first, and takes it.
func (s *stream[T, R]) oldest() *chunk[R] {
	c := s.flying[0]
	<-c.ended
	<-s.done // receive once for each chunk taken
	return s.take(c)
}

// ended waits for the chunk that ends first, and takes it.
func (s *stream[T, R]) ended() *chunk[R] { return s.take(<-s.done) }

func (s *stream[T, R]) take(c *chunk[R]) *chunk[R] {
	i := slices.Index(s.flying, c)
	s.flying = slices.Delete(s.flying, i, i+1)
	return c
}

// end cancels the chunks in flight and waits for them.
func (s *stream[T, R]) end() {
	s.stop(errLeft)
	for _, c := range s.flying {
		<-c.ended
	}
	s.call.end()
}
