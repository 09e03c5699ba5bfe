package cluster

import (
	"context"

	"multiprocessing/lib/cluster/internal/jetstream"
)

// returnChunk returns a chunk to the queue for another worker. It does not
// count as an attempt, because the task is not the cause. The chunk becomes a
// new message with the number of failed attempts; the old message is deleted
// first, to make space. If this worker dies in between, the client misses the
// chunk and sends it again (job.audit).
func (w *worker) returnChunk(d *jetstream.Delivery) {
	if !w.link.IsConnected() {
		return // without a sign of life the server delivers it to another
	}
	ctx, cancel := context.WithTimeout(context.Background(), jetstream.ConnectTimeout)
	defer cancel()
	if err := w.sendBack(ctx, d); err != nil {
		w.log.Warn("cluster: a worker cannot return a chunk to the queue, so that it counts as an attempt", "error", err)
		d.Redeliver()
	}
}

func (w *worker) sendBack(ctx context.Context, d *jetstream.Delivery) error {
	c, err := readChunk(d)
	if err != nil {
		return err
	}
	if queued, err := w.link.IsQueued(ctx, d); err != nil || !queued {
		return err // its job has ended: to send it would start it again
	}
	if err := d.AcknowledgeNow(ctx); err != nil {
		return err
	}
	return w.link.Replace(ctx, d, c.Message())
}
