package pool

import (
	"context"
	"fmt"
)

// AsyncResult is a value that workers are still computing. It mirrors
// Python's multiprocessing.pool.AsyncResult. All methods may be called from
// many goroutines, and as often as you like.
type AsyncResult[V any] struct {
	job   *job
	value *V // may be read when job is done
}

// MapAsync begins what Map does and returns at once (slide 10: "can use
// map_async() to return result immediately"). Wait for the results with Get;
// Close waits for them, too. items must not be changed before. It panics if f
// is nil or p is closed; a task's panic is kept for Get. It mirrors Python's
// Pool.map_async, and costs no more than Map (BenchmarkApply).
func MapAsync[T, R any](p *Pool, items []T, f func(T) R, opts ...Option) *AsyncResult[[]R] {
	p.mustTake("MapAsync", "f", f == nil)
	results := make([]R, len(items))
	j := p.begin("MapAsync", whoCalls(), true, len(items), opts, nil, mapping(items, results, f))
	return &AsyncResult[[]R]{job: j, value: &results}
}

// Apply returns f(item), computed by a worker of p: a Map of one item. It
// mirrors Python's Pool.apply, and costs 1 to 3 µs (BenchmarkApply).
func Apply[T, R any](p *Pool, item T, f func(T) R, opts ...Option) R {
	p.mustTake("Apply", "f", f == nil)
	var result R
	p.run("Apply", 1, opts, one(func() { result = f(item) }))
	return result
}

// ApplyAsync begins what Apply does and returns at once. It mirrors Python's
// Pool.apply_async.
func ApplyAsync[T, R any](p *Pool, item T, f func(T) R, opts ...Option) *AsyncResult[R] {
	p.mustTake("ApplyAsync", "f", f == nil)
	result := new(R)
	j := p.begin("ApplyAsync", whoCalls(), true, 1, opts, nil, one(func() { *result = f(item) }))
	return &AsyncResult[R]{job: j, value: result}
}

// Ready reports whether the value is there, or a task has panicked. It does
// not wait, but in a task of the same pool it first computes what no worker
// has begun: no other worker may be free to. A task that polls keeps its
// worker; to wait for work that may need it, call Get.
func (a *AsyncResult[V]) Ready() bool {
	if !a.job.isDone() {
		whoCalls().help(a.job, nil)
	}
	return a.job.isDone()
}

// Done is closed when Ready: for select. A task of the same pool that waits for
// it keeps its worker, and computes nothing meanwhile; there call Get.
func (a *AsyncResult[V]) Done() <-chan struct{} { return a.job.done }

// Get waits for the value and returns it. If ctx ends first, the error says
// so; the tasks go on, and Get may be called again. For a timeout give it a
// context.WithTimeout. If a task panicked, Get panics with a *Panic, as Map
// does. It mirrors Python's AsyncResult.get.
//
// A task of the same pool that calls Get computes what no worker has begun
// itself, chunk by chunk until ctx ends. Give it the context of the task, so
// that it ends with the task's Map. Until the value is there, Get panics in
// goroutines in which Map would, and in tasks that the value needs.
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
	return a.job.isDone() // both may have ended
}

// one returns what computes the only item of a job.
func one(f func()) chunkFunc {
	return func(_, _ int, at *int) {
		f()
		*at = 1
	}
}
