package process

import "multiprocessing/lib/internal/span"

// Option changes how Map, and what is built like it, works.
type Option func(*options)

type options struct {
	chunk   int     // 0 means automatic
	trace   *[]Span // nil without Trace
	retries int
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

// Retry runs an item again, at most n times, if the worker that runs it dies.
// Without it the first death is the error of the call, as in Python.
//
// The results of a chunk come when all of it is done. So a new worker runs the
// chunk again from its first item, including the items that were done: that
// matters if a task changes more than its result. Chunk(1) avoids it. It panics
// if n is below 0.
func Retry(n int) Option {
	if n < 0 {
		misuse("Retry: the number of retries must be at least 0, got %d", n)
	}
	return func(o *options) { o.retries = n }
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

func gather(opts []Option) (o options) {
	for _, opt := range opts {
		opt(&o)
	}
	return o
}
