package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/registered"
)

// runChunk runs a chunk, and hands its results to storeAll.
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
		w.release(t)
		w.abandon(d, c, err)
		return
	}
	ended := w.clock.now()
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
	errDone  = errors.New("another worker has stored the result")
	errHangs = errors.New("it takes longer than its ChunkTimeout")
)

// abandon leaves a chunk without a result.
func (w *worker) abandon(d *jetstream.Delivery, c *wire.Chunk, why error) {
	if errors.Is(why, errDone) {
		d.Acknowledge()
		return
	}
	d.Redeliver() // this attempt failed
	why = fmt.Errorf("%v of job %s, task %q: %w of %v", c.Range, c.Job, c.Task, why, c.Timeout)
	if w.exit != nil {
		w.exit(why) // the process is replaced; first its other workers finish or return their chunks
	} else {
		w.log.Warn("cluster: a worker leaves a task behind", "error", why)
	}
}

// resultsOf runs the task of a chunk. The error is errDone or errHangs.
func (w *worker) resultsOf(t *taken) ([]*wire.Result, error) {
	c := t.Chunk
	if c.Attempts > 0 {
		if _, done, _ := w.link.Result(t.ctx, c.Job, c.Range); done { // without an answer it runs again
			return nil, errDone
		}
	}
	if f := w.refusal(c); f != nil {
		return []*wire.Result{wire.Failed(f)}, nil
	}
	task, _ := registered.Lookup(c.Task)
	payload, f, err := runTask(task, c)
	var results []*wire.Result
	if err == nil && f == nil {
		results, f = cutResult(task, payload, c.Range, min(c.MaxResult, w.link.MaxResult()))
	}
	if f != nil {
		results = []*wire.Result{wire.Failed(f)}
	}
	return results, err
}

// refusal returns why a chunk cannot run here, or not any more.
func (w *worker) refusal(c *wire.Chunk) *registered.Failure {
	task, known := registered.Lookup(c.Task)
	if !known {
		return &registered.Failure{Kind: wire.Refused, Text: "it has no such task, but " + list(registered.Names())}
	}
	if here := w.codeOf(task); here != c.Code {
		return &registered.Failure{Kind: wire.Refused, Text: fmt.Sprintf("its code there is %s, here it is %s", here, c.Code)}
	}
	if isExhausted(c) {
		return &registered.Failure{Kind: wire.Lost}
	}
	return nil
}

// runTask runs a task on the items of a chunk. If it takes longer than the
// chunk's timeout, it is left behind and the worker goes on: Go cannot end a
// goroutine from outside.
func runTask(task *registered.Task, c *wire.Chunk) (payload []byte, f *registered.Failure, err error) {
	if c.Timeout == 0 {
		payload, f = task.Run(c.Payload, c.Len())
		return payload, f, nil
	}
	type outcome struct {
		payload []byte
		failure *registered.Failure
	}
	ended := make(chan outcome, 1)
	go func() {
		payload, f := task.Run(c.Payload, c.Len())
		ended <- outcome{payload, f}
	}()
	select {
	case o := <-ended:
		return o.payload, o.failure, nil
	case <-time.After(c.Timeout):
		return nil, nil, errHangs
	}
}
