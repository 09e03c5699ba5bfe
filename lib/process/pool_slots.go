package process

import (
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
	mu     sync.Mutex
	unused []*slot      // guarded by mu
	asked  []chan *slot // guarded by mu; who waits, the longest first
}

// ask returns a channel that receives a slot. Slots go to those who ask in
// their order. The caller must put the slot back, or give up the channel.
func (s *slots) ask() chan *slot {
	c := make(chan *slot, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.unused) - 1; last >= 0 {
		c <- s.unused[last]
		s.unused = s.unused[:last]
	} else {
		s.asked = append(s.asked, c)
	}
	return c
}

func (s *slots) put(one *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.asked) == 0 {
		s.unused = append(s.unused, one)
		return
	}
	s.asked[0] <- one
	s.asked = slices.Delete(s.asked, 0, 1)
}

// giveUp ends an ask whose slot was not received.
func (s *slots) giveUp(c chan *slot) {
	s.mu.Lock()
	i := slices.Index(s.asked, c)
	if i >= 0 {
		s.asked = slices.Delete(s.asked, i, i+1)
	}
	s.mu.Unlock()
	if i < 0 {
		s.put(<-c)
	}
}
