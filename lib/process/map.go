package process

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"multiprocessing/lib/internal/caught"
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
// If a worker dies, the chunk that it had runs once more on a new worker,
// and stderr tells of it; OnCrash can decide otherwise.
//
// The error is a *PanicError if a task panicked, a *CrashError if a worker
// died and its successor did, and tells so if a value could not be encoded.
// Then chunks not yet begun are abandoned, and there are no results; the pool
// can be used again. Map panics if the task was not made by Register or p is
// closed.
func Map[T, R any](p *Pool, items []T, task *Task[T, R], opts ...Option) ([]R, error) {
	return run("Map", p, items, task, opts)
}

// Apply returns the task's result for one item: a Map of it, with the same
// errors. It mirrors Python's Pool.apply, and costs 5 to 20 µs
// (BenchmarkApply).
func Apply[T, R any](p *Pool, item T, task *Task[T, R], opts ...Option) (result R, err error) {
	results, err := run("Apply", p, []T{item}, task, opts)
	if err != nil {
		return result, err
	}
	return results[0], nil
}

// run is a Map that goes by the name of operation.
func run[T, R any](operation string, p *Pool, items []T, t *Task[T, R], opts []Option) ([]R, error) {
	results := make([]R, len(items))
	if err := newMapping(operation, p, portable.Of(items), t.registered(operation), portable.Of(results), opts).run(); err != nil {
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
	pool    *Pool
	task    *task
	items   portable.Values
	results portable.Values
	size    int // items in a chunk
	onCrash func(*CrashError) bool
	trace   *span.Recorder

	next     atomic.Int64  // first item not yet handed out
	noneLeft chan struct{} // closed when no chunk is left
	once     sync.Once     // closes noneLeft
	failure  atomic.Pointer[error]
	panics   caught.First // of OnCrash
}

// newMapping counts a Map in; run must follow.
func newMapping(operation string, p *Pool, items portable.Values, t *task, results portable.Values, opts []Option) *mapping {
	p.begin(operation)
	o := gather(opts)
	if o.chunk == 0 {
		o.chunk = max(1, items.Len()/(p.workers*chunksPerWorker))
	}
	if o.onCrash == nil {
		o.onCrash = p.tellOfRetry
	}
	return &mapping{pool: p, task: t, items: items, results: results,
		size: min(o.chunk, max(1, items.Len())), onCrash: o.onCrash, trace: span.NewRecorder(o.trace), noneLeft: make(chan struct{})}
}

// run uses as many workers as there are chunks for: each is driven by a
// goroutine, one of them the caller's. It panics with what OnCrash panicked
// with, in whichever goroutine that was.
func (m *mapping) run() error {
	defer m.pool.maps.Done()
	defer m.trace.Publish()
	chunks := (m.items.Len() + m.size - 1) / m.size
	var drivers sync.WaitGroup
	defer drivers.Wait() // even if OnCrash ends this goroutine
	for range min(m.pool.workers, chunks) - 1 {
		drivers.Go(m.guard)
	}
	if chunks > 0 {
		m.guard()
	}
	drivers.Wait()
	m.panics.Raise()
	if err := m.failure.Load(); err != nil {
		return *err
	}
	return nil
}

// guard is drive, and keeps a panic for run.
func (m *mapping) guard() {
	defer func() {
		if m.panics.Panic() != nil {
			m.abandon()
		}
	}()
	m.panics.Run(m.drive)
}

// drive waits for a worker and gives it chunks until none is left. Workers
// may be busy with another Map; if the chunks are gone before one is free,
// there is nothing to wait for.
func (m *mapping) drive() {
	select {
	case <-m.pool.seats.free:
		s := m.pool.seats.pop()
		defer func() { m.pool.seats.put(s) }()
		for from, to, ok := m.take(); ok; from, to, ok = m.take() {
			if err := m.runChunk(&s, from, to); err != nil {
				m.fail(err)
			}
		}
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

// fail keeps the first error, and abandons the chunks that are left.
func (m *mapping) fail(err error) {
	m.failure.CompareAndSwap(nil, &err)
	m.abandon()
}

func (m *mapping) abandon() { m.next.Store(int64(m.items.Len())) }

// runChunk runs items[from:to] on the seat's worker, and once more on a new
// worker if it dies. It may change the seat.
func (m *mapping) runChunk(s **seat, from, to int) error {
	err := m.tryChunk(*s, from, to)
	crash, ok := err.(*CrashError)
	if !ok || !m.runAgain(s, crash) {
		return err
	}
	if err = m.tryChunk(*s, from, to); errors.As(err, &crash) {
		crash.Again = true
	}
	return err
}

// runAgain asks onCrash. It releases the seat meanwhile, because onCrash may
// call Map, which would wait for it.
func (m *mapping) runAgain(s **seat, crash *CrashError) bool {
	m.pool.seats.put(*s)
	defer func() {
		<-m.pool.seats.free
		*s = m.pool.seats.pop()
	}()
	return m.onCrash(crash)
}

func (m *mapping) tryChunk(s *seat, from, to int) error {
	w, err := m.pool.seated(s)
	if err != nil {
		return err
	}
	start := m.trace.Now()
	err = m.task.call(w, m.items.Part(from, to), m.results.Part(from, to), from)
	m.trace.Add(s.number, from, to-from, start)
	if w.hasExited() {
		w.hangUp()
		s.worker = nil // the next chunk gets another
	}
	return err
}

// call has w run the task on items, which begin at item first of the whole,
// and puts the results into out.
func (t *task) call(w *worker, items, out portable.Values, first int) error {
	err := w.send(header{kind: request, task: uint32(t.number), count: uint64(items.Len())}, t.Argument, items)
	var unsent *portable.ValueError
	if errors.As(err, &unsent) {
		return fmt.Errorf("process: task %q: item %d cannot be sent: %w", t.Name, first+unsent.At, unsent.Err)
	}
	var inTask error
	if err == nil {
		inTask, err = t.awaitReply(w, out, first)
	}
	if err == nil {
		return inTask
	}
	return w.crash(t.Name, first, first+items.Len(), err)
}

// awaitReply reads the reply to a request. The first error is the task's;
// the second means that the connection is of no more use.
func (t *task) awaitReply(w *worker, out portable.Values, first int) (inTask, err error) {
	h, err := w.receive()
	if err != nil {
		return nil, err
	}
	if h.kind == results {
		return t.readResults(w, out, first)
	}
	return readFailure(w, h, t.Name, out.Len(), first)
}

func (t *task) readResults(w *worker, out portable.Values, first int) (inTask, err error) {
	err = t.Result.Decode(w.payload, out)
	var unread *portable.ValueError
	if errors.As(err, &unread) {
		return fmt.Errorf("process: task %q: the result of item %d cannot be read: %w", t.Name, first+unread.At, unread.Err), nil
	}
	return nil, err
}

// readFailure reads why there are no results for n items that begin at first.
func readFailure(w *worker, h header, task string, n, first int) (inTask, err error) {
	why := make([]string, 1)
	if h.kind == panicked {
		why = make([]string, 2)
	}
	if err := texts.Decode(w.payload, portable.Of(why)); err != nil {
		return nil, err
	}
	if h.count >= uint64(n) {
		return nil, fmt.Errorf("a message is about item %d of %d", h.count, n)
	}
	item := first + int(h.count)
	switch h.kind {
	case panicked:
		return &PanicError{Task: task, Item: item, Worker: w.number, PID: w.pid(), Value: why[0], Stack: why[1]}, nil
	case unsent:
		return fmt.Errorf("process: task %q: the result of item %d cannot be sent: %s", task, item, why[0]), nil
	case unread:
		return fmt.Errorf("process: task %q: item %d cannot be read in worker %d (pid %d): %s", task, item, w.number, w.pid(), why[0]), nil
	}
	return nil, fmt.Errorf("a message of kind %d is no reply", h.kind)
}
