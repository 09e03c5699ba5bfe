package process

import (
	"errors"
	"fmt"

	"multiprocessing/lib/internal/failure"
	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/registered"
)

// fault is the reason why a worker returned no results for a chunk.
type fault struct {
	item  int   // index in the chunk
	err   error // nil: the context of the chunk ended
	crash *CrashError
	unrun bool // the item could not be sent or read, so no item of the chunk has run
}

// runChunk runs items on the slot's worker and stores the results in out. If
// the worker dies, it runs them again on a new one as often as Retry allows.
// first is the index of the first item in the call. It records a failure, and
// reports whether further chunks may start.
func (c *call) runChunk(s *slot, items, out portable.Values, first int) bool {
	deaths := map[int]int{}
	for {
		if c.failure.Over(first) {
			c.failure.Skip()
			return false
		}
		f := c.attempt(s, items, out, first)
		switch {
		case f == nil:
			return true
		case f.err == nil, f.crash != nil && c.failure.Over(first): // for example, Terminate killed it
			c.failure.Skip()
			return false
		case f.crash != nil:
			deaths[f.item]++
			f.crash.Attempts = deaths[f.item]
			if deaths[f.item] <= c.retries {
				continue
			}
		case f.unrun && f.item > 0: // items before it may fail as well
			if !c.runChunk(s, items.Part(0, f.item), out.Part(0, f.item), first) {
				return false
			}
		}
		c.failure.Fail(first+f.item, f.err)
		return false
	}
}

// attempt runs items on the slot's worker.
func (c *call) attempt(s *slot, items, out portable.Values, first int) *fault {
	w, err := c.workerOf(s, first)
	if err != nil {
		if c.failure.Over(first) {
			err = nil
		}
		return &fault{err: err}
	}
	start := c.spans.Now()
	f := c.task.call(w, &c.failure, items, out, first)
	c.spans.Add(s.number, first, items.Len(), start)
	if w.hasExited() {
		c.pool.forget(s) // the next chunk gets another
	}
	return f
}

// workerOf returns the slot's worker. It starts a new one if the slot is empty
// or its worker has died.
func (c *call) workerOf(s *slot, first int) (*worker, error) {
	if s.worker != nil && !s.worker.hasExited() {
		return s.worker, nil
	}
	ctx, end := c.failure.Begin(first)
	defer end()
	return c.pool.replace(ctx, s)
}

// call runs the task on items in w and stores the results in out. first is the
// index of the first item in the call. When l says so, it cancels the task, and
// kills w if the task does not end.
func (t *task) call(w *worker, l *failure.Lowest, items, out portable.Values, first int) *fault {
	number := w.watch(l, first)
	w.progress.at = 0
	err := w.send(header{kind: request, task: uint32(t.number), number: number, count: uint64(items.Len())}, t.Argument, items)
	if unsent := (*portable.ValueError)(nil); errors.As(err, &unsent) {
		w.unwatch(l)
		return &fault{item: unsent.At, err: fmt.Errorf("it cannot be sent: %w", unsent.Err), unrun: true}
	}
	var f *fault
	if err == nil {
		f, err = t.awaitReply(w, out, first)
	}
	if killed := w.unwatch(l); killed && err == nil {
		w.kill()
	}
	if err == nil {
		return f
	}
	crash := w.crash(t.Name, err)
	at := w.progress.item(items.Len())
	crash.Item = first + at
	return &fault{item: at, err: crash, crash: crash}
}

// awaitReply reads the reply to a request. After an error the connection is
// unusable.
func (t *task) awaitReply(w *worker, out portable.Values, first int) (*fault, error) {
	h, err := w.receive()
	if err != nil {
		return nil, err
	}
	switch h.kind {
	case results:
		return t.readResults(w, out)
	case failed:
		return t.readFailure(w, out.Len(), first)
	}
	return nil, fmt.Errorf("got a message of kind %d instead of a reply", h.kind)
}

func (t *task) readResults(w *worker, out portable.Values) (*fault, error) {
	err := t.Result.Decode(w.payload, out)
	if unread := (*portable.ValueError)(nil); errors.As(err, &unread) {
		return &fault{item: unread.At, err: fmt.Errorf("its result cannot be read: %w", unread.Err)}, nil
	}
	return nil, err
}

// readFailure reads the reason why n items have no results.
func (t *task) readFailure(w *worker, n, first int) (*fault, error) {
	why := make([]registered.Failure, 1)
	if err := failures.Decode(w.payload, portable.Of(why)); err != nil {
		return nil, err
	}
	f := &why[0]
	if f.At < 0 || f.At >= n {
		return nil, fmt.Errorf("a message is about item %d of %d", f.At, n)
	}
	result := &fault{item: f.At}
	switch f.Kind {
	case registered.Stopped:
	case registered.Failed:
		result.err = f.Cause()
	case registered.Panicked:
		result.err = &PanicError{Task: t.Name, Item: first + f.At, Worker: w.number, PID: w.pid(), Value: f.Text, Stack: f.Stack, err: f.Cause()}
	case registered.NoResult:
		result.err = fmt.Errorf("its result cannot be sent: %s", f.Text)
	case registered.BadInput:
		result.err, result.unrun = fmt.Errorf("it cannot be read in worker %d (pid %d): %s", w.number, w.pid(), f.Text), true
	default:
		return nil, fmt.Errorf("a message is about a failure of kind %q", f.Kind)
	}
	return result, nil
}
