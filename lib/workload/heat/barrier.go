package heat

import (
	"fmt"
	"sync"
)

// Barrier is where a fixed number of goroutines wait for each other, again
// and again. Make one with NewBarrier. It mirrors Python's
// threading.Barrier.
type Barrier struct {
	parties int
	mu      sync.Mutex
	all     sync.Cond
	waiting int // guarded by mu; how many have come
	round   int // guarded by mu; how often all have come
}

// NewBarrier makes a barrier for so many goroutines. It panics if parties is
// below 1.
func NewBarrier(parties int) *Barrier {
	if parties < 1 {
		panic(fmt.Sprintf("heat: NewBarrier: parties must be at least 1, got %d", parties))
	}
	b := &Barrier{parties: parties}
	b.all.L = &b.mu
	return b
}

// Wait returns when all have called Wait. What each has written before, all
// can read after.
func (b *Barrier) Wait() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting++
	if b.waiting == b.parties {
		b.waiting = 0
		b.round++
		b.all.Broadcast()
		return
	}
	// The round, not the count, says when to go on: a fast goroutine may
	// come to the next round before a slow one has left this.
	for round := b.round; round == b.round; {
		b.all.Wait()
	}
}
