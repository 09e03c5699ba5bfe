// Package serial is the for loop with which the results and times of every
// parallel Map are compared: the "Serial test" of slide 8.
//
// Use it as the baseline of a comparison, and for tasks that are too small for
// workers to pay off. A task that adds 1 takes 2 to 3 ns, most of it for the
// memory of the results (BenchmarkMap).
package serial

// Map calls f on every item, one after the other, in the caller's goroutine,
// and returns the results in the order of the items. A panic in f reaches the
// caller unchanged. Map panics if f is nil. It mirrors Python's
// list(map(f, items)).
func Map[T, R any](items []T, f func(T) R) []R {
	if f == nil {
		panic("serial: Map: f must not be nil")
	}
	results := make([]R, len(items))
	for i, item := range items {
		results[i] = f(item)
	}
	return results
}
