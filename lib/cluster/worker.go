package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"multiprocessing/lib/internal/registered"
)

// worker is one goroutine that works, and another that waits until its last
// result is stored: meanwhile the next chunk comes.
type worker struct {
	*service
	name    string
	results chan *held

	mu    sync.Mutex
	holds map[*held]bool // guarded by mu; chunks that are not acknowledged
}

// run works until ctx ends. What the servers refuse for now is tried again:
// they may just be choosing a new leader.
func (w *worker) run(ctx context.Context) {
	defer close(w.results)
	for ctx.Err() == nil && !w.conn.IsClosed() {
		if err := w.pull(ctx); err == nil {
			return
		}
		select {
		case <-time.After(retryTime):
		case <-ctx.Done():
		}
	}
}

// pull takes chunks one by one until ctx ends; then it returns nil.
func (w *worker) pull(ctx context.Context) error {
	queue, err := w.link.queue(ctx, w.queue, w.ackWait)
	if err != nil {
		return err
	}
	chunks, err := queue.Messages(jetstream.PullMaxMessages(1), jetstream.PullExpiry(pullTime), jetstream.PullHeartbeat(heartbeat))
	if err != nil {
		return err
	}
	defer chunks.Stop()
	ackWait := queue.CachedInfo().Config.AckWait
	for {
		m, err := next(ctx, chunks)
		switch {
		case err == nil:
			w.work(ctx, m, ackWait)
		case ctx.Err() != nil:
			giveBack(chunks)
			return nil
		case !errors.Is(err, jetstream.ErrNoHeartbeat): // after that Next asks again
			return err
		}
	}
}

// next returns the next chunk. It asks twice, because a question that follows
// too fast on the last one is not sent: jetstream looks only once whether that
// is on its way yet, and then waits until it misses the server's heartbeat.
func next(ctx context.Context, chunks jetstream.MessagesContext) (jetstream.Msg, error) {
	soon, cancel := context.WithTimeout(ctx, shortPause)
	defer cancel()
	m, err := chunks.Next(jetstream.NextContext(soon))
	if err == nil || soon.Err() == nil {
		return m, err
	}
	return chunks.Next(jetstream.NextContext(ctx))
}

// giveBack gives back chunks that came when nobody wanted one any more.
func giveBack(chunks jetstream.MessagesContext) {
	chunks.Drain()
	for {
		m, err := chunks.Next()
		if err != nil {
			return
		}
		m.Nak()
	}
}

// work runs one chunk, and has its result stored.
func (w *worker) work(ctx context.Context, m jetstream.Msg, ackWait time.Duration) {
	c, err := parseChunk(m.Subject(), m.Headers(), m.Data())
	if err != nil {
		w.rejected.Add(1)
		w.log("rejects a chunk: %v", err)
	}
	if c == nil {
		m.TermWithReason("malformed") // there is no job to tell
		return
	}
	h := w.hold(m, ackWait/3, c.limit)
	began := time.Now()
	ctx = context.WithoutCancel(ctx) // what has begun is finished, if it may
	if err != nil {
		h.result = failed(&registered.Failure{Kind: malformed, Text: err.Error()})
	} else if h.result, err = w.outcome(ctx, c, m); err != nil {
		w.log("cannot get chunk %d of job %s yet: %v", c.number, c.job, err)
		w.letGo(h)
		m.NakWithDelay(longPause)
		return
	} else if h.result == nil { // another has stored one
		w.letGo(h)
		m.Ack()
		return
	}
	h.result.job, h.result.number, h.result.worker = c.job, c.number, w.name
	h.result.began, h.result.ended = began, time.Now()
	if w.fits(len(h.result.payload)) {
		h.stored, _ = w.js.PublishMsgAsync(h.result.message()) // if that fails, store does it
	}
	w.results <- h
}

// outcome runs a chunk. It returns nil if there is a result already, and an
// error if another try may succeed.
func (w *worker) outcome(ctx context.Context, c *chunk, m jetstream.Msg) (*result, error) {
	delivered := 1
	if meta, err := m.Metadata(); err == nil {
		delivered = int(meta.NumDelivered)
	}
	if delivered > 1 && w.isDone(ctx, c) {
		return nil, nil
	}
	payload, f := c.payload, w.refusal(c, delivered)
	if f == nil && c.object != "" {
		var err error
		if payload, err = w.getObject(ctx, c.job, c.object); isGone(err) {
			f = &registered.Failure{Kind: registered.BadInput, Text: err.Error()}
		} else if err != nil {
			return nil, err
		}
	}
	if f == nil {
		task, _ := registered.Lookup(c.task)
		payload, f = task.Run(payload, c.items)
	}
	if f != nil {
		return failed(f), nil
	}
	return &result{kind: values, items: c.items, payload: payload}, nil
}

// refusal says why a chunk cannot be run here, or not any more.
func (w *worker) refusal(c *chunk, delivered int) *registered.Failure {
	task, known := registered.Lookup(c.task)
	if !known {
		return &registered.Failure{Kind: refused, Text: "it has no such task, but " + list(registered.Names())}
	}
	if here := w.codeOf(task); here != c.code {
		return &registered.Failure{Kind: refused, Text: fmt.Sprintf("its code there is %s, here it is %s", here, c.code)}
	}
	if delivered > c.tries {
		return &registered.Failure{Kind: lost, At: c.tries}
	}
	return nil
}

// isDone reports whether the result of a chunk is stored.
func (w *worker) isDone(ctx context.Context, c *chunk) bool {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	stream, err := w.js.Stream(ctx, doneStream)
	if err != nil {
		return false
	}
	_, err = stream.GetLastMsgForSubject(ctx, (&result{job: c.job, number: c.number}).subject())
	return err == nil
}
