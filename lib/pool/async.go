package pool

import (
	"context"
	"fmt"
)

// AsyncResult is a value that workers are still computing. It mirrors
// Python's multiprocessing.pool.AsyncResult. All methods may be called
// concurrently and repeatedly.
type AsyncResult[V any] struct {
	job   *job
	value *V // may be read once job is done
}

// MapAsync starts a Map and returns at once (slide 10: "can use map_async() to
// return result immediately"). Get waits for the results; Close does, too. Do
// not change items until the result is ready. MapAsync panics if f is nil or p
// is closed; if a task panics, Get panics. It mirrors Python's Pool.map_async,
// and costs no more than Map (BenchmarkApply).
func MapAsync[T, R any](p *Pool, items []T, f func(T) R, opts ...Option) *AsyncResult[[]R] {
	p.mustTake("MapAsync", "f", f == nil)
	results := make([]R, len(items))
	j := p.begin("MapAsync", whoCalls(), true, len(items), opts, nil, mapping(items, results, f))
	return &AsyncResult[[]R]{job: j, value: &results}
}

// Apply returns f(item), computed by a worker of p, like a Map of one item. It
// mirrors Python's Pool.apply; for its cost see the package comment.
func Apply[T, R any](p *Pool, item T, f func(T) R, opts ...Option) R {
	p.mustTake("Apply", "f", f == nil)
	var result R
	p.run("Apply", 1, opts, one(func() { result = f(item) }))
	return result
}

// ApplyAsync starts an Apply and returns at once. It mirrors Python's
// Pool.apply_async.
func ApplyAsync[T, R any](p *Pool, item T, f func(T) R, opts ...Option) *AsyncResult[R] {
	p.mustTake("ApplyAsync", "f", f == nil)
	result := new(R)
	j := p.begin("ApplyAsync", whoCalls(), true, 1, opts, nil, one(func() { *result = f(item) }))
	return &AsyncResult[R]{job: j, value: result}
}

// Ready reports whether the value is available or a task has panicked. It does
// not wait, but in a task of the same pool it first runs the chunks that no
// worker has started, because no other worker may be free. A task that polls
// occupies its worker; call Get to wait for work that may need that worker.
func (a *AsyncResult[V]) Ready() bool {
	if !a.job.isDone() {
		whoCalls().help(a.job, nil)
	}
	return a.job.isDone()
}

// Done returns a channel that is closed when the result is ready, for select. A
// task of the same pool that receives from it occupies its worker and computes
// nothing meanwhile; call Get there.
func (a *AsyncResult[V]) Done() <-chan struct{} { return a.job.done }

// Get waits for the value and returns it. If ctx is done first, the error wraps
// context.Cause(ctx); the tasks continue, and Get may be called again. For a
// timeout pass a context.WithTimeout. If a task panicked, Get panics with a
// *Panic, as Map does; it also panics if ctx is nil. It mirrors Python's
// AsyncResult.get.
//
// In a task of the same pool, Get itself runs the chunks that no worker has
// started, until ctx is done. A task of MapErr should pass its own context: then
// Get returns when that MapErr is canceled. Other tasks have no context, and
// pass context.Background(). While the value is not available, Get panics in
// goroutines in which Map would, and in tasks on whose results the value
// depends.
func (a *AsyncResult[V]) Get(ctx context.Context) (value V, err error) {
	if ctx == nil {
		panic("pool: Get: ctx must not be nil; pass context.Background()")
	}
	if !a.await("Get", ctx.Done()) {
		return value, fmt.Errorf("pool: Get: the result is not ready: %w", context.Cause(ctx))
	}
	a.job.failure.Raise()
	return *a.value, nil
}

// await waits until the job is done or stop ends, and reports whether it is
// done.
func (a *AsyncResult[V]) await(operation string, stop <-chan struct{}) bool {
	if a.job.isDone() {
		return true
	}
	c := whoCalls()
	c.mustNotBlock(operation, a.job.pool)
	await(c, wait{operation: operation, pool: a.job.pool, job: a.job}, a.job.done, stop)
	return a.job.isDone() // the job may be done even if stop has ended
}

// one returns the chunkFunc of a job with one item.
func one(f func()) chunkFunc {
	return func(_, _ int, at *int) {
		f()
		*at = 1
	}
}
