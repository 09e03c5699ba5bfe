// Package serial is the for loop that every parallel Map is compared with,
// in its answers and in its time: the "Serial test" of slide 8.
//
// Use it as the base case of a comparison, and wherever a task is too small
// to be worth a worker. A task that adds 1 takes 2 to 3 ns, most of it for
// memory of the results (BenchmarkMap).
package serial

// Map returns f of every item, in the order of the items, one after the
// other in the caller's own goroutine. A panic in f is the caller's panic.
// It panics if f is nil. It mirrors Python's list(map(f, items)).
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
