package serial

import (
	"context"

	"multiprocessing/lib/internal/failure"
)

// MapErr is Map for tasks that may fail. It stops at the first error, and returns
// nil and that error; the error's text has the index of the item, counted from
// 0, and errors.Is and errors.As find the task's own error.
//
// When ctx is done, the task is canceled, and no further item starts. If the
// task did not fail by itself, the error wraps context.Cause(ctx). A panic in g
// reaches the caller unchanged. MapErr panics if ctx or g is nil.
func MapErr[T, R any](ctx context.Context, items []T, g func(context.Context, T) (R, error)) ([]R, error) {
	if ctx == nil {
		panic("serial: MapErr: ctx must not be nil; pass context.Background()")
	}
	if g == nil {
		panic("serial: MapErr: g must not be nil")
	}
	results := make([]R, len(items))
	l := failure.Of(ctx)
	l.Run(0, len(items), new(int), func(ctx context.Context, i int) (err error) {
		results[i], err = g(ctx, items[i])
		return err
	})
	if err := l.Err("serial: MapErr"); err != nil {
		return nil, err
	}
	return results, nil
}
