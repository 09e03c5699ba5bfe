package pool

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// caller identifies the goroutine that calls a pool.
//
// The pool must know whether a task calls it. On a pool of one worker, a task
// that calls Map occupies the only worker, so it must run the items itself; if
// any other caller ran items, two tasks would run at once. The task cannot
// identify itself by an argument, because it is a plain func(T) R. So the pool
// reads two things, but only while tasks are running:
//
//   - The profiler labels, which a goroutine inherits from the goroutine that
//     starts it: they lead to the task.
//   - The function at the bottom of the stack: it is worker.loop in the task
//     itself, and another function in goroutines that the task has started.
//
// Rejected: the stack alone, which does not identify goroutines that a task
// starts; the labels alone, which are the same in the task and its goroutines;
// the goroutine's number alone, which is not inherited and can be read only
// from a printed stack (4 to 40 µs, against 0.5 to 3 µs);
// debug.SetPanicOnFault, which is quick to read and not inherited, but changes
// the behavior of tasks, and tasks may change it.
type caller struct {
	frame *frame // the running task that calls the pool or has started the caller; nil if there is none
	own   bool   // the task itself calls
}

// unfinished is the number of jobs of all pools that are not done.
var unfinished atomic.Int64

// whoCalls identifies the calling goroutine. It costs 5 ns if no task is
// running, else 1 µs, plus 1 µs for every 10 functions on the stack
// (BenchmarkWhoCalls).
func whoCalls() caller {
	if unfinished.Load() == 0 {
		return caller{}
	}
	f := labeled()
	if !onWorker() {
		return caller{frame: f.running()}
	}
	if f == nil { // the task has replaced its labels, by pprof.Do
		f = currentWorker().frame
	}
	return caller{frame: f, own: true}
}

// mustNotBlock panics if the caller is a goroutine that a running task of p
// has started, or a task that works for such a goroutine. The task may be
// waiting for the caller in a way that the pool cannot see, while the caller
// waits for the task's worker.
func (c caller) mustNotBlock(operation string, p *Pool) {
	beside := !c.own
	for f := c.frame; f != nil; f = f.next() {
		if f.job.pool == p {
			if beside {
				panic(fmt.Sprintf("pool: %[1]s: a running task of the same pool has started the caller "+
					"(by go or iter.Pull) and may wait for it; call %[1]s in the task itself, or use another pool", operation))
			}
			return
		}
		beside = beside || f.job.beside
	}
}

// worksFor reports whether the caller is a running task of p, or was started
// by one, directly or through other tasks and goroutines.
func (c caller) worksFor(p *Pool) bool {
	for f := c.frame; f != nil; f = f.next() {
		if f.job.pool == p {
			return true
		}
	}
	return false
}

// loopEntry is the entry address of worker.loop.
var loopEntry = reflect.ValueOf((*worker).loop).Pointer()

// onWorker reports whether this is the goroutine of a worker.
func onWorker() bool {
	var few [64]uintptr
	pcs := few[:]
	n := runtime.Callers(1, pcs)
	for n == len(pcs) {
		pcs = make([]uintptr, 4*n)
		n = runtime.Callers(1, pcs)
	}
	for _, pc := range pcs[max(0, n-3):n] { // loop, perhaps a wrapper, goexit
		if f := runtime.FuncForPC(pc - 1); f != nil && f.Entry() == loopEntry {
			return true
		}
	}
	return false
}

// workers maps goroutine numbers to the workers of all pools.
var workers sync.Map

// currentWorker returns the worker of this goroutine.
func currentWorker() *worker {
	w, _ := workers.Load(goroutineNumber())
	return w.(*worker)
}

// goroutineNumber reads the first line of the stack: "goroutine 7 [running]:".
func goroutineNumber() string {
	var buf [32]byte
	line := string(buf[:runtime.Stack(buf[:], false)])
	number, _, _ := strings.Cut(strings.TrimPrefix(line, "goroutine "), " ")
	return number
}
