package process

import (
	"context"
	"sync"
	"sync/atomic"

	"multiprocessing/lib/internal/failure"
	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/span"
)

// chunksPerWorker is the target for automatic chunks; see the same constant in
// package pool. Here a chunk costs a message and a reply, about 10 µs, so there
// are fewer: in BenchmarkChunksPerWorker 64 are slower than 16, and 4 are no
// faster.
const chunksPerWorker = 16

// Map runs the task on every item in the worker processes of p, and returns
// the results in the order of the items when all are done. It mirrors Python's
// Pool.map (slide 10).
//
// Items and results are copied from process to process: the caller does not
// see what a task changes in its argument or in a package-level var.
//
// If tasks fail, Map returns nil and the error of the failed item with the
// lowest index; the error's text has that index, counted from 0. The error
// wraps what the task returned, a *PanicError, a *CrashError if the worker died
// (see Retry), or the reason why a value cannot be encoded. The error that the
// task returned crosses processes by value: errors.Is(err, target) holds if it,
// or an error that it wraps, has the type and the text of target, as io.EOF
// does. errors.As finds only errors of types that can be sent (see Register).
//
// After a failure, items with a higher index are canceled if they run, and
// skipped if they have not started. Items with a lower index still run, because
// one of them may fail, too.
//
// When ctx is done, running tasks are canceled and the other items are skipped.
// A worker whose task does not return within the next two seconds is killed. If
// no task failed by itself, the error wraps context.Cause(ctx). The pool can be
// used again in any case. Without items, Map returns an empty slice.
//
// Map panics if the task was not made by Register or RegisterErr, if p is
// closed, and if ctx is nil.
func Map[T, R any](ctx context.Context, p *Pool, items []T, task *Task[T, R], opts ...Option) ([]R, error) {
	return run(ctx, "Map", p, items, task, opts)
}

// Apply runs the task on one item and returns its result, with the same errors
// as Map. It mirrors Python's Pool.apply, and costs 5 to 20 µs
// (BenchmarkApply).
func Apply[T, R any](ctx context.Context, p *Pool, item T, task *Task[T, R], opts ...Option) (result R, err error) {
	results, err := run(ctx, "Apply", p, []T{item}, task, opts)
	if err != nil {
		return result, err
	}
	return results[0], nil
}

// run is Map; operation is the caller's name, for errors.
func run[T, R any](ctx context.Context, operation string, p *Pool, items []T, t *Task[T, R], opts []Option) ([]R, error) {
	results := make([]R, len(items))
	if err := newMapping(ctx, operation, p, portable.Of(items), t.registered(operation), portable.Of(results), opts).run(); err != nil {
		return nil, err
	}
	return results, nil
}

func (t *Task[T, R]) registered(operation string) *task {
	if t.Name() == "" {
		misuse("%s: the task must not be nil or zero; make it with Register", operation)
	}
	return t.task
}

// mapping is one Map, without its types.
type mapping struct {
	call
	items   portable.Values
	results portable.Values
	size    int // items in a chunk
	drivers []asked

	next     atomic.Int64  // first item that no driver has taken
	noneLeft chan struct{} // closed when no chunk is left; nil if there is one driver
	once     sync.Once     // closes noneLeft
}

// newMapping registers a Map with the pool and asks for workers, no more than
// there are chunks; run must follow.
func newMapping(ctx context.Context, operation string, p *Pool, items portable.Values, t *task, results portable.Values, opts []Option) *mapping {
	m := &mapping{items: items, results: results}
	m.begin(ctx, operation, p, t, opts)
	if m.chunk == 0 {
		m.chunk = max(1, items.Len()/(p.workers*chunksPerWorker))
	}
	m.size = min(m.chunk, max(1, items.Len()))
	chunks := (items.Len() + m.size - 1) / m.size
	m.drivers = make([]asked, min(p.workers, chunks))
	for i := range m.drivers {
		m.drivers[i] = p.slots.ask()
	}
	if len(m.drivers) > 1 {
		m.noneLeft = make(chan struct{})
	}
	return m
}

// run runs all chunks. It drives each worker from its own goroutine, one of
// them the caller's.
func (m *mapping) run() error {
	defer m.end()
	var others sync.WaitGroup
	for i, slot := range m.drivers {
		if i > 0 {
			others.Go(func() { m.drive(slot) })
		}
	}
	if len(m.drivers) > 0 {
		m.drive(m.drivers[0])
	}
	others.Wait()
	return m.failure.Err("process: " + m.operation)
}

// drive waits for the worker that was asked for and sends it chunks until none
// is left. If other drivers take the last chunk first, it stops waiting.
func (m *mapping) drive(slot asked) {
	s := m.pool.slots.get(slot, m.ctx, m.noneLeft)
	if s == nil {
		if m.ctx.Err() != nil {
			m.drop()
		}
		return
	}
	defer m.pool.slots.put(s)
	for from, to, ok := m.take(); ok; from, to, ok = m.take() {
		if !m.runChunk(s, m.items.Part(from, to), m.results.Part(from, to), from) {
			m.drop()
		}
	}
}

// take returns the next chunk, items[from:to], if there is one.
func (m *mapping) take() (from, to int, ok bool) {
	from = int(m.next.Add(int64(m.size))) - m.size
	if from < m.items.Len() && from >= 0 {
		return from, min(from+m.size, m.items.Len()), true
	}
	if m.noneLeft != nil {
		m.once.Do(func() { close(m.noneLeft) })
	}
	return 0, 0, false
}

// drop drops the items that have not started. They all come after the items
// that have.
func (m *mapping) drop() {
	if m.next.Swap(int64(m.items.Len())) < int64(m.items.Len()) {
		m.failure.Skip()
	}
}

// call is the state that all chunks of a Map, or of a loop over Imap, share.
type call struct {
	options
	operation string
	pool      *Pool
	task      *task
	spans     *span.Recorder
	failure   failure.Lowest

	ctx       context.Context // ends with the caller's, or in stop
	cancel    context.CancelCauseFunc
	unwatched func() bool // nil if the caller's context never ends
}

// begin registers the call with the pool. end must follow.
func (c *call) begin(ctx context.Context, operation string, p *Pool, t *task, opts []Option) {
	mustHave(ctx, operation)
	p.mustBeMade(operation)
	c.options, c.operation, c.pool, c.task = gather(opts), operation, p, t
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	c.failure.Init(c.ctx)
	p.begin(c)
	c.spans = span.NewRecorder(c.trace)
	if ctx.Done() != nil {
		c.unwatched = context.AfterFunc(c.ctx, c.failure.Stop)
	}
}

// stop ends the call's context and cancels its tasks.
func (c *call) stop(cause error) {
	c.cancel(cause)
	c.failure.Stop()
}

func (c *call) end() {
	c.spans.Publish()
	if c.unwatched != nil {
		c.unwatched()
	}
	c.cancel(nil)
	c.pool.end(c)
}
