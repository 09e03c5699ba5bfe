// Package goroutine runs every task in a goroutine of its own: slide 8's
// "one Thread a task, start all, join all", without the GIL.
//
// Use it for a handful of tasks, or for tasks that mostly wait. It starts as
// many goroutines as there are items, whatever the number of cores; each
// costs 0.6 to 1 µs and two allocations (BenchmarkMap), and a stack while it
// runs. For many small tasks use package pool.
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
func Map[T, R any](items []T, f func(T) R) []R {
	if f == nil {
		panic("goroutine: Map: f must not be nil")
	}
	results := make([]R, len(items))
	var wg sync.WaitGroup
	var panics caught.First
	for i := range items {
		wg.Go(func() {
			panics.Run(func() { results[i] = f(items[i]) })
		})
	}
	wg.Wait()
	panics.Raise()
	return results
}
