package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"multiprocessing/lib/internal/registered"
)

// What workers ask for: one chunk at a time, so that none waits behind a
// long one, or is lost with a worker that had not begun it.
const (
	pullTime  = 15 * time.Second // how long a server keeps a worker's question
	heartbeat = 3 * time.Second  // how often it says that it still has it
	retryTime = 200 * time.Millisecond
	graceTime = 5 * time.Second // how long a worker that shall end may take for its chunk
)

// service is the workers of one program: goroutines that share a connection.
type service struct {
	*link
	queue    string
	ackWait  time.Duration
	name     string                       // of the worker, before a goroutine's number
	first    int                          // number of the first goroutine
	codeOf   func(registered.Task) string // what the code of a task is here
	rejected *atomic.Int64                // messages that could not be read
	log      func(format string, args ...any)
}

// run has n goroutines work until ctx ends. They finish the chunks that they
// have, if that takes no longer than grace; else these are given back. It
// returns how many were.
func (s *service) run(ctx context.Context, n int, grace time.Duration) int {
	var workers sync.WaitGroup
	all := make([]*worker, n)
	for i := range all {
		all[i] = &worker{service: s, name: fmt.Sprint(s.name, s.first+i), results: make(chan *held), holds: map[*held]bool{}}
		workers.Go(func() { all[i].run(ctx) })
		workers.Go(all[i].storeAll)
	}
	ended := make(chan struct{})
	go func() { // ends with the last task
		workers.Wait()
		close(ended)
	}()
	<-ctx.Done()
	if !s.conn.IsConnected() {
		grace = 0 // there is nobody to tell of results
	}
	select {
	case <-ended:
		return 0
	case <-time.After(grace):
	}
	back := 0
	for _, w := range all {
		back += w.giveUp()
	}
	s.conn.FlushTimeout(time.Second)
	return back
}

// worker is one goroutine that works, and another that waits until its last
// result is stored: meanwhile the next chunk comes.
type worker struct {
	*service
	name    string
	results chan *held

	mu    sync.Mutex
	holds map[*held]bool // guarded by mu; chunks that are not acknowledged
}

// held is a chunk that a worker has, with its result once there is one.
type held struct {
	jetstream.Msg
	alive  *alive
	result *result
	stored jetstream.PubAckFuture // nil if it is not known to be on its way
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
		m, err := chunks.Next(jetstream.NextContext(ctx))
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

// hold counts a chunk as the worker's, and keeps telling the server so.
func (w *worker) hold(m jetstream.Msg, every, limit time.Duration) *held {
	h := &held{Msg: m, alive: keepAlive(m, every, limit)}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.holds[h] = true
	return h
}

// letGo reports whether the chunk was the worker's until now.
func (w *worker) letGo(h *held) bool {
	h.alive.stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.holds[h]
	delete(w.holds, h)
	return was
}

func (w *worker) has(h *held) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.holds[h]
}

// giveUp gives back the chunks that the worker has, and says how many.
func (w *worker) giveUp() (back int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for h := range w.holds {
		h.Nak()
		back++
	}
	clear(w.holds)
	return back
}

// storeAll stores results, and acknowledges their chunks after that.
func (w *worker) storeAll() {
	for h := range w.results {
		err := w.store(context.Background(), h)
		if w.letGo(h) && err == nil {
			h.Ack()
		}
	}
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

// store stores a result, once: one that is there already stays. Without an
// error there is one.
func (w *worker) store(ctx context.Context, h *held) error {
	r := h.result
	if h.stored != nil {
		select {
		case <-h.stored.Ok():
			return nil
		case err := <-h.stored.Err():
			if isThere(err) {
				return nil
			}
		}
	}
	if !w.fits(len(r.payload)) {
		name, err := w.putObject(ctx, r.job, fmt.Sprint("out.", r.number), r.payload)
		if err != nil {
			w.log("cannot store the result of chunk %d of job %s yet: %v", r.number, r.job, err)
			return err // it is not acknowledged, so it will come again
		}
		r.object, r.payload = name, nil
	}
	err := w.insist(ctx, r.message(), func(error) bool { return w.has(h) })
	if !isThere(err) {
		return err
	}
	if r.object != "" {
		w.dropObject(ctx, r.job, r.object)
	}
	return nil
}

// alive tells the server that a chunk is being worked on.
type alive struct {
	mu    sync.Mutex
	timer *time.Timer // guarded by mu; nil when stopped
}

// keepAlive begins to tell so, every so often, and ends by itself after
// limit, if there is one: then the chunk goes to another worker.
func keepAlive(m jetstream.Msg, every, limit time.Duration) *alive {
	a := &alive{}
	began := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.timer = time.AfterFunc(every, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.timer == nil || limit > 0 && time.Since(began) >= limit {
			return
		}
		if err := m.InProgress(); !errors.Is(err, nats.ErrConnectionClosed) {
			a.timer.Reset(every)
		}
	})
	return a
}

func (a *alive) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.timer.Stop()
	a.timer = nil
}
