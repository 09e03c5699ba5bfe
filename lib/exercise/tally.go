package exercise

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// tally counts how often a function was called with what.
type tally[K cmp.Ordered] struct {
	mu    sync.Mutex
	times map[K]int // guarded by mu
}

func newTally[K cmp.Ordered]() *tally[K] { return &tally[K]{times: map[K]int{}} }

func (t *tally[K]) add(key K) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.times[key]++
}

// keys returns what the function was called with, each once, in order.
func (t *tally[K]) keys() []K {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Sorted(maps.Keys(t.times))
}

// repeated returns the least of what the function was called with more than
// once, and how often; 0 times if there is none.
func (t *tally[K]) repeated() (key K, times int) {
	for _, key := range t.keys() {
		t.mu.Lock()
		times = t.times[key]
		t.mu.Unlock()
		if times > 1 {
			return key, times
		}
	}
	return key, 0
}
