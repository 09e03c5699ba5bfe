package cluster

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
)

// taken is a chunk that a worker has, with its results once there are any.
type taken struct {
	*jetstream.Delivery
	*wire.Chunk
	ctx     context.Context // ends when the worker releases the chunk
	cancel  context.CancelFunc
	results []*wire.Result
	stored  []*jetstream.Publication
}

// take records that the worker has a chunk.
func (w *worker) take(d *jetstream.Delivery, c *wire.Chunk) *taken {
	t := &taken{Delivery: d, Chunk: c}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	w.mu.Lock()
	defer w.mu.Unlock()
	w.taken[t] = true
	return t
}

// release reports whether the worker had the chunk until now.
func (w *worker) release(t *taken) bool {
	t.cancel()
	w.mu.Lock()
	defer w.mu.Unlock()
	had := w.taken[t]
	delete(w.taken, t)
	return had
}

// returnAll returns all chunks that the worker has to the queue, and reports
// how many.
func (w *worker) returnAll() (returned int) {
	w.mu.Lock()
	all := slices.Collect(maps.Keys(w.taken))
	w.mu.Unlock()
	for _, t := range all {
		if w.release(t) {
			w.returnChunk(t.Delivery)
			returned++
		}
	}
	return returned
}

// signalLife sends signs of life for all chunks that the worker has, so that
// the server does not deliver them to another worker, until stop is called.
func (w *worker) signalLife(every time.Duration) (stop func()) {
	ticker, ended := time.NewTicker(every), make(chan struct{})
	var sending sync.WaitGroup
	sending.Go(func() {
		for {
			select {
			case <-ticker.C:
				w.mu.Lock()
				for t := range w.taken {
					t.InProgress()
				}
				w.mu.Unlock()
			case <-ended:
				return
			}
		}
	})
	return func() {
		ticker.Stop()
		close(ended)
		sending.Wait()
	}
}
