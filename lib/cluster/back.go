package cluster

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// readChunk reads a chunk as it was delivered. Each delivery before this one
// was to a worker that has not ended it, and counts as a try. So who gives a
// chunk back for another reason must not have JetStream deliver it again: see
// handBack.
func readChunk(m jetstream.Msg) (*chunk, error) {
	c, err := parseChunk(m.Subject(), m.Headers(), m.Data())
	if c == nil || err != nil {
		return c, err
	}
	meta, err := m.Metadata()
	if err != nil {
		return c, err
	}
	c.begun = int(min(uint64(c.begun)+meta.NumDelivered-1, maxTries))
	return c, nil
}

// handBack returns a chunk to the queue for another worker. It does not count
// as an attempt, because the task is not the cause. The chunk becomes a new
// message with the number of failed attempts; the old message is deleted first,
// to make space. If this worker dies in between, the client misses the chunk
// and sends it again (job.audit).
func (w *worker) handBack(m jetstream.Msg) {
	if !w.conn.IsConnected() {
		return // it is given to another because nothing is heard of this one
	}
	ctx, cancel := context.WithTimeout(context.Background(), connectTime)
	defer cancel()
	if err := w.sendBack(ctx, m); err != nil {
		w.log("cannot hand a chunk back, so that it counts as tried: %v", err)
		m.Nak()
	}
}

func (w *worker) sendBack(ctx context.Context, m jetstream.Msg) error {
	c, err := readChunk(m)
	if err != nil {
		return err
	}
	if waiting, err := w.isWaiting(ctx, m); err != nil || !waiting {
		return err // its job has ended: to send it would begin it anew
	}
	if err := m.DoubleAck(ctx); err != nil {
		return err
	}
	for { // a cluster takes a moment to remove the old one everywhere
		_, err := w.js.PublishMsg(ctx, c.message())
		if !isThere(err) {
			return err
		}
		if w.isSentAgain(ctx, m) {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(shortPause)
	}
}

// isSentAgain reports whether a newer message of the same chunk is there: the
// client was faster.
func (w *worker) isSentAgain(ctx context.Context, m jetstream.Msg) bool {
	meta, err := m.Metadata()
	if err != nil {
		return false
	}
	last, err := w.lookUp(ctx, workStream, lastFor(m.Subject()))
	return err == nil && last.Sequence > meta.Sequence.Stream
}

// isWaiting reports whether a chunk that was delivered is not acknowledged by
// anybody, nor taken away with its job.
func (l *link) isWaiting(ctx context.Context, m jetstream.Msg) (bool, error) {
	meta, err := m.Metadata()
	if err != nil {
		return false, err
	}
	_, err = l.lookUp(ctx, workStream, numbered(meta.Sequence.Stream))
	if isNotThere(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("asking whether a chunk still waits: %w", err)
	}
	return true, nil
}
