package pool

import "slices"

// A pool has as many slots as workers, and a task needs one to run. The slot
// of a task that waits stays empty, so that no more tasks than workers are
// under way. Only a task that is stuck may run items in it: see check.

// suspend has a task wait.
func (p *Pool) suspend() {
	p.mu.Lock()
	p.running--
	p.waiting++
	p.mu.Unlock()
	p.slot.Signal()
}

// resume has a task go on, as soon as no other task runs in its slot.
func (p *Pool) resume() {
	p.mu.Lock()
	for p.running == p.workers {
		p.slot.Wait()
	}
	p.waiting--
	p.running++
	p.mu.Unlock()
}

// joinInEmptySlot takes part in j, in the slot of a task that waits. p.mu
// must be held.
func (p *Pool) joinInEmptySlot(j *job) bool {
	if !slices.Contains(p.queue, j) {
		return false
	}
	p.running++
	j.active++
	return true
}
