package cluster

import (
	"context"
	"fmt"
	"multiprocessing/lib/internal/registered"
	"sync"
	"sync/atomic"
	"time"
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
	name     string // of the worker, before a goroutine's number
	first    int    // number of the first goroutine
	clock    clock
	codeOf   func(*registered.Task) string // what the code of a task is here
	rejected *atomic.Int64                 // messages that could not be read
	log      func(format string, args ...any)
	end      context.CancelCauseFunc // ends the process when a task hangs; nil if that cannot be
}

// hangs tells of a task that takes longer than its limit. It goes on, beside
// the chunks that follow, until it ends by itself. A process that can be
// replaced ends, and the task with it; first its other goroutines finish their
// chunks, or give them back.
func (s *service) hangs(why error) {
	if s.end != nil {
		s.end(why)
	} else {
		s.log("leaves a task behind: %v", why)
	}
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
	var back atomic.Int64
	var givers sync.WaitGroup
	for _, w := range all {
		givers.Go(func() { back.Add(int64(w.giveUp())) })
	}
	givers.Wait()
	s.conn.FlushTimeout(time.Second)
	return int(back.Load())
}
