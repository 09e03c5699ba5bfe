package pool

import (
	"iter"
	"slices"

	"multiprocessing/lib/internal/span"
)

// Imap gives f of every item in the order of the items, each as soon as it
// and those before it are there, while workers compute the next ones:
//
//	for prime := range pool.Imap(p, slices.Values(numbers), primes.Nth) { ... }
//
// Items are read as they are needed, at most two chunks a worker ahead of
// what the loop has taken: so they may come from a file, or have no end. A
// chunk is 1 item if no Chunk is given.
//
// Leaving the loop abandons what has not begun, and waits for what has: no
// task outlives the loop. If a task panics, the loop panics with a *Panic
// where its result would have come. Imap panics where Map does, but only when
// the loop begins if the pool is closed or the caller must not wait for it.
// items may be an Imap, too: they are read in the goroutine of the loop. It
// mirrors Python's Pool.imap, which however reads all items at once. It
// costs 1 to 4 µs a chunk (BenchmarkForms).
func Imap[T, R any](p *Pool, items iter.Seq[T], f func(T) R, opts ...Option) iter.Seq[R] {
	p.mustTake("Imap", "f", f == nil)
	mustRead("Imap", items == nil)
	return func(yield func(R) bool) {
		s := newStream[T, R]("Imap", p, f, opts)
		defer s.end()
		s.run(items, s.oldest, func(c *chunk[R]) bool {
			for _, result := range c.results {
				if !yield(result) {
					return false
				}
			}
			return true
		})
	}
}

// ImapUnordered is Imap in the order in which tasks end, each with the
// number of its item, from 0. A long task does not hold up those after it.
// It mirrors Python's Pool.imap_unordered.
func ImapUnordered[T, R any](p *Pool, items iter.Seq[T], f func(T) R, opts ...Option) iter.Seq2[int, R] {
	p.mustTake("ImapUnordered", "f", f == nil)
	mustRead("ImapUnordered", items == nil)
	return func(yield func(int, R) bool) {
		s := newStream[T, R]("ImapUnordered", p, f, opts)
		defer s.end()
		s.run(items, s.ended, func(c *chunk[R]) bool {
			for i, result := range c.results {
				if !yield(c.first+i, result) {
					return false
				}
			}
			return true
		})
	}
}

func mustRead(operation string, nothing bool) {
	if nothing {
		panic("pool: " + operation + ": items must not be nil; for a slice pass slices.Values(items)")
	}
}

// stream is one loop over Imap: a row of jobs of one chunk each. It reads the
// items in the goroutine of the loop, without iter.Pull: if the loop is in a
// task, items that use the pool must be in the task, too.
type stream[T, R any] struct {
	operation string
	pool      *Pool
	caller    caller
	f         func(T) R
	size      int // items in a chunk
	trace     *span.Recorder

	first  int            // the next item's number
	flying []*chunk[R]    // handed out and not taken, oldest first
	done   chan *chunk[R] // those that have ended; never full
}

// chunk is a job with its results.
type chunk[R any] struct {
	job     *job
	first   int
	results []R
}

// chunksAhead is how many chunks a worker may be ahead of the loop: one that
// it computes, and one so that it need not wait for the loop to hand it out.
const chunksAhead = 2

func newStream[T, R any](operation string, p *Pool, f func(T) R, opts []Option) *stream[T, R] {
	c := whoCalls()
	c.mustNotBlock(operation, p)
	o := gather(opts)
	return &stream[T, R]{operation: operation, pool: p, caller: c, f: f, size: max(1, o.chunk), trace: o.recorder(),
		done: make(chan *chunk[R], chunksAhead*p.workers)}
}

// run reads items and hands them out. When enough chunks are in flight it
// passes the one that next returns to take. It ends when take returns false,
// or all chunks have been taken.
func (s *stream[T, R]) run(items iter.Seq[T], next func() *chunk[R], take func(*chunk[R]) bool) {
	var read []T
	for item := range items {
		if read = append(read, item); len(read) < s.size {
			continue
		}
		s.handOut(read)
		read = nil
		if len(s.flying) == cap(s.done) && !s.pass(next, take) {
			return
		}
	}
	if len(read) > 0 {
		s.handOut(read)
	}
	for len(s.flying) > 0 && s.pass(next, take) {
	}
}

// pass passes a chunk to take. If that ends the loop, no task runs any more
// when the items end: they may close what tasks need.
func (s *stream[T, R]) pass(next func() *chunk[R], take func(*chunk[R]) bool) (more bool) {
	defer func() {
		if !more {
			s.abandon()
		}
	}()
	return take(next())
}

// handOut makes a chunk of items.
func (s *stream[T, R]) handOut(items []T) {
	c := &chunk[R]{first: s.first, results: make([]R, len(items)), job: s.pool.newJob(s.caller)}
	j := c.job
	j.n, j.size, j.run = len(items), len(items), mapping(items, c.results, s.f)
	j.trace, j.first, j.atEnd = s.trace, c.first, func() { s.done <- c }
	s.pool.launch(s.operation, s.caller, j)
	s.flying = append(s.flying, c)
	s.first += len(items)
}

// oldest waits for the chunk that was handed out first, and takes it.
func (s *stream[T, R]) oldest() *chunk[R] {
	c := s.flying[0]
	await(s.caller, s.waitFor(c), c.job.done, nil)
	<-s.done // as many are taken from there as have ended
	return s.take(c)
}

// ended waits for the chunk that ends first, and takes it.
func (s *stream[T, R]) ended() *chunk[R] {
	c, _ := await(s.caller, s.waitFor(s.flying[0]), s.done, nil)
	return s.take(c)
}

func (s *stream[T, R]) waitFor(c *chunk[R]) wait {
	return wait{operation: s.operation, pool: s.pool, job: c.job}
}

func (s *stream[T, R]) take(c *chunk[R]) *chunk[R] {
	i := slices.Index(s.flying, c)
	s.flying = slices.Delete(s.flying, i, i+1)
	c.job.failure.Raise()
	return c
}

// abandon withdraws what has not begun and waits for the rest.
func (s *stream[T, R]) abandon() {
	for _, c := range s.flying {
		s.pool.withdraw(c.job)
	}
	for _, c := range s.flying {
		await(s.caller, s.waitFor(c), c.job.done, nil)
	}
	s.flying = nil
}

func (s *stream[T, R]) end() {
	s.abandon()
	s.trace.Publish()
}
