package goroutine

import "multiprocessing/lib/internal/span"

// Option configures Map, MapErr and WithGIL.
type Option func(*options)

type options struct {
	trace *[]Span // nil without Trace
}

// Span is an interval of a task's time: it ran item First from Start to End,
// counted from the start of the call. Items is 1, and Worker is First+1: every
// task is a row of its own in display.Timeline.
type Span = span.Span

// Trace records when each task ran, sorted by start. Map records one Span per
// task, from its start to its end; with more tasks than cores, that includes
// time in which the task waits for a core. WithGIL records one Span for every
// time that a task holds the lock. It replaces *into when the call returns, with
// or without an error; a task that panicked may be missing. It panics if into is
// nil.
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
