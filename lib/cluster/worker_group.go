package cluster

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/internal/registered"
)

// group is the workers of one program: goroutines that share a connection.
type group struct {
	order
	link     *jetstream.Link
	clock    clock
	codeOf   func(*registered.Task) string // the version of a task's code here
	rejected *atomic.Int64                 // messages that could not be read
	log      *slog.Logger
	exit     context.CancelCauseFunc // ends the process if a task hangs; nil if that is not possible
}

// run has the workers run chunks until ctx ends. They finish their chunks, or
// return them to the queue if that takes longer than Grace. It reports how many
// were returned.
func (g *group) run(ctx context.Context) int {
	var running sync.WaitGroup
	all := make([]*worker, g.Workers)
	for i := range all {
		all[i] = &worker{group: g, name: fmt.Sprint(g.Name, g.First+i), finished: make(chan *taken)}
		running.Go(func() { all[i].run(ctx) })
		running.Go(all[i].storeAll)
	}
	g.link.OnJobEnd(g.Queue, func(job string) {
		for _, w := range all {
			w.stopJob(job)
		}
	})
	ended := make(chan struct{})
	go func() { // ends with the last task
		running.Wait()
		close(ended)
	}()
	<-ctx.Done()
	grace := g.Grace
	if !g.link.IsConnected() {
		grace = 0 // results could not be stored
	}
	select {
	case <-ended:
		return 0
	case <-time.After(grace):
	}
	var returned atomic.Int64
	var returning sync.WaitGroup
	for _, w := range all {
		returning.Go(func() { returned.Add(int64(w.returnAll())) })
	}
	returning.Wait()
	g.link.Flush()
	return int(returned.Load())
}

// worker is one goroutine that runs chunks, and another that waits until the
// last result is stored: meanwhile the first one runs the next chunk.
type worker struct {
	*group
	name     string
	finished chan *taken
	signs    sync.WaitGroup // goroutines that send signs of life

	taken sync.Map // of *taken: chunks that are not acknowledged
}

// run takes chunks until ctx ends. If the queue fails, it asks again: servers
// may be about to elect a leader.
func (w *worker) run(ctx context.Context) {
	defer close(w.finished)
	for ctx.Err() == nil && !w.link.IsClosed() {
		queue, err := w.link.Queue(ctx, w.Queue, w.AckWait, w.Queue == LibQueue)
		if err == nil {
			err = queue.Receive(ctx, func(d *jetstream.Delivery) {
				if ctx.Err() == nil {
					w.runChunk(ctx, d, queue.AckWait()/3)
				} else {
					w.returnChunk(d) // it was delivered too late
				}
			})
		}
		if err != nil {
			jetstream.Sleep(ctx, jetstream.RetryPause)
		}
	}
}
