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
// If tasks fail, Map returns no results and the error of the lowest item that
// failed, with the item's number. The error wraps what the task returned, a
// *PanicError, a *CrashError if the worker died (see Retry), or the reason why
// a value cannot be encoded. errors.Is finds the task's error by type and text;
// errors.As finds it if values of its type may be sent (see Register). A
// failure ends the contexts of later items and drops later items that have not
// started; earlier items continue, because they may fail as well.
//
// When ctx ends, so do the contexts of the tasks, and items that have not
// started are dropped. A worker whose task does not end within the next two
// seconds is killed. If no task failed by itself, the error is the cause of
// ctx's end. The pool can be used again in any case.
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
	*call
	items   portable.Values
	results portable.Values
	size    int          // items in a chunk
	asked   []chan *slot // one for each worker that the Map uses

	next     atomic.Int64  // first item that no driver has taken
	noneLeft chan struct{} // closed when no chunk is left
	once     sync.Once     // closes noneLeft
}

// newMapping registers a Map with the pool and asks for workers, no more than
// there are chunks; run must follow.
func newMapping(ctx context.Context, operation string, p *Pool, items portable.Values, t *task, results portable.Values, opts []Option) *mapping {
	c := newCall(ctx, operation, p, t, opts)
	if c.chunk == 0 {
		c.chunk = max(1, items.Len()/(p.workers*chunksPerWorker))
	}
	m := &mapping{call: c, items: items, results: results, size: min(c.chunk, max(1, items.Len())), noneLeft: make(chan struct{})}
	chunks := (items.Len() + m.size - 1) / m.size
	for range min(p.workers, chunks) {
		m.asked = append(m.asked, p.slots.ask())
	}
	return m
}

// run runs all chunks. It drives each worker from its own goroutine, one of
// them the caller's.
func (m *mapping) run() error {
	defer m.end()
	var drivers sync.WaitGroup
	for i, asked := range m.asked {
		if i > 0 {
			drivers.Go(func() { m.drive(asked) })
		}
	}
	if len(m.asked) > 0 {
		m.drive(m.asked[0])
	}
	drivers.Wait()
	return m.failure.Err("process: " + m.operation)
}

// drive waits for the worker that was asked for and sends it chunks until none
// is left. If other drivers take the last chunk first, it stops waiting.
func (m *mapping) drive(asked chan *slot) {
	select {
	case s := <-asked:
		defer m.pool.slots.put(s)
		for from, to, ok := m.take(); ok; from, to, ok = m.take() {
			if !m.runChunk(s, m.items.Part(from, to), m.results.Part(from, to), from) {
				m.drop()
			}
		}
	case <-m.ctx.Done():
		m.pool.slots.giveUp(asked)
		m.drop()
	case <-m.noneLeft:
		m.pool.slots.giveUp(asked)
	}
}

// take returns the next chunk, items[from:to], if there is one.
func (m *mapping) take() (from, to int, ok bool) {
	from = int(m.next.Add(int64(m.size))) - m.size
	if from < m.items.Len() && from >= 0 {
		return from, min(from+m.size, m.items.Len()), true
	}
	m.once.Do(func() { close(m.noneLeft) })
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
	failure   *failure.Lowest

	ctx     context.Context // ends with the caller's, or when the pool is closed
	cancel  context.CancelCauseFunc
	release func() bool
}

// newCall registers a call with the pool. end must follow.
func newCall(ctx context.Context, operation string, p *Pool, t *task, opts []Option) *call {
	mustHave(ctx, operation)
	p.begin(operation)
	c := &call{options: gather(opts), operation: operation, pool: p, task: t}
	c.spans = span.NewRecorder(c.trace)
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	c.release = context.AfterFunc(p.closing, func() { c.cancel(errClosed) })
	c.failure = failure.Of(c.ctx)
	return c
}

func (c *call) end() {
	c.spans.Publish()
	c.release()
	c.cancel(nil)
	c.pool.maps.Done()
}
