package pool

import "multiprocessing/lib/internal/failure"

// Map returns f of every item, in the order of the items, computed by the
// workers of p. It returns when all are done. It mirrors Python's Pool.map
// (slide 10).
//
// If tasks panic, chunks that have not begun are dropped, and Map panics with a
// *Panic of the lowest item that panicked once the others are done; the pool
// can be used again. Map panics if f is nil or p is closed.
//
// A task may call Map, on its own pool too. A goroutine that a running task of
// the pool has started must not: there Map panics. See "Maps in tasks" above.
func Map[T, R any](p *Pool, items []T, f func(T) R, opts ...Option) []R {
	p.mustTake("Map", "f", f == nil)
	results := make([]R, len(items))
	p.run("Map", len(items), opts, mapping(items, results, f))
	return results
}

// mapping returns what a job does: results[from:to] = f of items[from:to].
func mapping[T, R any](items []T, results []R, f func(T) R) chunkFunc {
	return func(from, to int, at *int) {
		i := from
		defer func() { *at = i }() // not at once: a store for each task would be in a cache line that workers share
		for ; i < to; i++ {
			results[i] = f(items[i])
		}
	}
}

// run has the workers compute items 0 to n-1, and waits. It panics if a task
// does.
func (p *Pool) run(operation string, n int, opts []Option, compute chunkFunc) {
	p.finishAll(operation, n, opts, nil, compute).failure.Raise()
}

// finishAll has the workers compute items 0 to n-1, and waits. It records
// panics in l, if that is not nil, otherwise in the job.
func (p *Pool) finishAll(operation string, n int, opts []Option, l *failure.Lowest, compute chunkFunc) *job {
	c := whoCalls()
	c.mustNotBlock(operation, p)
	j := p.begin(operation, c, false, n, opts, l, compute)
	done := false
	defer func() {
		if !done { // the call panics, or a task that it has run ended the goroutine
			p.withdraw(j)
		}
	}()
	await(c, wait{operation: operation, pool: p, job: j}, j.done, nil)
	done = true
	return j
}

// begin has the workers compute items 0 to n-1, and does not wait. async says
// that its caller does not, either.
func (p *Pool) begin(operation string, c caller, async bool, n int, opts []Option, l *failure.Lowest, compute chunkFunc) *job {
	o := gather(opts)
	if o.chunk == 0 {
		o.chunk = automaticChunk(n, p.workers)
	}
	j := p.newJob(c)
	j.n, j.size, j.run, j.trace, j.async = n, min(o.chunk, n), compute, o.recorder(), async
	if l != nil {
		j.failure = l
	}
	if j.trace != nil {
		j.atEnd = j.trace.Publish
	}
	p.launch(operation, c, j)
	return j
}
