package pool

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
)

// MapErr is Map for tasks that can fail, and that can be canceled: f may be
// strconv.Atoi, or a download.
//
// If tasks fail, there are no results, and the error is that of the first
// item, by the order of the items, that failed: the one at which a for loop
// would have stopped, whichever worker was the fastest. Items after it that
// have not begun are abandoned. Joining all errors was refused: which there
// are would differ from run to run.
//
// When ctx ends, items that have not begun are abandoned, and without a
// failed task the error is the cause of ctx's end. To stop a task that is
// running, have f look at ctx itself. The pool can be used again in any case.
//
// It panics where Map does. It costs 2 to 3 ns a task more than Map
// (BenchmarkForms).
func MapErr[T, R any](ctx context.Context, p *Pool, items []T, f func(T) (R, error), opts ...Option) ([]R, error) {
	p.mustTake("MapErr", f == nil)
	if ctx == nil {
		panic("pool: MapErr: ctx must not be nil; pass context.Background()")
	}
	results := make([]R, len(items))
	var e earliest
	e.limit.Store(math.MaxInt64)
	stop := context.AfterFunc(ctx, func() { e.limit.Store(-1) })
	defer stop()
	if ctx.Err() != nil {
		e.limit.Store(-1) // AfterFunc is too late for short work
	}
	p.run("MapErr", len(items), opts, func(from, to int) {
		for i := from; i < to && e.mayRun(i); i++ {
			var err error
			if results[i], err = f(items[i]); err != nil {
				e.fail(i, err)
			}
		}
	})
	if err := e.error(ctx); err != nil {
		return nil, err
	}
	return results, nil
}

// earliest keeps the error of the first item that failed. Items before it
// still run, for they may fail as well.
type earliest struct {
	limit   atomic.Int64 // items from here on are abandoned
	skipped atomic.Bool  // some were

	mu   sync.Mutex
	err  error // guarded by mu
	item int   // guarded by mu
}

func (e *earliest) mayRun(item int) bool {
	if int64(item) < e.limit.Load() {
		return true
	}
	e.skipped.Store(true)
	return false
}

func (e *earliest) fail(item int, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err != nil && e.item < item {
		return
	}
	e.item, e.err = item, err
	if before := e.limit.Load(); int64(item) < before { // else ctx has ended
		e.limit.CompareAndSwap(before, int64(item))
	}
}

// error is called when all are done.
func (e *earliest) error(ctx context.Context) error {
	if e.err != nil {
		return fmt.Errorf("pool: MapErr: item %d: %w", e.item, e.err)
	}
	if e.skipped.Load() {
		return fmt.Errorf("pool: MapErr: stopped before all items were done: %w", context.Cause(ctx))
	}
	return nil
}
