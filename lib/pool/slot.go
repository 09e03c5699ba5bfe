package pool

import "slices"

// A pool has as many slots as workers, and a task needs a slot to run. The slot
// of a task that waits stays empty, so that no more tasks than workers are in
// progress. Only a task that is stuck may run items in an empty slot: see check.

// suspend turns a running task into a waiting one.
func (p *Pool) suspend() {
	p.mu.Lock()
	p.running--
	p.waiting++
	p.mu.Unlock()
	p.slot.Signal()
}

// resume waits until no other task runs in the caller's slot, and turns the
// waiting task into a running one.
func (p *Pool) resume() {
	p.mu.Lock()
	for p.running == p.workers {
		p.slot.Wait()
	}
	p.waiting--
	p.running++
	p.mu.Unlock()
}

// joinInEmptySlot joins j in the slot of a task that waits, and reports whether
// j had chunks left. p.mu must be held.
func (p *Pool) joinInEmptySlot(j *job) bool {
	if !slices.Contains(p.queue, j) {
		return false
	}
	p.running++
	j.active++
	return true
}
