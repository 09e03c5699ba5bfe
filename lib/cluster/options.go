package cluster

import (
	"time"

	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/span"
)

// Option changes how Map works.
type Option func(*options)

type options struct {
	chunk       int // items; 0 means automatic
	trace       *[]Span
	progress    func(done, items int)
	job         string
	maxAttempts int
	timeout     time.Duration // of an attempt; 0 for none
}

// ChunkSize sends a worker n items at a time. The default makes about 16 chunks
// for each worker. Each
// chunk costs some messages: large chunks make tiny tasks cheap, small ones
// balance unequal tasks, and less is run again when a worker dies. A chunk
// whose items do not fit into a message is cut. It panics if n is below 1 or
// above 16,777,216.
func ChunkSize(n int) Option {
	if n < 1 || n > wire.MaxItems {
		misuse("ChunkSize: the number of items must be from 1 to %d, got %d", wire.MaxItems, n)
	}
	return func(o *options) { o.chunk = n }
}

// Span is one stretch of a worker's time: Worker (from 1) ran items First to
// First+Items-1 from Start to End, counted from the start of the call.
type Span = span.Span

// Trace stores which worker ran which items when, in order of start: one Span
// for each chunk, of the worker whose result counts. So the time of a worker
// that died, and of a server that was down, is a gap. The workers of this
// Cluster have the numbers from 1 on; others follow in the order of their
// first results. Durations are exact. Start and End are late by at most the
// transit time of that worker's fastest result, because the clocks of machines
// differ. Trace replaces *into when Map returns, with or without an error. It
// panics if into is nil.
func Trace(into *[]Span) Option {
	if into == nil {
		misuse("Trace: into must not be nil")
	}
	return func(o *options) { o.trace = into }
}

// Progress calls report after each chunk with how many items are done, in the
// goroutine that called Map. It panics if report is nil.
func Progress(report func(done, items int)) Option {
	if report == nil {
		misuse("Progress: report must not be nil")
	}
	return func(o *options) { o.progress = report }
}

// Job names the Map, so that another Map can resume it: if the caller dies, or
// its context ends, the workers continue with the chunks that are queued, and
// the servers keep the results, for a week at most. The same Map with the
// same name, items and task, in any program, then computes only what is
// missing. Items are the same if workers receive the same: a type that encodes
// itself must do so in the same way each time. A Map of other work with the
// name of a job that exists is an error. The size of chunks is that of the first
// Map of the name. If the workers belong to the program that died, the job waits
// until a Map of that name runs in a program with workers. A job ends with the
// server of the program, so it is useful only with a URL.
//
// When a Map has returned its results, a task's error or a *LostError, the name
// is free again; DeleteJob frees it at once. A job has one owner, the last Map of its name: an earlier one
// that still runs ends with an error. It panics unless the name is made of 1
// to 64 letters, digits, hyphens and underscores.
func Job(name string) Option {
	if !wire.IsName(name) {
		misuse("Job: the name must be 1 to 64 letters, digits, - and _, got %q", name)
	}
	return func(o *options) { o.job = name }
}

// MaxAttempts is how many attempts a chunk has, 3 without it; n is like
// process.Retry(n-1). An attempt fails if the worker dies, is cut off, or
// reaches ChunkTimeout. After the last one the error of Map is a *LostError. A worker that is told to stop and
// returns a chunk to the queue has not made an attempt. It panics if n is
// below 1 or above 100.
func MaxAttempts(n int) Option {
	if n < 1 || n > wire.MaxAttempts {
		misuse("MaxAttempts: the number must be from 1 to %d, got %d", wire.MaxAttempts, n)
	}
	return func(o *options) { o.maxAttempts = n }
}

// ChunkTimeout is how long the tasks of a chunk may take. After that the
// attempt has failed: the task's context, which has this deadline, is done, and
// the chunk is delivered to another worker, or to the same one again. If the
// task does not stop within half a second, a process of Config.Processes is
// replaced. Go cannot end a goroutine from outside, so elsewhere the task
// continues until it returns, its result is dropped, and its worker takes the
// next chunk meanwhile: more tasks than Workers may run. Without ChunkTimeout a task may run as long as its
// process. It panics if d is not above 0.
func ChunkTimeout(d time.Duration) Option {
	if d <= 0 {
		misuse("ChunkTimeout: the time must be above 0, got %v", d)
	}
	return func(o *options) { o.timeout = d }
}

func gather(opts []Option) options {
	o := options{maxAttempts: defaultMaxAttempts}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}
