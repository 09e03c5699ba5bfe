package process

import (
	"context"
	"fmt"

	"multiprocessing/lib/internal/portable"
)

// AsyncResult is a value that workers are still computing. It mirrors
// Python's multiprocessing.pool.AsyncResult. All methods may be called from
// many goroutines, and as often as you like.
type AsyncResult[V any] struct {
	done  chan struct{} // closed when what follows is there
	value V
	err   error
}

// MapAsync begins what Map does and returns at once (slide 10: "can use
// map_async() to return result immediately"). Get the results with Get, before
// Close: Close stops it. items must not be changed before. ctx is that of the
// tasks, as in Map. MapAsync panics where Map does. It mirrors Python's
// Pool.map_async, and starts one more goroutine than Map: 6 to 22 µs for one
// task and its Get (BenchmarkApply).
func MapAsync[T, R any](ctx context.Context, p *Pool, items []T, task *Task[T, R], opts ...Option) *AsyncResult[[]R] {
	results := make([]R, len(items))
	a := &AsyncResult[[]R]{done: make(chan struct{})}
	a.run(newMapping(ctx, "MapAsync", p, portable.Of(items), task.registered("MapAsync"), portable.Of(results), opts), func() { a.value = results })
	return a
}

// ApplyAsync begins what Apply does and returns at once. It mirrors Python's
// Pool.apply_async.
func ApplyAsync[T, R any](ctx context.Context, p *Pool, item T, task *Task[T, R], opts ...Option) *AsyncResult[R] {
	result := make([]R, 1)
	a := &AsyncResult[R]{done: make(chan struct{})}
	a.run(newMapping(ctx, "ApplyAsync", p, portable.Of([]T{item}), task.registered("ApplyAsync"), portable.Of(result), opts), func() { a.value = result[0] })
	return a
}

// run runs m, and calls keep if it has results.
func (a *AsyncResult[V]) run(m *mapping, keep func()) {
	go func() { // Close waits for it
		defer close(a.done)
		if a.err = m.run(); a.err == nil {
			keep()
		}
	}()
}

// Ready reports whether the value is there, or an error is.
func (a *AsyncResult[V]) Ready() bool {
	select {
	case <-a.done:
		return true
	default:
		return false
	}
}

// Done is closed when Ready: for select.
func (a *AsyncResult[V]) Done() <-chan struct{} { return a.done }

// Get waits for the value and returns it, or the error that Map would have
// returned. If ctx ends first, the error says so; the tasks go on, and Get
// may be called again. For a timeout give it a context.WithTimeout. It
// mirrors Python's AsyncResult.get.
func (a *AsyncResult[V]) Get(ctx context.Context) (value V, err error) {
	mustHave(ctx, "Get")
	if !a.Ready() { // otherwise a ctx that has ended might win
		select {
		case <-a.done:
		case <-ctx.Done():
			return value, fmt.Errorf("process: Get: the result is not ready: %w", context.Cause(ctx))
		}
	}
	return a.value, a.err
}

func mustHave(ctx context.Context, operation string) {
	if ctx == nil {
		misuse("%s: ctx must not be nil; pass context.Background()", operation)
	}
}
