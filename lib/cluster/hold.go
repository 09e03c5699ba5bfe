package cluster

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// held is a chunk that a worker has, with its result once there is one.
type held struct {
	jetstream.Msg
	*chunk
	ctx    context.Context // ends when the worker has it no more
	cancel context.CancelFunc
	alive  *alive
	result *result
	stored jetstream.PubAckFuture // nil if it is not known to be on its way
}

// hold counts a chunk as the worker's, and keeps telling the server so.
func (w *worker) hold(m jetstream.Msg, c *chunk, every time.Duration) *held {
	h := &held{Msg: m, chunk: c, alive: keepAlive(m, every)}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	w.mu.Lock()
	defer w.mu.Unlock()
	w.holds[h] = true
	return h
}

// letGo reports whether the chunk was the worker's until now.
func (w *worker) letGo(h *held) bool {
	h.alive.stop()
	h.cancel()
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.holds[h]
	delete(w.holds, h)
	return was
}

// giveUp hands back the chunks that the worker has, and says how many.
func (w *worker) giveUp() (back int) {
	w.mu.Lock()
	all := slices.Collect(maps.Keys(w.holds))
	w.mu.Unlock()
	for _, h := range all {
		if w.letGo(h) {
			w.handBack(h)
			back++
		}
	}
	return back
}

// alive tells the server that a chunk is being worked on.
type alive struct {
	mu    sync.Mutex
	timer *time.Timer // guarded by mu; nil when stopped
}

// keepAlive begins to tell so, every so often.
func keepAlive(m jetstream.Msg, every time.Duration) *alive {
	a := &alive{}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.timer = time.AfterFunc(every, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.timer == nil {
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
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
}
