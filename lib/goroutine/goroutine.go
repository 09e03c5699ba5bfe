// Package goroutine runs every task in a goroutine of its own: slide 8's
// "one Thread a task, start all, join all", without the GIL.
//
// Use it for a handful of tasks, or for tasks that mostly wait. It starts as
// many goroutines as there are items, whatever the number of cores; each
// costs 0.6 to 1 µs and two allocations (BenchmarkMap), and a stack while it
// runs. For many small tasks use package pool.
//
// WithGIL is the same work under a global lock, as Python's threads do it
// (slides 4 and 5): as slow as a for loop, and a little slower.
package goroutine

import (
	"sync"

	"multiprocessing/lib/internal/caught"
)

// Panic is the value with which Map panics when a task does: it holds the
// task's own panic value and stack, and prints both.
type Panic = caught.Panic

// Map returns f of every item, in the order of the items, each computed in
// its own goroutine. It returns when the last one has ended. If tasks panic,
// Map waits for all of them, then panics with a *Panic of the first. It
// panics if f is nil. It mirrors slide 8's list of threading.Thread.
func Map[T, R any](items []T, f func(T) R, opts ...Option) []R {
	if f == nil {
		panic("goroutine: Map: f must not be nil")
	}
	results := make([]R, len(items))
	trace := recorder(opts)
	defer trace.Publish()
	each(len(items), func(i int) {
		start := trace.Now()
		results[i] = f(items[i])
		trace.Add(i+1, i, 1, start)
	})
	return results
}

// each calls task with 0 to n-1, each in a goroutine of its own, and waits
// for all.
func each(n int, task func(i int)) {
	var wg sync.WaitGroup
	var panics caught.First
	for i := range n {
		wg.Go(func() {
			panics.Run(func() { task(i) })
		})
	}
	wg.Wait()
	panics.Raise()
}
