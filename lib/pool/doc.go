// Package pool maps a function over items with a fixed number of worker
// goroutines that stay ready from one Map to the next: the multiprocessing
// Pool of slide 10, in one process, because Go has no GIL to escape from.
//
// Use it for CPU-bound work on many items, from tiny to long, and to limit
// how many tasks run at once.
//
// All forms of Map do the same work:
//
//	Map             results in the order of the items, when all are there
//	MapErr          the same for tasks that take a context and may return an error
//	Starmap         the same for tasks of two arguments
//	MapAsync        returns at once; ask its AsyncResult for the results
//	Imap            results one by one in a for loop; items are read as needed
//	ImapUnordered   the same, those that are done first
//	Apply           one task; ApplyAsync returns at once
//
// Go developers may know other ways to the same end:
//
//   - errgroup.Group with SetLimit(n) runs at most n functions at once and
//     returns the first error in time. MapErr keeps the results in order,
//     returns the error of the lowest item whatever the timing, and catches
//     panics. A Group starts a goroutine for each task, which a pool does not.
//   - A semaphore (semaphore.Weighted, or a buffered channel) limits how many
//     goroutines work at once, while all of them exist. A pool of n workers
//     has n goroutines.
//   - A closure needs no Starmap: func(i int) float64 { return f(a[i], b[i]) }
//     over the indices does the same.
//
// # Maps in tasks
//
// A task may call Map and its like, on its own pool and on others, and Get
// the result of a MapAsync. A pool never runs more tasks at once than it has
// workers, and no task waits for a worker that waits for it:
//
//   - On its own pool, the task runs the items of the inner Map itself, with
//     those workers that are free.
//   - On another pool, the task waits for the workers of that pool, as any
//     caller does. Its own worker stays with it: no other task begins there.
//     Only if the workers of several pools wait for each other does the task
//     run the items itself, in the place of a task that waits.
//
// A goroutine that a running task has started (by go, errgroup or iter.Pull,
// itself or through other goroutines) must not wait for the pool of the task:
// the task may be waiting for the goroutine, and the pool cannot see that.
// There Map, MapErr, Starmap, Apply, Get and loops over Imap panic at
// once. They also do in a task of another pool that works for such a
// goroutine, and where goroutines that tasks of two pools have started wait
// for workers that wait for each other. When the Map of the task has returned,
// the goroutine may use the pool like any other caller.
//
// The pool cannot see that a task waits, by a channel or a lock, for a
// goroutine that it has not started (time.AfterFunc starts such), or has
// started inside or after pprof.Do, which replaces the labels by which the
// pool knows its goroutines. If that goroutine uses the pool, they can wait
// for each other forever.
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
//   - 5 allocations for a Map and one for each worker that takes part,
//     whatever the number of items;
//   - a Map in a task: 1 µs more, and as much again for every 10 functions on
//     the stack (BenchmarkNested, BenchmarkWhoCalls);
//   - a pool of 2 workers, from New to Close: 9 µs (BenchmarkNew).
package pool
