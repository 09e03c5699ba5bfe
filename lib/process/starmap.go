package process

import (
	"context"

	"multiprocessing/lib/internal/star"
)

// Args is two arguments combined into one item. It is the type pool.Args, so
// that the same items work with both packages.
type Args[A, B any] = star.Args[A, B]

// Unwrap turns a function of two arguments into a function of Args, which can
// be registered as a task for Starmap:
//
//	var power = process.Register("power", process.Unwrap(math.Pow))
func Unwrap[A, B, R any](f func(A, B) R) func(Args[A, B]) R {
	if f == nil {
		misuse("Unwrap: f must not be nil")
	}
	return star.Unwrap(f)
}

// Starmap is Map for tasks of two arguments. It mirrors Python's
// Pool.starmap (slide 10: "multiple args will need to be combined into a
// single list, unwrap with *"). For three arguments or more, register a task
// that takes a struct.
func Starmap[A, B, R any](ctx context.Context, p *Pool, items []Args[A, B], task *Task[Args[A, B], R], opts ...Option) ([]R, error) {
	return run(ctx, "Starmap", p, items, task, opts)
}
