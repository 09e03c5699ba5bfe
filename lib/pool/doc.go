// Package pool maps a function over items with a fixed number of worker
// goroutines, which stay ready between Maps. It is the multiprocessing Pool of
// slide 10 in one process, because Go has no GIL to escape from.
//
// Use it for CPU-bound work on many items, from tiny to long, and to limit
// how many tasks run at once.
//
// All forms of Map do the same work:
//
//	Map             results in the order of the items, when all are done
//	MapErr          Map for tasks that take a context and may return an error
//	Starmap         Map for tasks of two arguments
//	MapAsync        returns at once; Get of its AsyncResult returns the results
//	Imap            results one by one in a for loop; items are read as needed
//	ImapUnordered   Imap in the order in which tasks end
//	Apply           one task; ApplyAsync returns at once
//
// Alternatives that Go developers may know:
//
//   - errgroup.Group with SetLimit(n) runs at most n functions at once and
//     returns the first error in time. MapErr returns the results in order,
//     returns the error of the lowest index whatever the timing, and catches
//     panics. A Group starts a goroutine for each task; a pool does not.
//   - A semaphore (semaphore.Weighted, or a buffered channel) limits how many
//     goroutines work at once, but all of them exist. A pool of n workers has
//     n goroutines.
//   - A closure over the indices can replace Starmap:
//     func(i int) float64 { return f(a[i], b[i]) }.
//
// # Maps in tasks
//
// A task may call every form of Map, on its own pool and on others, and Get
// the result of a MapAsync. A pool of n workers runs at most n tasks at once, not
// counting tasks that wait for a Map. Tasks that wait only for pools do not
// deadlock:
//
//   - On its own pool, the task runs the items of the inner Map itself,
//     together with the free workers.
//   - On another pool, the task waits for the workers of that pool, as any
//     caller does. Its own worker stays reserved: no other task starts there.
//     If the workers of several pools wait for each other, the task runs the
//     items itself, in the slot of a task that waits.
//
// A goroutine that a running task has started (by go, errgroup or iter.Pull,
// directly or through other goroutines) must not wait for the pool of the task:
// the task may be waiting for the goroutine, and the pool cannot see that. In
// such a goroutine Map, MapErr, Starmap, Apply, Get and loops over Imap panic
// at once. If the goroutine calls Map on a second pool, the tasks of that Map
// must not wait for the first pool either: these calls panic there, too. And if
// goroutines of two pools' tasks each wait for the other pool, and no worker is
// left, the calls that cannot return panic. When the Map of the task has
// returned, the goroutine may use the pool like any other caller.
//
// The pool identifies the goroutines of a task by their profiler labels. So it
// does not recognize a goroutine that the task did not start (for example, by
// time.AfterFunc), or that it started inside or after pprof.Do, which replaces
// the labels. If a task waits for such a goroutine by a channel or a lock, and
// the goroutine uses the pool, they can deadlock.
//
// # What it costs
//
// A worker takes each chunk of items with one atomic add. Measured on 2 cores
// that other programs used too:
//
//   - 100,000 tasks that add 1: 3 to 7 ns per task, no more than the same loop
//     written by hand (BenchmarkTinyTasks); more than half of it is for the
//     memory of the results: clearing it, and collecting that of earlier Maps;
//   - 20,000 primality tests: a tenth faster than a static split by hand,
//     whose second half has the larger numbers (BenchmarkPrimalityTests);
//   - one task, to a worker and back, or one chunk of Imap: 1 to 4 µs
//     (BenchmarkOneTask, BenchmarkApply, BenchmarkForms);
//   - 5 allocations for a Map and one for each worker that takes part,
//     whatever the number of items;
//   - a Map in a task: 1 µs more, plus 1 µs for every 10 functions on the
//     stack (BenchmarkNested, BenchmarkWhoCalls);
//   - a pool of 2 workers, from New to Close: 9 µs (BenchmarkNew).
package pool
