package pool

import (
	"context"

	"multiprocessing/lib/internal/failure"
)

// MapErr is Map for tasks that may fail. If tasks fail, it returns nil and the
// error of the failed item with the lowest index; the error's text has that
// index, counted from 0, and errors.Is and errors.As find the task's own error.
// A for loop would have stopped at this item, whatever the timing; all errors
// joined would differ from run to run. After a failure, items with a higher
// index are canceled if they run, and skipped if they have not started. Items
// with a lower index still run, because one of them may fail, too.
//
// When ctx is done, running tasks are canceled and the other items are skipped.
// If no task failed by itself, the error wraps context.Cause(ctx). MapErr
// returns when all started tasks have ended. The pool can be used again in any
// case.
//
// It panics where Map does, and if ctx is nil. It costs 7 to 10 ns per task more
// than Map (BenchmarkForms), for the context and the call.
func MapErr[T, R any](ctx context.Context, p *Pool, items []T, g func(context.Context, T) (R, error), opts ...Option) ([]R, error) {
	p.mustTake("MapErr", "g", g == nil)
	if ctx == nil {
		panic("pool: MapErr: ctx must not be nil; pass context.Background()")
	}
	results := make([]R, len(items))
	err := p.runErr(ctx, len(items), opts, func(ctx context.Context, i int) (err error) {
		results[i], err = g(ctx, items[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

func (p *Pool) runErr(ctx context.Context, n int, opts []Option, task func(ctx context.Context, item int) error) error {
	l := failure.Of(ctx)
	p.finishAll("MapErr", n, opts, l, func(from, to int, at *int) { l.Run(from, to, at, task) })
	return l.Err("pool: MapErr")
}
