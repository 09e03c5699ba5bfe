package pool

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// caller is what a pool knows of the goroutine that calls it.
//
// It must know whether a task calls. On a pool of one worker, a task that
// calls Map has the only worker, so it must run the items itself; if another
// caller did, two tasks would run at once. No argument can tell, because a
// task is a plain func(T) R. So the pool looks at two things, but only while
// tasks are running:
//
//   - The profiler labels, which a goroutine inherits from the one that
//     starts it: they lead to the task.
//   - The function at the bottom of the stack: it is worker.loop if the task
//     itself calls, and another in the goroutines that it has started.
//
// Rejected: the stack alone, which says nothing of goroutines that a task
// starts; the labels alone, which are the same in those and in the task; the
// number of the goroutine alone, which is not inherited, and can only be read
// from a printed stack (4 to 40 µs, against 0.5 to 3 µs);
// debug.SetPanicOnFault, which goroutines do not inherit and which is quick to
// read, but changes what tasks do and may be changed by them.
type caller struct {
	frame *frame // the task that calls or has started the caller; nil if none is running
	own   bool   // the task itself calls
}

// unfinished counts the jobs of all pools that are not done.
var unfinished atomic.Int64

// whoCalls costs 5 ns if no task is running, else 1 µs, and as much again for
// every 10 functions on the stack (BenchmarkWhoCalls).
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
// has started, or works for one: the task may wait for it in a way that the
// pool cannot see, and so keep its worker from it.
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

// worksFor reports whether a running task of p calls, or has started the
// caller, itself or through others.
func (c caller) worksFor(p *Pool) bool {
	for f := c.frame; f != nil; f = f.next() {
		if f.job.pool == p {
			return true
		}
	}
	return false
}

// loopEntry is where the code of worker.loop begins.
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

// workers are the workers of all pools by the numbers of their goroutines.
var workers sync.Map

// currentWorker returns the worker in whose goroutine this is.
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
