// Package pool maps a function over items with a fixed number of worker
// goroutines that stay ready from one Map to the next: the multiprocessing
// Pool of slide 10, in one process, for Go has no GIL to escape from.
//
// Use it for CPU-bound work on many items, from tiny to long, and wherever
// no more than so many tasks shall run at once.
//
// Workers take chunks of items by one atomic add each. What that costs,
// measured on 2 cores that other programs used too:
//
//   - 100,000 tasks that add 1: 3 to 5 ns a task, most of it for memory of
//     the results, and no more than the same loop written by hand
//     (BenchmarkTinyTasks);
//   - 20,000 primality tests: a tenth faster than a static split by hand,
//     whose second half has the larger numbers (BenchmarkPrimalityTests);
//   - one task, to a worker and back: 2 µs (BenchmarkOneTask);
//   - 5 allocations for a Map, whatever the number of items.
package pool
