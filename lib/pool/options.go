package pool

import (
	"fmt"

	"multiprocessing/lib/internal/span"
)

// Option configures Map and the other forms of it.
type Option func(*options)

type options struct {
	chunk int     // 0 means automatic
	trace *[]Span // nil without Trace
}

// Chunk makes workers take n items at a time. The default makes about 64 chunks
// per worker, and chunks of one item in Imap. Large chunks make tiny tasks cheap,
// small chunks balance unequal tasks. It panics if n is below 1. It mirrors the
// chunksize of Python's Pool.map.
func Chunk(n int) Option {
	if n < 1 {
		panic(fmt.Sprintf("pool: Chunk: the number of items must be at least 1, got %d", n))
	}
	return func(o *options) { o.chunk = n }
}

// Span is an interval of a worker's time: Worker (from 1) ran items First to
// First+Items-1 from Start to End, counted from the start of the call.
type Span = span.Span

// Trace records which worker ran which items when, sorted by start: one Span
// per chunk, so Chunk(1) shows every item. It replaces *into when the call
// returns, with or without an error, when the AsyncResult is ready, or when the
// loop over Imap ends. A chunk in which a task panicked is missing. Worker is 0 for items that a task ran itself while
// it waited for its own inner Map.
//
// Trace costs 0.1 to 0.3 µs per chunk (BenchmarkTrace), for reading the clock and
// storing the Span. It panics if into is nil.
func Trace(into *[]Span) Option {
	if into == nil {
		panic("pool: Trace: into must not be nil")
	}
	return func(o *options) { o.trace = into }
}

func gather(opts []Option) (o options) {
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

func (o options) recorder() *span.Recorder { return span.NewRecorder(o.trace) }

// mustTake panics if the pool is nil or the function is missing. It starts the
// workers of a zero Pool.
func (p *Pool) mustTake(operation, function string, missing bool) {
	if missing {
		panic("pool: " + operation + ": " + function + " must not be nil")
	}
	if p == nil {
		panic("pool: " + operation + ": the pool must not be nil; make it with New")
	}
	p.start(0)
}
