package cluster

import (
	"context"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
)

// taken is a chunk that a worker has, with its results once there are any.
type taken struct {
	*jetstream.Delivery
	*wire.Chunk
	ctx     context.Context // ends when the worker releases the chunk
	cancel  context.CancelCauseFunc
	results []*wire.Result
	stored  []*jetstream.Publication
	signs   *time.Timer // starts signalLife
}

// take records that the worker has a chunk, and sends signs of life for it, so
// that the server does not deliver it to another worker.
func (w *worker) take(d *jetstream.Delivery, c *wire.Chunk, every time.Duration) *taken {
	t := &taken{Delivery: d, Chunk: c}
	t.ctx, t.cancel = context.WithCancelCause(context.Background())
	w.signs.Add(1)
	t.signs = time.AfterFunc(every, func() { // short chunks need no goroutine
		defer w.signs.Done()
		w.signalLife(t, every)
	})
	w.taken.Store(t, true)
	return t
}

// release reports whether the worker had the chunk until now.
func (w *worker) release(t *taken) bool {
	t.cancel(nil)
	_, had := w.taken.LoadAndDelete(t)
	if had && t.signs.Stop() {
		w.signs.Done()
	}
	return had
}

// returnAll returns all chunks that the worker has to the queue, and reports
// how many.
func (w *worker) returnAll() (returned int) {
	for t := range w.taken.Range {
		if t := t.(*taken); w.release(t) {
			w.returnChunk(t.Delivery)
			returned++
		}
	}
	return returned
}

// signsPerCheck is how many signs of life are sent for each check whether the
// chunk is still queued.
const signsPerCheck = 3

func (w *worker) signalLife(t *taken, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for n := 1; ; n++ {
		t.InProgress()
		if n%signsPerCheck == 0 { // the message of the job's end may have been lost
			w.stopIfDone(t)
		}
		select {
		case <-ticker.C:
		case <-t.ctx.Done():
			return
		}
	}
}

// stopJob stops the tasks of a job that was deleted.
func (w *worker) stopJob(job string) {
	for t := range w.taken.Range {
		if t := t.(*taken); t.Job == job {
			w.stopIfDone(t)
		}
	}
}

// stopIfDone stops the task of a chunk that is no longer queued.
func (w *worker) stopIfDone(t *taken) {
	if !w.isQueued(t) {
		t.cancel(errDone)
	}
}

// isQueued reports whether the chunk is still queued, or the servers do not
// answer.
func (w *worker) isQueued(t *taken) bool {
	queued, err := w.link.IsQueued(t.ctx, t.Delivery)
	return queued || err != nil
}
