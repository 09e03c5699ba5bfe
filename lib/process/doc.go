// Package process runs tasks in other operating-system processes, each with
// its own memory: the multiprocessing module of slides 6 and 8, and its Pool.
//
// In Go nothing forces you here, for goroutines already use every core. Use
// it for tasks that may crash, leak or be killed without harm to the caller,
// and to see what separate memory means and costs. Otherwise use package
// pool.
//
// # How it works
//
// A worker is this same program, started again. Tasks are registered in
// package-level vars; in a worker the last Register does not return but
// serves the pool. So neither main nor a func init of the package that
// registers last, nor a TestMain, runs in a worker, and no
// "if __name__ == '__main__'" is needed: it works in notebook cells, tests
// and ordinary programs alike. (Tasks that run before main have one limit: see
// Serve if they use C code that calls back into Go.)
//
// What a task can see in a worker:
//
//   - its argument, as an exact copy, see Register;
//   - package-level vars that its code names, directly or through the
//     functions that it calls, as they are initialized: Go does that before
//     it registers the task. What main, func init or another process has put
//     into them is not there.
//
// So a closure may be registered, but not what it would capture in main.
// Package-level vars are initialized in every worker: what they print or
// compute happens once more for each. A type that travels in an interface
// must be passed to gob.Register in such a var, too.
//
// # When something fails
//
//   - A task may return an error: make it with RegisterErr. A task that panics
//     costs no worker.
//   - A worker that dies (os.Exit, a crash, SIGKILL) is replaced. The call
//     returns a CrashError with the index of the item that it ran, or runs the
//     item again: see Retry.
//   - When the context of a call ends, so do those of its tasks. A worker that
//     goes on for two seconds is killed and replaced: that is what processes are
//     for. A goroutine cannot be stopped so.
//   - Close stops what runs in the same way. Terminate kills at once.
//   - If the program ends in any other way, even by SIGKILL, its workers end at
//     once by themselves, busy or not. Ctrl-C reaches them in a terminal, but
//     they leave it to the program to decide what it means.
//
// A Process is for one task. It ends with the task, with its context, or by
// Terminate or Kill.
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
// What a worker writes to stdout and stderr comes out of this program's, line
// by line, with the worker's number before each, at the latest before Close
// returns. Its stdin is empty. In a notebook it has no other way to the
// cell: tables and pictures can be shown by the caller only.
//
// # What it costs
//
// Measured on 2 cores that other programs used too:
//
//   - a pool of 2 workers, ready: 2.6 to 6 ms (BenchmarkPoolStart);
//   - a Process with one task, from Start to Join: 4 ms (BenchmarkProcess);
//   - one task, to a worker and back: 5 to 20 µs (BenchmarkApply);
//   - 100,000 tasks that add 1 to a number: 15 to 27 ns a task, and 130 to
//     220 ns if the item is a struct with a string (BenchmarkTinyTasks).
//
// Numbers, and arrays and structs of them, travel as they lie in memory; a
// value with a string takes about 60 times as long to encode and decode
// (BenchmarkFormats).
//
// Workers need files to be handed to a child process, which Go can do on
// Unix systems only; elsewhere NewPool returns an error that says so.
package process
