package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
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
	ackWait := queue.CachedInfo().Config.AckWait
	take := func(m jetstream.Msg) {
		if ctx.Err() == nil {
			w.work(ctx, m, ackWait)
		} else {
			w.handBack(m) // it came too late
		}
	}
	m, err := w.greet(ctx, queue)
	if err != nil {
		return err
	} else if m != nil {
		take(m)
	}
	chunks, err := queue.Messages(jetstream.PullMaxMessages(1), jetstream.PullExpiry(pullTime), jetstream.PullHeartbeat(heartbeat))
	if err != nil {
		return err
	}
	defer chunks.Stop()
	for ctx.Err() == nil {
		m, err := next(ctx, chunks)
		if err == nil {
			take(m)
		} else if ctx.Err() == nil && !errors.Is(err, jetstream.ErrNoHeartbeat) { // after that Next asks again
			return err
		}
	}
	w.giveBack(chunks)
	return nil
}

// next returns the next chunk. It asks twice, because a question that follows
// too fast on the last one is not sent: jetstream looks only once whether that
// is on its way yet, and then waits until it misses the server's heartbeat.
func next(ctx context.Context, chunks jetstream.MessagesContext) (jetstream.Msg, error) {
	m, err := chunks.Next(jetstream.NextMaxWait(shortPause))
	if !errors.Is(err, nats.ErrTimeout) {
		return m, err
	}
	return chunks.Next(jetstream.NextContext(ctx))
}

// giveBack gives back chunks that came when nobody wanted one any more.
func (w *worker) giveBack(chunks jetstream.MessagesContext) {
	chunks.Drain()
	for {
		m, err := chunks.Next()
		if err != nil {
			return
		}
		w.handBack(m)
	}
}

// work runs one chunk, and has its result stored.
func (w *worker) work(ctx context.Context, m jetstream.Msg, ackWait time.Duration) {
	c, err := readChunk(m)
	if err != nil {
		w.rejected.Add(1)
		w.log("rejects a chunk: %v", err)
	}
	if c == nil {
		m.TermWithReason("malformed") // there is no job to tell
		return
	}
	h := w.hold(m, c, ackWait/3)
	began := w.clock.now()
	if err != nil {
		h.result = failed(&registered.Failure{Kind: malformed, Text: err.Error()})
	} else {
		h.result, err = w.outcome(ctx, h)
	}
	switch {
	case h.result != nil:
	case errors.Is(err, errOver): // another has stored one
		w.letGo(h)
		m.Ack()
		return
	case errors.Is(err, errHangs):
		w.letGo(h)
		m.Nak() // this was a try
		w.hangs(fmt.Errorf("chunk %d of job %s, task %q: %w of %v", c.number, c.job, c.task, err, c.limit))
		return
	default:
		if w.letGo(h) {
			w.handBack(m)
		}
		return
	}
	h.result.job, h.result.number, h.result.worker = c.job, c.number, w.name
	h.result.clock, h.result.began, h.result.ended = w.clock.id, began, w.clock.now()
	if w.fits(len(h.result.payload)) {
		h.stored, _ = w.js.PublishMsgAsync(h.result.message()) // if that fails, store does it
	}
	w.results <- h
}

// outcome runs a chunk. The error is errOver if nobody needs that, errHangs if
// its task takes too long, or why it has not begun when the worker is to end.
func (w *worker) outcome(ctx context.Context, h *held) (*result, error) {
	if h.begun > 0 {
		if done, _ := w.isDone(h.ctx, h.chunk); done { // if nobody answers it is done once more
			return nil, errOver
		}
	}
	if f := w.refusal(h.chunk); f != nil {
		return failed(f), nil
	}
	payload := h.payload
	if h.object != "" {
		var err error
		payload, err = w.items(ctx, h)
		if isBroken(err) {
			return failed(&registered.Failure{Kind: registered.BadInput, Text: err.Error()}), nil
		} else if err != nil {
			return nil, err
		}
	}
	payload, f, err := w.runTask(h.chunk, payload)
	if err == nil && f == nil && len(payload) > maxObject {
		f = &registered.Failure{Kind: registered.NoResult, Text: tooLarge(len(payload)).Error()}
	}
	switch {
	case err != nil:
		return nil, err
	case f != nil:
		return failed(f), nil
	}
	return &result{kind: values, items: h.items, payload: payload}, nil
}

// items reads the items of a chunk from its object, as often as it takes,
// unless the worker is to end first. Who has stored a result takes the object
// away.
func (w *worker) items(ctx context.Context, h *held) (payload []byte, err error) {
	tell := once(func(err error) {
		w.log("cannot get chunk %d of job %s yet, and tries again: %v", h.number, h.job, err)
	})
	err = w.persist(h.ctx, func() error {
		payload, err = w.getObject(h.ctx, h.job, h.object)
		return err
	}, func(err error) bool { return tell(err) && ctx.Err() == nil })
	if !isBroken(err) {
		return payload, err
	}
	var over bool // if so, it was taken away
	if unknown := w.persist(h.ctx, func() (err error) { over, err = w.isOver(h); return err },
		func(err error) bool { return tell(err) && ctx.Err() == nil }); unknown != nil {
		return nil, unknown
	} else if over {
		return nil, errOver
	}
	return nil, err
}

// isOver reports whether nobody needs a chunk any more.
func (w *worker) isOver(h *held) (bool, error) {
	if waiting, err := w.isWaiting(h.ctx, h); err != nil {
		return false, err
	} else if !waiting {
		return true, nil
	}
	return w.isDone(h.ctx, h.chunk) // its acknowledgement may be lost
}

// errHangs is why a chunk is left behind.
var errHangs = errors.New("it takes longer than its Limit")

// runTask runs a task on the items of a chunk. One that takes longer than the
// limit is left behind, and the worker goes on: Go cannot end a goroutine from
// outside. See service.hangs for what becomes of it.
func (w *worker) runTask(c *chunk, items []byte) ([]byte, *registered.Failure, error) {
	task, _ := registered.Lookup(c.task)
	if c.limit == 0 {
		payload, f := task.Run(context.Background(), items, c.items)
		return payload, f, nil
	}
	type end struct {
		payload []byte
		failure *registered.Failure
	}
	ended := make(chan end, 1)
	go func() {
		payload, f := task.Run(context.Background(), items, c.items)
		ended <- end{payload, f}
	}()
	select {
	case e := <-ended:
		return e.payload, e.failure, nil
	case <-time.After(c.limit):
		return nil, nil, errHangs
	}
}

// refusal says why a chunk cannot be run here, or not any more.
func (w *worker) refusal(c *chunk) *registered.Failure {
	task, known := registered.Lookup(c.task)
	if !known {
		return &registered.Failure{Kind: refused, Text: "it has no such task, but " + list(registered.Names())}
	}
	if here := w.codeOf(task); here != c.code {
		return &registered.Failure{Kind: refused, Text: fmt.Sprintf("its code there is %s, here it is %s", here, c.code)}
	}
	if c.begun >= c.tries {
		return &registered.Failure{Kind: lost, At: c.tries}
	}
	return nil
}

// isDone reports whether the result of a chunk is stored.
func (w *worker) isDone(ctx context.Context, c *chunk) (bool, error) {
	_, err := w.lookUp(ctx, doneStream, lastFor((&result{job: c.job, number: c.number}).subject()))
	if isNotThere(err) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("asking whether a chunk is done: %w", err)
	}
	return true, nil
}
