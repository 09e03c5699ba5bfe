package pool

import (
	"fmt"
	"slices"
	"sync"
)

// waits are the waits of all tasks and of their goroutines. Other callers are
// not included: they occupy no slot, so they are not part of a deadlock that
// the pools could detect.
var waits struct {
	mu        sync.Mutex
	all       map[*wait]struct{} // guarded by mu
	crossings map[crossing]int   // guarded by mu; number of waits per crossing
}

// crossing means that a task of one pool waits for another pool.
type crossing struct{ from, to *Pool }

// outlook is the result of check for a wait.
type outlook int

const (
	good     outlook = iota
	hasSlot          // the task has a slot to run the job for which it waits
	hopeless         // a possible deadlock that cannot be resolved
)

func addWait(w *wait) {
	waits.mu.Lock()
	if waits.all == nil {
		waits.all, waits.crossings = map[*wait]struct{}{}, map[crossing]int{}
	}
	waits.all[w] = struct{}{}
	circle := false
	for _, f := range w.tasks() {
		from := f.job.pool
		if from != w.pool {
			w.crossings = append(w.crossings, crossing{from, w.pool})
			waits.crossings[crossing{from, w.pool}]++
		}
		circle = circle || leads(from, from)
	}
	waits.mu.Unlock()
	if circle {
		wakeStuck()
	}
}

func removeWait(w *wait) {
	waits.mu.Lock()
	defer waits.mu.Unlock()
	delete(waits.all, w)
	for _, c := range w.crossings {
		if waits.crossings[c]--; waits.crossings[c] == 0 {
			delete(waits.crossings, c)
		}
	}
}

// tasks returns the tasks that cannot continue while w waits: the task itself
// or, if a goroutine waits, all running tasks around it, which may be waiting
// for it.
func (w *wait) tasks() (tasks []*frame) {
	if w.own {
		return []*frame{w.frame}
	}
	for f := w.frame.running(); f != nil; f = f.next() {
		tasks = append(tasks, f)
	}
	return tasks
}

// leads reports whether tasks of from wait for to, directly or through other
// pools. waits.mu must be held.
func leads(from, to *Pool) bool {
	reached := []*Pool{from}
	for i := 0; i < len(reached); i++ {
		for c := range waits.crossings {
			if c.from != reached[i] {
				continue
			}
			if c.to == to {
				return true
			}
			if !slices.Contains(reached, c.to) {
				reached = append(reached, c.to)
			}
		}
	}
	return false
}

// wakeStuck wakes all waits whose outlook is not good.
func wakeStuck() {
	waits.mu.Lock()
	defer waits.mu.Unlock()
	for w := range waits.all {
		if w.check(); w.outlook != good {
			select {
			case w.wake <- struct{}{}:
			default: // it has been woken
			}
		}
	}
}

// check finds out whether w is stuck, that is, whether it may be part of a
// deadlock: w waits for a worker of a pool whose workers all wait, and tasks of
// that pool wait for the pool of w's task, directly or through other pools.
//
// If so, w gets the empty slot of a task that waits, and joins the job until
// releaseSlot. The wait is hopeless if w is a goroutine, which cannot run
// tasks, or if no slot is empty, because the tasks run while their goroutines
// wait. waits.mu must be held.
func (w *wait) check() {
	if w.outlook == hasSlot {
		return
	}
	w.outlook = good
	if w.job == nil || !w.job.hasMore() || !w.inCircle() {
		return
	}
	p := w.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.running+p.waiting < p.workers || p.running > p.heldByGoroutines():
	case !w.own || p.running == p.workers:
		w.outlook = hopeless
	case p.joinInEmptySlot(w.job):
		w.outlook = hasSlot
	}
}

// inCircle reports whether w waits for a pool that waits for the pool of w's
// task. waits.mu must be held.
func (w *wait) inCircle() bool {
	return slices.ContainsFunc(w.tasks(), func(f *frame) bool {
		return f.job.pool != w.pool && leads(w.pool, f.job.pool)
	})
}

// heldByGoroutines returns the number of tasks of p that count as running but
// may be waiting for goroutines in waits. waits.mu must be held.
func (p *Pool) heldByGoroutines() int {
	waiting, held := map[*frame]bool{}, map[*worker]bool{}
	for w := range waits.all {
		waiting[w.frame] = waiting[w.frame] || w.own
	}
	for w := range waits.all {
		for _, f := range w.tasks() {
			if f.job.pool == p && !waiting[f] {
				held[f.worker] = true // per worker: a task that runs items of its own Map counts once
			}
		}
	}
	return len(held)
}

// runIfStuck checks w. If its task is stuck, it runs the job for which it
// waits. It panics if the wait is hopeless.
func (w *wait) runIfStuck() {
	waits.mu.Lock()
	w.check()
	outlook := w.outlook
	waits.mu.Unlock()
	switch outlook {
	case hasSlot:
		defer w.releaseSlot() // deferred, because a task may end the goroutine
		w.job.runChunks(w.frame.worker, 0, nil)
	case hopeless:
		panic(fmt.Sprintf("pool: %[1]s: deadlock: tasks of this pool and of the caller's pool wait for each other "+
			"through goroutines that they have started; call %[1]s in the tasks themselves", w.operation))
	}
}

// releaseSlot releases the slot that check has assigned, if any.
func (w *wait) releaseSlot() {
	waits.mu.Lock()
	had := w.outlook == hasSlot
	w.outlook = good
	waits.mu.Unlock()
	if had {
		w.pool.leave(w.job, 1)
		w.pool.work.Signal() // a worker may be waiting for the slot
	}
}
