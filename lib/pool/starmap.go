package pool

import "multiprocessing/lib/internal/star"

// Args is two arguments combined into one item: Args[string, int]{A: "a", B: 1}.
type Args[A, B any] = star.Args[A, B]

// Starmap calls f on the two arguments in every item, and returns the results
// in the order of the items. It mirrors Python's Pool.starmap (slide 10:
// "multiple args will need to be combined into a single list, unwrap with *").
//
//	pool.Starmap(p, []pool.Args[float64, float64]{{A: 2, B: 10}, {A: 3, B: 4}}, math.Pow)
//
// For three arguments or more, call Map with a function that takes a struct.
// Starmap panics where Map does, and costs one more function call per task
// (BenchmarkForms).
func Starmap[A, B, R any](p *Pool, items []Args[A, B], f func(A, B) R, opts ...Option) []R {
	p.mustTake("Starmap", "f", f == nil)
	results := make([]R, len(items))
	p.run("Starmap", len(items), opts, mapping(items, results, star.Unwrap(f)))
	return results
}
