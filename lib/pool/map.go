package pool

import "multiprocessing/lib/internal/failure"

// Map calls f on every item in the workers of p, and returns the results in
// the order of the items when all are done. It mirrors Python's Pool.map
// (slide 10).
//
// If a task panics, chunks that have not started are skipped. When the others
// are done, Map panics with a *Panic of the item with the lowest index that
// panicked; the pool can be used again. Map also panics if f is nil or p is
// closed. Without items it returns an empty slice.
//
// A task may call Map, even on its own pool. In a goroutine that a running task
// of the pool has started, Map panics. See "Maps in tasks" in the package
// documentation.
func Map[T, R any](p *Pool, items []T, f func(T) R, opts ...Option) []R {
	p.mustTake("Map", "f", f == nil)
	results := make([]R, len(items))
	p.run("Map", len(items), opts, mapping(items, results, f))
	return results
}

// mapping returns a chunkFunc that sets results[i] = f(items[i]).
func mapping[T, R any](items []T, results []R, f func(T) R) chunkFunc {
	return func(from, to int, at *int) {
		i := from
		defer func() { *at = i }() // only once per chunk, because workers share the cache line of at
		for ; i < to; i++ {
			results[i] = f(items[i])
		}
	}
}

// run computes items 0 to n-1 in the workers, and waits. It panics if a task
// does.
func (p *Pool) run(operation string, n int, opts []Option, compute chunkFunc) {
	p.finishAll(operation, n, opts, nil, compute).failure.Raise()
}

// finishAll computes items 0 to n-1 in the workers, and waits. It records panics
// in l, if that is not nil, otherwise in the job.
func (p *Pool) finishAll(operation string, n int, opts []Option, l *failure.Lowest, compute chunkFunc) *job {
	c := whoCalls()
	c.mustNotBlock(operation, p)
	j := p.begin(operation, c, false, n, opts, l, compute)
	done := false
	defer func() {
		if !done { // the call panics, or a task that it ran ended the goroutine
			p.withdraw(j)
		}
	}()
	await(c, wait{operation: operation, pool: p, job: j}, j.done, nil)
	done = true
	return j
}

// begin starts items 0 to n-1 in the workers, and does not wait. async means
// that its caller does not wait, either.
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
