// Package goroutine runs every task in its own goroutine: slide 8's "one
// Thread a task, start all, join all", without the GIL.
//
// Use it for a handful of tasks, or for tasks that mostly wait. It starts as
// many goroutines as there are items, whatever the number of cores; each
// costs 0.6 to 1 µs and two allocations (BenchmarkMap), and a stack while it
// runs. For many small tasks use package pool.
//
// WithGIL does the same work under a global lock, like Python's threads
// (slides 4 and 5). It is a little slower than a for loop.
package goroutine

import (
	"context"
	"sync"

	"multiprocessing/lib/internal/caught"
	"multiprocessing/lib/internal/failure"
)

// Panic is the value with which Map panics when a task panics: it contains the
// task's panic value and stack, and prints both.
type Panic = caught.Panic

// Map calls f on every item, each in its own goroutine, and returns the results
// in the order of the items when all are done. If tasks panic, Map waits for
// all of them, then panics with a *Panic of the item with the lowest index that
// panicked. It also panics if f is nil. Without items it returns an empty slice.
// It mirrors slide 8's list of threading.Thread.
func Map[T, R any](items []T, f func(T) R, opts ...Option) []R {
	if f == nil {
		panic("goroutine: Map: f must not be nil")
	}
	results := make([]R, len(items))
	trace := recorder(opts)
	defer trace.Publish()
	var l failure.Lowest
	each(&l, len(items), func(i int) {
		start := trace.Now()
		results[i] = f(items[i])
		trace.Add(i+1, i, 1, start)
	})
	l.Raise()
	return results
}

// MapErr is Map for tasks that may fail. If tasks fail, it returns nil and the
// error of the failed item with the lowest index; the error's text has that
// index, counted from 0, and errors.Is and errors.As find the task's own error.
// After a failure, items with a higher index are canceled if they run, and
// skipped if their goroutine has not begun. Items with a lower index still run,
// because one of them may fail, too.
//
// When ctx is done, running tasks are canceled and the other items are skipped.
// If no task failed by itself, the error wraps context.Cause(ctx). MapErr returns
// when all started tasks have ended.
//
// It panics where Map does, and if ctx is nil. It costs no more than Map
// (BenchmarkMapErr); a task that uses its context costs up to 8 µs more. It
// mirrors errgroup.Group, which returns the first error in time.
func MapErr[T, R any](ctx context.Context, items []T, g func(context.Context, T) (R, error), opts ...Option) ([]R, error) {
	if ctx == nil {
		panic("goroutine: MapErr: ctx must not be nil; pass context.Background()")
	}
	if g == nil {
		panic("goroutine: MapErr: g must not be nil")
	}
	results := make([]R, len(items))
	err := mapErr(ctx, len(items), opts, func(ctx context.Context, i int) (err error) {
		results[i], err = g(ctx, items[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

func mapErr(ctx context.Context, n int, opts []Option, task func(ctx context.Context, i int) error) error {
	trace := recorder(opts)
	defer trace.Publish()
	l := failure.Of(ctx)
	each(l, n, func(i int) {
		l.Run(i, i+1, new(int), func(ctx context.Context, i int) error {
			start := trace.Now()
			err := task(ctx, i)
			trace.Add(i+1, i, 1, start)
			return err
		})
	})
	return l.Err("goroutine: MapErr")
}

// each calls task with 0 to n-1, each in its own goroutine, and waits for all.
func each(l *failure.Lowest, n int, task func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			l.Catch(&i, func() { task(i) })
		})
	}
	wg.Wait()
}
