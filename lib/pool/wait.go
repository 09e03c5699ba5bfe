package pool

import "slices"

// wait is a wait for a job, by a task or by a goroutine whose task is running.
type wait struct {
	caller
	operation string
	pool      *Pool         // of job
	job       *job          // nil means all jobs of pool
	wake      chan struct{} // receives when the outlook is not good

	outlook   outlook    // guarded by waits.mu
	crossings []crossing // guarded by waits.mu; the crossings that w has added to waits
}

// await receives from done, while c waits for w.job of w.pool. It returns
// false if stop is closed first.
func await[E any](c caller, w wait, done <-chan E, stop <-chan struct{}) (e E, ok bool) {
	if c.frame != nil {
		return awaitInTask(c, w, done, stop)
	}
	if stop == nil {
		return <-done, true
	}
	select {
	case e = <-done:
		return e, true
	case <-stop:
		return e, false
	}
}

// awaitInTask is await for a task. If the job belongs to the task's own pool,
// the task first runs the chunks that are left. While it waits, its slot is
// empty.
func awaitInTask[E any](c caller, w wait, done <-chan E, stop <-chan struct{}) (e E, ok bool) {
	c.help(w.job, stop)
	select {
	case e = <-done:
		return e, true
	default:
	}
	w.begin(c)
	defer w.end()
	w.mustNotWaitForItself()
	for {
		select {
		case e = <-done:
			return e, true
		case <-stop:
			return e, false
		case <-w.wake:
			w.runIfStuck()
		}
	}
}

// help runs the chunks that are left of j until stop is closed, if c is a task
// of j's pool.
func (c caller) help(j *job, stop <-chan struct{}) {
	if !c.own || j == nil || j.pool != c.frame.job.pool || !j.pool.joinIfQueued(j) {
		return
	}
	defer j.pool.leave(j, 0) // deferred, because a task may end the goroutine
	j.runChunks(c.frame.worker, 0, stop)
}

func (w *wait) begin(c caller) {
	w.caller, w.wake = c, make(chan struct{}, 1)
	if w.own {
		w.frame.job.pool.suspend()
	}
	addWait(w)
}

func (w *wait) end() {
	removeWait(w)
	w.releaseSlot()
	if w.own {
		w.frame.job.pool.resume()
	}
}

// mustNotWaitForItself panics if w waits for a task that waits for w's task,
// directly or through other tasks. A Map that has just started its job cannot.
func (w *wait) mustNotWaitForItself() {
	if w.job != nil && !w.job.async {
		return
	}
	waits.mu.Lock()
	defer waits.mu.Unlock()
	reached := []*wait{w}
	for i := 0; i < len(reached); i++ {
		for v := range waits.all {
			if !reached[i].isFor(v.frame) {
				continue
			}
			if v == w {
				panic("pool: " + w.operation + ": the task waits for itself: the result that it waits for depends on the task's own result")
			}
			if !slices.Contains(reached, v) {
				reached = append(reached, v)
			}
		}
	}
}

// isFor reports whether w waits for the task of f, or for a task around it that
// waits for f because its call is not asynchronous.
func (w *wait) isFor(f *frame) bool {
	for apart := f.ended.Load(); f != nil && !apart; f = f.next() {
		if f.job == w.job || w.job == nil && f.job.pool == w.pool {
			return true
		}
		apart = f.job.async
	}
	return false
}
