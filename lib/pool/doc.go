// Package pool maps a function over items with a fixed number of worker
// goroutines that stay ready from one Map to the next: the multiprocessing
// Pool of slide 10, in one process, for Go has no GIL to escape from.
//
// Use it for CPU-bound work on many items, from tiny to long, and wherever
// no more than so many tasks shall run at once.
//
// All forms of Map do the same work:
//
//	Map             results in the order of the items, when all are there
//	MapErr          the same for tasks that return an error, or shall be canceled
//	Starmap         the same for tasks of two arguments
//	MapAsync        returns at once; ask its AsyncResult for the results
//	Imap            results one by one in a for loop; items are read as needed
//	ImapUnordered   the same, those that are done first
//	Apply           one task; ApplyAsync returns at once
//
// Workers take chunks of items by one atomic add each. What that costs,
// measured on 2 cores that other programs used too:
//
//   - 100,000 tasks that add 1: 3 to 7 ns a task, and no more than the same
//     loop written by hand (BenchmarkTinyTasks); more than half of it is for
//     memory of the results: to clear it, and to collect that of Maps before;
//   - 20,000 primality tests: a tenth faster than a static split by hand,
//     whose second half has the larger numbers (BenchmarkPrimalityTests);
//   - one task, to a worker and back: 2 to 4 µs (BenchmarkOneTask), which is
//     also what Imap needs for a chunk (BenchmarkForms);
//   - 5 allocations for a Map, whatever the number of items.
package pool
