package pool

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"multiprocessing/lib/internal/caught"
)

// Panic is the value with which Map panics when a task panics: it contains the
// task's panic value and stack, and prints both.
type Panic = caught.Panic

// Pool is a fixed number of worker goroutines that wait for tasks. The zero
// value is a pool of GOMAXPROCS workers, which start with its first Map. All
// methods, and all forms of Map, may be called from many goroutines at once.
type Pool struct {
	started sync.Once

	workers int
	alive   sync.WaitGroup // workers that have not exited
	drained chan struct{}  // closed when the pool is closed and no Map is running

	mu      sync.Mutex
	work    sync.Cond // signals a new job, a free slot, or the end
	slot    sync.Cond // signals that a task that waits may continue
	queue   []*job    // guarded by mu; jobs that have chunks left, oldest first
	running int       // guarded by mu; running tasks; a task that runs items of its own Map counts once
	waiting int       // guarded by mu; tasks that wait for other tasks
	maps    int       // guarded by mu; Maps that have started and not ended
	closed  bool      // guarded by mu; no new Map may start
	ended   bool      // guarded by mu; no Map is running, the workers exit
}

// New starts a pool of workers goroutines, or of GOMAXPROCS if workers is 0.
// Close stops them. It panics if workers is negative. It mirrors Python's
// mp.Pool(processes=workers).
func New(workers int) *Pool {
	if workers < 0 {
		panic(fmt.Sprintf("pool: New: workers must not be negative, got %d; 0 means GOMAXPROCS", workers))
	}
	p := new(Pool)
	p.start(workers)
	return p
}

// start starts the workers, unless they have been started.
func (p *Pool) start(workers int) {
	p.started.Do(func() {
		p.workers = cmp.Or(workers, runtime.GOMAXPROCS(0))
		p.drained = make(chan struct{})
		p.work.L, p.slot.L = &p.mu, &p.mu
		p.alive.Add(p.workers)
		for n := range p.workers {
			p.startWorker(n + 1)
		}
	})
}

// Close waits for running Maps, then stops the workers and waits for them.
// Later calls do nothing; a Map after Close panics.
//
// Close panics in a task of the pool, and in a goroutine that a running task
// of the pool has started: it would wait for itself.
func (p *Pool) Close() {
	p.start(0)
	c := whoCalls()
	if c.worksFor(p) {
		panic("pool: Close: called by a running task of the same pool, or by a goroutine that it has started; call Close when the Map has returned")
	}
	p.mu.Lock()
	p.closed = true
	p.endIfDrained()
	p.mu.Unlock()
	await(c, wait{operation: "Close", pool: p}, p.drained, nil)
	p.alive.Wait()
}

// endIfDrained stops the workers if the pool is closed and no Map is running.
// p.mu must be held.
func (p *Pool) endIfDrained() {
	if p.closed && p.maps == 0 && !p.ended {
		p.ended = true
		close(p.drained)
		p.work.Broadcast()
	}
}

// launch queues j and wakes as many workers as j has chunks for. When the pool
// is closing, only callers that work for its running tasks may start a job.
func (p *Pool) launch(operation string, c caller, j *job) {
	p.mu.Lock()
	if p.ended || p.closed && !c.worksFor(p) {
		p.mu.Unlock()
		panic(fmt.Sprintf("pool: %[1]s: the pool is closed; call %[1]s before Close, or make a new pool", operation))
	}
	p.maps++
	unfinished.Add(1)
	if j.n > 0 {
		p.queue = append(p.queue, j)
		for range min(p.workers, j.chunks()) {
			p.work.Signal()
		}
	}
	p.mu.Unlock()
	if j.n == 0 {
		p.finish(j)
	}
}

// join waits for a job and a free slot, and joins the job. It returns nil if
// the pool has ended.
func (p *Pool) join() *job {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) == 0 || p.running+p.waiting >= p.workers {
		if p.ended {
			return nil
		}
		p.work.Wait()
	}
	j := p.queue[0]
	j.active++
	p.running++
	return j
}

// joinIfQueued joins j and reports whether it had chunks left. The caller is a
// task that waits for j, so it runs the chunks in its own slot.
func (p *Pool) joinIfQueued(j *job) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Contains(p.queue, j) {
		return false
	}
	j.active++
	return true
}

// leave ends the caller's part in j and frees the number of slots. The last
// caller to leave ends the job.
func (p *Pool) leave(j *job, slots int) {
	p.mu.Lock()
	over := !j.hasMore() // false if the caller stopped before the last chunk
	if over {
		p.dequeue(j)
	}
	j.active--
	last := over && j.active == 0
	p.running -= slots
	crowded := p.running+p.waiting >= p.workers
	p.slot.Signal()
	p.mu.Unlock()
	if last {
		p.finish(j)
	}
	if slots > 0 && crowded {
		wakeStuck()
	}
}

// withdraw drops the chunks of j that no worker has started.
func (p *Pool) withdraw(j *job) {
	j.abandon()
	p.mu.Lock()
	last := p.dequeue(j) && j.active == 0
	p.mu.Unlock()
	if last {
		p.finish(j)
	}
}

// finish ends j and wakes its waiters.
func (p *Pool) finish(j *job) {
	if j.atEnd != nil {
		j.atEnd()
	}
	j.run, j.atEnd = nil, nil // free their memory: the labels of a goroutine may keep j itself
	unfinished.Add(-1)
	close(j.done)
	p.mu.Lock()
	p.maps--
	p.endIfDrained()
	p.mu.Unlock()
}

// dequeue removes j from the queue, so that no more workers join it, and
// reports whether j was queued. p.mu must be held.
func (p *Pool) dequeue(j *job) bool {
	i := slices.Index(p.queue, j)
	if i >= 0 {
		p.queue = slices.Delete(p.queue, i, i+1)
	}
	return i >= 0
}
