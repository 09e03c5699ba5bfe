// Package process runs tasks in other operating-system processes, each with
// its own memory: the multiprocessing module of slides 6 and 8, and its Pool.
//
// Go does not need processes to use every core; goroutines suffice. Use this
// package for tasks that may crash, leak or have to be killed without harm to
// the caller, and to see what separate memory means and costs. Otherwise use
// package pool.
//
// # How it works
//
// A worker is this same program, started again. Tasks are registered in
// package-level vars. In a worker, the call of Register that comes last in Go's
// order of initialization never returns: it serves the pool. So a worker never
// runs main, TestMain, or a func init of the package that registers last. The
// same code works in notebook cells, tests and ordinary programs. (Python
// needs "if __name__ == '__main__'" for that. Tasks run before main; see Serve
// if they use C code that calls back into Go.)
//
// What a task can see in a worker:
//
//   - its argument, as an exact copy, see Register;
//   - the initial values of package-level vars that its code names, directly
//     or through the functions that it calls: Go initializes those before it
//     registers the task. A worker does not see what main, func init or
//     another process stored in them.
//
// So a closure may be registered, but it cannot capture variables of main.
// Every worker initializes the package-level vars: what they print or compute
// is repeated in each. A type that is sent in an interface must be passed to
// gob.Register in such a var, too.
//
// # When something fails
//
//   - A task may return an error: make it with RegisterErr. A worker survives
//     a panic of its task.
//   - A worker that dies (os.Exit, a crash, SIGKILL) is replaced. The call
//     returns a CrashError with the index of the item that it ran, or runs the
//     item again: see Retry.
//   - When the context of a call is done, tasks of RegisterErr see it in their
//     own context; tasks of Register have none. A task has two seconds to
//     return; then its worker is killed and replaced. A goroutine could not be
//     stopped like that. Map returns no results.
//   - Close stops running tasks in the same way. Terminate kills the workers
//     at once.
//   - If the program ends in any other way, even by SIGKILL, its workers exit
//     at once, busy or not. In a terminal they receive Ctrl-C as well, but
//     ignore it: the program decides what to do.
//
// A Process runs one task. It ends when the task has ended, or its context is
// done, or by Terminate or Kill.
//
// # One Map
//
//	caller's process                                        worker process
//	Map  cuts items into chunks (map.go)
//	     takes a free slot (pool_slots.go)
//	     encodes a chunk ----------- request pipe --------> decodes, runs the task
//	     (pool_chunk.go)                                    item by item, stores the
//	     cancels ------------------- control pipe --------> index of each (worker_serve.go)
//	     decodes results <---------- reply pipe ----------- encodes results, or the failure
//	     on a crash reads the index <-- shared memory
//
// This program copies what a worker writes to stdout and stderr to its own,
// line by line, with the worker's number before each line; it has copied
// everything when Close returns. A worker's stdin is empty. In a notebook only
// the caller can show tables and pictures; a worker cannot.
//
// # What it costs
//
// Measured on 2 cores that other programs used too:
//
//   - a pool of 2 workers, ready: 2.6 to 6 ms (BenchmarkPoolStart);
//   - a Process with one task, from Start to Join: 4 ms (BenchmarkProcess);
//   - one task, to a worker and back: 5 to 20 µs (BenchmarkApply);
//   - 100,000 tasks that add 1 to a number: 15 to 27 ns per task, and 130 to
//     220 ns if the item is a struct with a string (BenchmarkTinyTasks).
//
// Numbers, and arrays and structs of them, are sent as they lie in memory; a
// value with a string takes about 60 times as long to encode and decode
// (BenchmarkFormats).
//
// Workers inherit open files, which Go supports on Unix systems only;
// elsewhere NewPool returns an error.
package process
