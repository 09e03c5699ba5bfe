package pool

// Map returns f of every item, in the order of the items, computed by the
// workers of p. It returns when all are done. It mirrors Python's Pool.map
// (slide 10).
//
// If a task panics, chunks not yet begun are abandoned, and Map panics with
// a *Panic once the others are done; the pool can be used again. Map panics
// if f is nil or p is closed.
//
// A task may call Map, on its own pool too: its worker then computes the
// inner items itself, with those workers that are free, so it never waits
// for a worker that waits for it. This holds for the task's own goroutine. A
// task that starts a goroutine which calls Map on the same pool, and waits
// for it, can wait for ever.
func Map[T, R any](p *Pool, items []T, f func(T) R, opts ...Option) []R {
	p.mustTake("Map", f == nil)
	results := make([]R, len(items))
	p.run("Map", len(items), opts, mapping(items, results, f))
	return results
}

// mapping is the job that Map and MapAsync do, but for where results go.
func mapping[T, R any](items []T, results []R, f func(T) R) (compute func(from, to int)) {
	return func(from, to int) {
		out := results[from:to]
		for i, item := range items[from:to] {
			out[i] = f(item)
		}
	}
}

// run has the workers compute items 0 to n-1, and waits.
func (p *Pool) run(operation string, n int, opts []Option, compute func(from, to int)) {
	nested := inTask()
	j := p.start(operation, nested, n, opts, compute)
	p.wait(j, nested)
	j.panics.Raise()
}

// start has the workers compute items 0 to n-1, and does not wait.
func (p *Pool) start(operation string, nested bool, n int, opts []Option, compute func(from, to int)) *job {
	o := gather(opts)
	if o.chunk == 0 {
		o.chunk = automaticChunk(n, p.workers)
	}
	j := &job{n: n, size: min(o.chunk, n), run: compute, trace: o.recorder(), done: make(chan struct{})}
	if j.trace != nil {
		j.atEnd = j.trace.Publish
	}
	p.launch(operation, nested, j)
	return j
}

// wait waits until j is done. A task, which is nested, takes part instead of
// keeping its worker idle.
func (p *Pool) wait(j *job, nested bool) {
	if nested {
		p.help(j)
	}
	<-j.done
}

// help has the caller take part in its own job, if there is something left.
func (p *Pool) help(j *job) {
	if !p.joinIfQueued(j) {
		return
	}
	defer p.leave(j) // deferred, for a task may end the goroutine
	j.runChunks(0)
}
