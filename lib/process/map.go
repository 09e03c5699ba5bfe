package process

import (
	"context"
	"sync"
	"sync/atomic"

	"multiprocessing/lib/internal/failure"
	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/span"
)

// chunksPerWorker is what automatic chunks aim at; see the same constant in
// package pool. A chunk costs a message and a reply here, about 10 µs, so
// there are fewer: in BenchmarkChunksPerWorker 64 are slower than 16, and 4
// no faster.
const chunksPerWorker = 16

// Map returns the task's result for every item, in the order of the items,
// computed by the worker processes of p. It returns when all are done. It
// mirrors Python's Pool.map (slide 10).
//
// Items and results are copied from process to process: what a task changes
// in its argument or in a package-level var, the caller does not see.
//
// If tasks fail, Map returns no results and the error of the lowest item that
// failed, with the item's number: what the task returned, a *PanicError, a
// *CrashError if the worker died (see Retry), or why a value cannot be encoded.
// errors.Is finds the task's error by type and text; errors.As finds it if
// values of its type may be sent (see Register). A failure ends the contexts of
// the items after it, and those that have not begun are dropped; items before
// it go on, for they may fail as well.
//
// When ctx ends, so do the contexts of the tasks, and items that have not begun
// are dropped. A worker whose task does not end within two seconds then is
// killed. If no task has failed by itself, the error is the cause of ctx's end.
// The pool can be used again in any case.
//
// Map panics if the task was not made by Register or RegisterErr, if p is
// closed, and if ctx is nil.
func Map[T, R any](ctx context.Context, p *Pool, items []T, task *Task[T, R], opts ...Option) ([]R, error) {
	return run(ctx, "Map", p, items, task, opts)
}

// Apply returns the task's result for one item: a Map of it, with the same
// errors. It mirrors Python's Pool.apply, and costs 5 to 20 µs
// (BenchmarkApply).
func Apply[T, R any](ctx context.Context, p *Pool, item T, task *Task[T, R], opts ...Option) (result R, err error) {
	results, err := run(ctx, "Apply", p, []T{item}, task, opts)
	if err != nil {
		return result, err
	}
	return results[0], nil
}

// run is a Map that goes by the name of operation.
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
	size    int // items in a chunk

	next     atomic.Int64  // first item not yet handed out
	noneLeft chan struct{} // closed when no chunk is left
	once     sync.Once     // closes noneLeft
}

// newMapping counts a Map in; run must follow.
func newMapping(ctx context.Context, operation string, p *Pool, items portable.Values, t *task, results portable.Values, opts []Option) *mapping {
	c := newCall(ctx, operation, p, t, opts)
	if c.chunk == 0 {
		c.chunk = max(1, items.Len()/(p.workers*chunksPerWorker))
	}
	return &mapping{call: c, items: items, results: results, size: min(c.chunk, max(1, items.Len())), noneLeft: make(chan struct{})}
}

// run uses as many workers as there are chunks for: each is driven by a
// goroutine, one of them the caller's.
func (m *mapping) run() error {
	defer m.end()
	chunks := (m.items.Len() + m.size - 1) / m.size
	var drivers sync.WaitGroup
	for range min(m.pool.workers, chunks) - 1 {
		drivers.Go(m.drive)
	}
	if chunks > 0 {
		m.drive()
	}
	drivers.Wait()
	return m.failure.Err("process: " + m.operation)
}

// drive waits for a worker and gives it chunks until none is left. Workers
// may be busy with another Map; if the chunks are gone before one is free,
// there is nothing to wait for.
func (m *mapping) drive() {
	select {
	case <-m.pool.slots.free:
		s := m.pool.slots.pop()
		defer m.pool.slots.put(s)
		for from, to, ok := m.take(); ok; from, to, ok = m.take() {
			if !m.runChunk(s, m.items.Part(from, to), m.results.Part(from, to), from) {
				m.drop()
			}
		}
	case <-m.ctx.Done():
		m.drop()
	case <-m.noneLeft:
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

// drop drops the items that have not begun. All of them come after those that
// have.
func (m *mapping) drop() {
	if m.next.Swap(int64(m.items.Len())) < int64(m.items.Len()) {
		m.failure.Skip()
	}
}

// call is what all chunks of a Map, or of a loop over Imap, have in common.
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

// newCall counts a call in. end must follow.
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
