package process

import "multiprocessing/lib/internal/span"

// Option configures Map and the other forms of it.
type Option func(*options)

type options struct {
	chunk   int     // 0 means automatic
	trace   *[]Span // nil without Trace
	retries int
}

// Chunk sends a worker n items at a time. The default makes about 16 chunks per
// worker, and chunks of one item in Imap. Every chunk costs a message and a
// reply: large chunks make tiny tasks cheap, small chunks balance unequal tasks.
// It panics if n is below 1. It mirrors the chunksize of Python's Pool.map.
func Chunk(n int) Option {
	if n < 1 {
		misuse("Chunk: the number of items must be at least 1, got %d", n)
	}
	return func(o *options) { o.chunk = n }
}

// Retry runs an item again, at most n times, if the worker that runs it dies:
// n+1 attempts, as MaxAttempts n+1 in package cluster. The default here is one
// attempt, and there three. Then the call returns an error, as Python does at
// the first death.
//
// A worker sends its results when the whole chunk is done. So a new worker runs
// the chunk again from its first item, including items that were done before:
// that matters if a task has side effects. Chunk(1) avoids it. It panics if n
// is below 0.
func Retry(n int) Option {
	if n < 0 {
		misuse("Retry: the number of retries must be at least 0, got %d", n)
	}
	return func(o *options) { o.retries = n }
}

// Span is an interval of a worker's time: Worker (from 1) ran items First to
// First+Items-1 from Start to End, counted from the start of the call.
type Span = span.Span

// Trace records which worker ran which items when, sorted by start: one Span
// per chunk, so Chunk(1) shows every item. It replaces *into when the call
// returns, with or without an error, when the AsyncResult is ready, or when the
// loop over Imap ends. The caller measures the times, so they include the
// messages to the worker and back. If a worker died, its chunk's Span ends with
// its death.
//
// Trace reads the clock twice per chunk. It panics if into is nil.
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
