package process

import (
	"context"
	"fmt"

	"multiprocessing/lib/internal/portable"
)

// AsyncResult is a value that workers are still computing. It mirrors
// Python's multiprocessing.pool.AsyncResult. All methods may be called
// concurrently and repeatedly.
type AsyncResult[V any] struct {
	done  chan struct{} // closed when value and err are set
	value V
	err   error
}

// MapAsync starts a Map and returns at once (slide 10: "can use map_async() to
// return result immediately"). Call Get for the results before Close, because
// Close stops the tasks. Do not change items until the result is ready. When
// ctx is done, the tasks are canceled, as in Map. MapAsync panics where
// Map does. It mirrors Python's Pool.map_async, and starts one more goroutine
// than Map: 6 to 22 µs for one task and its Get (BenchmarkApply).
func MapAsync[T, R any](ctx context.Context, p *Pool, items []T, task *Task[T, R], opts ...Option) *AsyncResult[[]R] {
	results := make([]R, len(items))
	a := &AsyncResult[[]R]{done: make(chan struct{})}
	a.run(newMapping(ctx, "MapAsync", p, portable.Of(items), task.registered("MapAsync"), portable.Of(results), opts), func() { a.value = results })
	return a
}

// ApplyAsync starts an Apply and returns at once. It mirrors Python's
// Pool.apply_async.
func ApplyAsync[T, R any](ctx context.Context, p *Pool, item T, task *Task[T, R], opts ...Option) *AsyncResult[R] {
	result := make([]R, 1)
	a := &AsyncResult[R]{done: make(chan struct{})}
	a.run(newMapping(ctx, "ApplyAsync", p, portable.Of([]T{item}), task.registered("ApplyAsync"), portable.Of(result), opts), func() { a.value = result[0] })
	return a
}

// run runs m in a new goroutine, and calls setValue if m has results.
func (a *AsyncResult[V]) run(m *mapping, setValue func()) {
	go func() { // Close waits for it
		defer close(a.done)
		if a.err = m.run(); a.err == nil {
			setValue()
		}
	}()
}

// Ready reports whether the value, or an error, is available.
func (a *AsyncResult[V]) Ready() bool {
	select {
	case <-a.done:
		return true
	default:
		return false
	}
}

// Done returns a channel that is closed when the result is ready, for select.
func (a *AsyncResult[V]) Done() <-chan struct{} { return a.done }

// Get waits for the value and returns it, or the error that Map would have
// returned. If ctx is done first, the error wraps context.Cause(ctx); the tasks
// continue, and Get may be called again. For a timeout pass a
// context.WithTimeout. It mirrors Python's AsyncResult.get.
func (a *AsyncResult[V]) Get(ctx context.Context) (value V, err error) {
	mustHave(ctx, "Get")
	if !a.Ready() { // select would choose at random if ctx had ended, too
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
