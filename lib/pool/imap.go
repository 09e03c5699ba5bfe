package pool

import (
	"iter"
	"slices"

	"multiprocessing/lib/internal/span"
)

// Imap yields f of every item in the order of the items, each result as soon
// as it and all results before it are computed. Meanwhile workers compute the
// next ones:
//
//	for prime := range pool.Imap(p, slices.Values(numbers), primes.Nth) { ... }
//
// Imap reads items as it needs them, at most two chunks per worker ahead of the
// loop: so they may come from a file, or be unlimited. A chunk is 1 item
// unless Chunk is given.
//
// Leaving the loop skips the tasks that have not started and waits for those
// that have: no task outlives the loop. If a task panics, the loop panics with
// a *Panic in place of its result. Imap panics where Map does; if the pool is
// closed or the caller must not wait for it, the loop panics when it begins.
// items may be another Imap: they are read in the goroutine of the loop. Imap
// mirrors Python's Pool.imap, which reads all items at once. For its cost see
// the package comment.
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

// ImapUnordered is Imap in the order in which tasks end. It yields each result
// with the index of its item. A long task does not delay the results
// of later ones. It mirrors Python's Pool.imap_unordered.
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

// stream is one loop over Imap: a sequence of jobs of one chunk each. It reads
// the items in the goroutine of the loop, without iter.Pull: if a task runs the
// loop, an items iterator that uses the pool must run in the task, too.
type stream[T, R any] struct {
	operation string
	pool      *Pool
	caller    caller
	f         func(T) R
	size      int // items in a chunk
	trace     *span.Recorder

	first  int            // the next item's number
	flying []*chunk[R]    // started and not yet taken by the loop, oldest first
	done   chan *chunk[R] // the chunks that have ended; never full
}

// chunk is a job with its results.
type chunk[R any] struct {
	job     *job
	first   int
	results []R
}

// chunksAhead limits the chunks in flight per worker: one that the worker
// computes, and one that it can start without waiting for the loop.
const chunksAhead = 2

func newStream[T, R any](operation string, p *Pool, f func(T) R, opts []Option) *stream[T, R] {
	c := whoCalls()
	c.mustNotBlock(operation, p)
	o := gather(opts)
	return &stream[T, R]{operation: operation, pool: p, caller: c, f: f, size: max(1, o.chunk), trace: o.recorder(),
		done: make(chan *chunk[R], chunksAhead*p.workers)}
}

// run reads items and starts chunks of them. When enough chunks are in flight,
// it passes the chunk that next returns to take. It ends when take returns
// false or all chunks have been taken.
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

// pass passes a chunk to take. If that ends the loop, pass waits until no task
// runs any more before it returns to the items iterator, which may close
// resources that tasks need.
func (s *stream[T, R]) pass(next func() *chunk[R], take func(*chunk[R]) bool) (more bool) {
	defer func() {
		if !more {
			s.abandon()
		}
	}()
	return take(next())
}

// handOut starts a chunk of items.
func (s *stream[T, R]) handOut(items []T) {
	c := &chunk[R]{first: s.first, results: make([]R, len(items)), job: s.pool.newJob(s.caller)}
	j := c.job
	j.n, j.size, j.run = len(items), len(items), mapping(items, c.results, s.f)
	j.trace, j.first, j.atEnd = s.trace, c.first, func() { s.done <- c }
	s.pool.launch(s.operation, s.caller, j)
	s.flying = append(s.flying, c)
	s.first += len(items)
}

// oldest waits for the chunk that was started first, and takes it.
func (s *stream[T, R]) oldest() *chunk[R] {
	c := s.flying[0]
	await(s.caller, s.waitFor(c), c.job.done, nil)
	<-s.done // receive once for each chunk taken
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

// abandon drops the chunks that have not started and waits for the others.
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
