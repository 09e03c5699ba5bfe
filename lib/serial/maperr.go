package serial

import (
	"context"

	"multiprocessing/lib/internal/failure"
)

// MapErr is Map for tasks that may fail. It stops at the first error and
// returns it with the number of its item; errors.Is and errors.As find the
// task's own error. It returns no results then.
//
// When ctx ends, so does the context of the task, and no further item starts;
// the error is the cause of ctx's end. A panic in g reaches the caller
// unchanged. MapErr panics if ctx or g is nil.
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
