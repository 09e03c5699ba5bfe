package process

import (
	"context"
	"slices"
	"sync"
)

// slot is a worker slot of the pool. After a crash it gets a new worker.
type slot struct {
	number int
	worker *worker // nil if there is none
}

// slots are the slots that no Map is using. The slot that was used last is
// taken first, because its worker is still warm: a single task on a pool of 2
// takes 6 µs. When both workers took turns, it took 28 µs (command benchmarks,
// "one task").
type slots struct {
	mu      sync.Mutex
	unused  []*slot      // guarded by mu
	waiting []chan *slot // guarded by mu; the longest first
}

// asked is a slot, or a channel that receives it. The caller must put the slot
// back, or give up.
type asked struct {
	slot *slot
	wait chan *slot
}

// ask asks for a slot. Slots go to those who ask in their order.
func (s *slots) ask() asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.unused) - 1; last >= 0 {
		one := s.unused[last]
		s.unused = s.unused[:last]
		return asked{slot: one}
	}
	c := make(chan *slot, 1)
	s.waiting = append(s.waiting, c)
	return asked{wait: c}
}

func (s *slots) put(one *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		s.unused = append(s.unused, one)
		return
	}
	s.waiting[0] <- one
	s.waiting = slices.Delete(s.waiting, 0, 1)
}

// get waits for the slot. It returns nil if ctx ends or over is closed first.
func (s *slots) get(a asked, ctx context.Context, over <-chan struct{}) *slot {
	if a.slot != nil {
		return a.slot
	}
	select {
	case one := <-a.wait:
		return one
	case <-ctx.Done():
	case <-over:
	}
	s.giveUp(a.wait)
	return nil
}

// giveUp ends the wait for a slot.
func (s *slots) giveUp(c chan *slot) {
	s.mu.Lock()
	i := slices.Index(s.waiting, c)
	if i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
	}
	s.mu.Unlock()
	if i < 0 {
		s.put(<-c)
	}
}
