package goroutine

import "multiprocessing/lib/internal/span"

// Option changes how Map and WithGIL work.
type Option func(*options)

type options struct {
	trace *[]Span // nil if nobody asked
}

// Span is one stretch of a goroutine's time: Worker, which is the task's
// number from 1, ran item First (and Items is 1) from Start to End, counted
// from the start of the call.
type Span = span.Span

// Trace reports when each task ran, in order of start. From Map it is one
// Span a task, from its begin to its end, which is longer than it had a core
// if there are more tasks than cores. From WithGIL it is one Span for every
// time that a task held the lock. It is there when the call returns; a task
// that panicked may be missing. It panics if into is nil.
func Trace(into *[]Span) Option {
	if into == nil {
		panic("goroutine: Trace: into must not be nil")
	}
	return func(o *options) { o.trace = into }
}

func recorder(opts []Option) *span.Recorder {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	return span.NewRecorder(o.trace)
}
