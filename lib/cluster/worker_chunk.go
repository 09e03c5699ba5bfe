package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/registered"
)

// runChunk runs a chunk, publishes its results, and leaves the rest to storeAll.
func (w *worker) runChunk(ctx context.Context, d *jetstream.Delivery, every time.Duration) {
	c, err := readChunk(d)
	if err != nil {
		w.rejected.Add(1)
		w.log.Warn("cluster: a worker rejects a chunk", "error", err)
	}
	if c == nil {
		d.Reject() // its client is not known
		return
	}
	t := w.take(d, c, every)
	began := w.clock.now()
	if err != nil {
		t.results = []*wire.Result{wire.Failed(&registered.Failure{Kind: wire.Malformed, Text: err.Error()})}
	} else if t.results, err = w.resultsOf(t); err != nil {
		if w.release(t) {
			w.abandon(t, err)
		}
		return
	}
	ended := w.clock.now()
	if ended-began > signsPerCheck*every && !w.isQueued(t) { // another worker may have been faster: this result would stay
		w.release(t)
		return
	}
	for _, r := range t.results {
		if r.Range == (wire.Range{}) { // a failure
			r.Range = c.Range
		}
		r.Job, r.Worker, r.Clock, r.Began, r.Ended = c.Job, w.name, w.clock.id, began, ended
		t.stored = append(t.stored, w.link.Publish(r.Message()))
	}
	w.finished <- t
}

var (
	errDone    = errors.New("the chunk needs no result: another worker has stored it, or its job has ended")
	errTimeout = errors.New("it takes longer than its ChunkTimeout")
	errHangs   = errors.New("it does not stop though its context has ended")
)

// abandon leaves a chunk without a result.
func (w *worker) abandon(t *taken, why error) {
	if errors.Is(why, errTimeout) {
		t.Redeliver() // this attempt failed
	} else {
		t.Acknowledge()
	}
	if !errors.Is(why, errHangs) {
		return
	}
	why = fmt.Errorf("%v of job %s, task %q: %w", t.Range, t.Job, t.Task, why)
	if w.exit != nil {
		w.exit(why) // the process is replaced; first its other workers finish or return their chunks
	} else {
		w.log.Warn("cluster: a worker leaves a task behind", "error", why)
	}
}

// resultsOf runs the task of a chunk. The error is errDone, or how it was
// stopped.
func (w *worker) resultsOf(t *taken) ([]*wire.Result, error) {
	if t.Attempts > 0 {
		if _, done, _ := w.link.Result(t.ctx, t.Job, t.Range); done { // without an answer it runs again
			return nil, errDone
		}
	}
	f := w.refusal(t.Chunk)
	var results []*wire.Result
	var err error
	if f == nil {
		results, f, err = runTask(t, min(t.MaxResult, w.link.MaxResult()))
	}
	if f != nil {
		results = []*wire.Result{wire.Failed(f)}
	}
	return results, err
}

// refusal returns the reason why a chunk cannot run here, or nil.
func (w *worker) refusal(c *wire.Chunk) *registered.Failure {
	task, known := registered.Lookup(c.Task)
	if !known {
		return &registered.Failure{Kind: wire.Refused, Text: fmt.Sprintf("it has no such task; it has %q", registered.Names())}
	}
	if here := w.codeOf(task); here != c.Code {
		return &registered.Failure{Kind: wire.Refused, Text: fmt.Sprintf("its code there is %s, here it is %s", here, c.Code)}
	}
	if isExhausted(c) {
		return &registered.Failure{Kind: wire.Lost}
	}
	return nil
}

// stopGrace is how long a task may take to stop when its context has ended.
const stopGrace = 500 * time.Millisecond

// runTask runs the task of a chunk. Its context ends after the chunk's timeout,
// or when the worker releases the chunk. A task that does not stop then is left
// behind: Go cannot end a goroutine from outside.
func runTask(t *taken, limit int) ([]*wire.Result, *registered.Failure, error) {
	ctx, cancel := t.ctx, context.CancelFunc(func() {})
	if t.Timeout > 0 {
		ctx, cancel = context.WithTimeoutCause(ctx, t.Timeout, fmt.Errorf("%w of %v", errTimeout, t.Timeout))
	}
	defer cancel()
	task, _ := registered.Lookup(t.Task)
	var results []*wire.Result
	ended := make(chan *registered.Failure, 1)
	go task.RunHere(ctx, t.Payload, t.Len(), new(int), func(values portable.Values, f *registered.Failure) {
		if f == nil {
			results, f = cutResult(task, values, t.Range, limit)
		}
		ended <- f
	})
	var f *registered.Failure
	select {
	case f = <-ended:
	case <-ctx.Done():
		select {
		case f = <-ended:
		case <-time.After(stopGrace):
			return nil, nil, fmt.Errorf("%w; %w", context.Cause(ctx), errHangs)
		}
	}
	if f != nil && f.Kind == registered.Stopped {
		return nil, nil, context.Cause(ctx)
	}
	return results, f, nil
}
