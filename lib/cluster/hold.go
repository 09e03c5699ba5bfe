package cluster

import (
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// held is a chunk that a worker has, with its result once there is one.
type held struct {
	jetstream.Msg
	alive  *alive
	result *result
	stored jetstream.PubAckFuture // nil if it is not known to be on its way
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
