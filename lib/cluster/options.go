package cluster

import (
	"context"
	"time"

	"multiprocessing/lib/internal/span"
)

// Option changes how Map works.
type Option func(*options)

type options struct {
	chunk    int // 0 means automatic
	trace    *[]Span
	ctx      context.Context
	progress func(done, items int)
	job      string
	tries    int
	limit    time.Duration
}

// defaultTries is how many workers may die of a chunk before it is given up.
const defaultTries = 3

// Chunk sends a worker n items at a time. Without it Map chooses. Every
// chunk costs some messages; large ones make tiny tasks cheap, small ones
// share out unequal tasks evenly, and less is done again when a worker dies.
// It panics if n is below 1 or above 16,777,216.
func Chunk(n int) Option {
	if n < 1 || n > maxItems {
		misuse("Chunk: the number of items must be from 1 to %d, got %d", maxItems, n)
	}
	return func(o *options) { o.chunk = n }
}

// Span is one stretch of a worker's time: Worker (from 1) ran items First to
// First+Items-1 from Start to End, counted from the start of the call.
type Span = span.Span

// Trace reports which worker ran which items when, in order of start: one
// Span a chunk, that of the worker whose result it was. So the time of a
// worker that died, and of a server that was not there, is a hole. The
// workers of this Cluster have the numbers from 1 on; others follow in the
// order in which they were heard of. Each worker measures how long a chunk
// takes, by a clock that does not step; where on the Map's time it lies is
// known up to the time that the worker's fastest result took to arrive.
//
// It panics if into is nil.
func Trace(into *[]Span) Option {
	if into == nil {
		misuse("Trace: into must not be nil")
	}
	return func(o *options) { o.trace = into }
}

// Context ends the Map when ctx ends: it is canceled, or has a deadline.
// The error is the cause, and says how far it was. Chunks that nobody has
// begun are taken back; a task that runs is not stopped. It panics if ctx is
// nil.
func Context(ctx context.Context) Option {
	if ctx == nil {
		misuse("Context: ctx must not be nil; pass context.Background()")
	}
	return func(o *options) { o.ctx = ctx }
}

// Progress has report called after each chunk, with how many items are done,
// in the goroutine that called Map. It panics if report is nil.
func Progress(report func(done, items int)) Option {
	if report == nil {
		misuse("Progress: report must not be nil")
	}
	return func(o *options) { o.progress = report }
}

// Job names the Map, so that it can be picked up again: if the caller dies,
// or its context ends, the workers go on with the chunks that are queued,
// and the results stay with the servers. The same Map with the same name,
// items and task, by whichever program, then computes only what is missing.
// Items are the same if workers receive the same: a type that encodes itself
// must do so in the same way each time. A Map of other work with the name of
// a job that has not ended is an error. A job ends with the servers that Open
// has started in the program, so it is of use with a URL.
//
// When a Map has returned its results, the name is free again; Forget frees
// it at once. If the first caller still lives, its Map ends with an error: a
// job has one owner, the last one. It panics unless the name is made of 1 to
// 64 letters, digits, hyphens and underscores.
func Job(name string) Option {
	if !token.MatchString(name) {
		misuse("Job: the name must be 1 to 64 letters, digits, - and _, got %q", name)
	}
	return func(o *options) { o.job = name }
}

// Tries is how many workers may begin a chunk and not end it, because they
// die, or hang, or are cut off: 3 without it. Then the chunk is given up, and
// the error of Map is a *LostError. One that was handed back by a worker that
// was told to end, or that waits for room, has not been tried. It panics if n
// is below 1 or above 100.
func Tries(n int) Option {
	if n < 1 || n > maxTries {
		misuse("Tries: the number must be from 1 to %d, got %d", maxTries, n)
	}
	return func(o *options) { o.tries = n }
}

// Limit is how long the tasks of a chunk may take. After that the chunk goes
// to another worker, or to the same one again, for the task may hang; that was
// a try. A process of Config.Processes in which that happens is replaced. Go
// cannot end a goroutine from outside, so elsewhere the task is left behind
// and goes on until it ends by itself, and what it returns is dropped.
// Without Limit a worker may take as long as its process lives. It panics if d
// is not above 0.
func Limit(d time.Duration) Option {
	if d <= 0 {
		misuse("Limit: the time must be above 0, got %v", d)
	}
	return func(o *options) { o.limit = d }
}

func gather(opts []Option) options {
	o := options{ctx: context.Background(), tries: defaultTries}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}
