package process

import (
	"fmt"

	"multiprocessing/lib/internal/span"
)

// Option changes how Map, and what is built like it, works.
type Option func(*options)

type options struct {
	chunk   int                    // 0 means automatic
	trace   *[]Span                // nil if nobody asked
	onCrash func(*CrashError) bool // nil means tellOfRetry
}

// Chunk sends a worker n items at a time. Without it Map chooses. Every
// chunk costs a message and a reply; large ones make tiny tasks cheap, small
// ones share out unequal tasks evenly. It panics if n is below 1. It mirrors
// the chunksize of Python's Pool.map.
func Chunk(n int) Option {
	if n < 1 {
		misuse("Chunk: the number of items must be at least 1, got %d", n)
	}
	return func(o *options) { o.chunk = n }
}

// Span is one stretch of a worker's time: Worker (from 1) ran items First to
// First+Items-1 from Start to End, counted from the start of the call.
type Span = span.Span

// Trace reports which worker ran which items when, in order of start: one
// Span a chunk, so Chunk(1) shows every item. It is there when Map returns,
// or when the AsyncResult is ready. The times are the caller's: they include
// the way to the worker and back. A chunk of a worker that died is there as
// well, up to its death.
//
// It costs two looks at the clock a chunk, and nothing without it. It panics
// if into is nil.
func Trace(into *[]Span) Option {
	if into == nil {
		misuse("Trace: into must not be nil")
	}
	return func(o *options) { o.trace = into }
}

// OnCrash has ask decide what happens to the items of a worker that died:
// they run again, from the first, on a new worker if it returns true; else
// the CrashError is the error of the call. It is asked once for a chunk: a
// second death is always an error. Calls may come from several goroutines at
// once. If ask panics, the call that it belongs to panics with that. It may
// call Map on the same pool, but must not close it.
//
// Without OnCrash they run again, and a line on stderr says so: those that
// were done by then are done twice, which matters if a task changes more than
// its result. It panics if ask is nil.
func OnCrash(ask func(crash *CrashError) (again bool)) Option {
	if ask == nil {
		misuse("OnCrash: ask must not be nil")
	}
	return func(o *options) { o.onCrash = ask }
}

// tellOfRetry is OnCrash where none is given.
func (p *Pool) tellOfRetry(crash *CrashError) bool {
	p.stderr.mu.Lock()
	defer p.stderr.mu.Unlock()
	fmt.Fprintf(p.stderr.w, "process: worker %d (pid %d) died (%s) while it ran task %q on %s; running again on a new worker\n",
		crash.Worker, crash.PID, crash.Status, crash.Task, itemNames(crash.From, crash.To))
	return true
}

func gather(opts []Option) (o options) {
	for _, opt := range opts {
		opt(&o)
	}
	return o
}
