package pool

import "fmt"

// Option changes how Map works.
type Option func(*options)

type options struct {
	chunk int // 0 means automatic
}

// Chunk makes workers take n items at a time. Without it Map chooses. Large
// chunks make tiny tasks cheap, small ones share out unequal tasks evenly.
// It panics if n is below 1. It mirrors the chunksize of Python's Pool.map.
func Chunk(n int) Option {
	if n < 1 {
		panic(fmt.Sprintf("pool: Chunk: the number of items must be at least 1, got %d", n))
	}
	return func(o *options) { o.chunk = n }
}

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
	if f == nil {
		panic("pool: Map: f must not be nil")
	}
	p.mustBeNew()
	results := make([]R, len(items))
	p.run(len(items), opts, func(from, to int) {
		out := results[from:to]
		for i, item := range items[from:to] {
			out[i] = f(item)
		}
	})
	return results
}

// run has the workers compute items 0 to n-1, and waits.
func (p *Pool) run(n int, opts []Option, compute func(from, to int)) {
	o := options{chunk: automaticChunk(n, p.workers)}
	for _, opt := range opts {
		opt(&o)
	}
	nested := inTask()
	p.begin(nested)
	defer p.maps.Done()
	if n == 0 {
		return
	}
	j := &job{n: n, size: min(o.chunk, n), run: compute, done: make(chan struct{})}
	p.submit(j, nested)
	if nested {
		p.help(j)
	}
	<-j.done
	j.panics.Raise()
}

// help has the caller take part in its own job.
func (p *Pool) help(j *job) {
	defer p.leave(j)
	j.runChunks()
}
