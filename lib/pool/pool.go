package pool

import (
	"fmt"
	"sync"

	"multiprocessing/lib/internal/caught"
)

// Panic is the value with which Map panics when a task does: it holds the
// task's own panic value and stack, and prints both.
type Panic = caught.Panic

// Pool is a fixed number of goroutines, its workers, that wait for work.
// Make one with New. All methods, and Map, may be called from many
// goroutines at once.
type Pool struct {
	workers int
	maps    sync.WaitGroup // Maps that have begun and not returned
	running sync.WaitGroup // workers that have not ended

	mu     sync.Mutex
	work   sync.Cond // signals a new job, or the end
	queue  []*job    // guarded by mu; jobs that have chunks left, oldest first
	closed bool      // guarded by mu; no new Map may begin
	ended  bool      // guarded by mu; no Map is running, workers go home
}

// New starts a pool of workers goroutines. Close ends them. It panics if
// workers is below 1. It mirrors Python's mp.Pool(processes=workers).
func New(workers int) *Pool {
	if workers < 1 {
		panic(fmt.Sprintf("pool: New: workers must be at least 1, got %d", workers))
	}
	p := &Pool{workers: workers}
	p.work.L = &p.mu
	p.running.Add(workers)
	for range workers {
		go p.worker()
	}
	return p
}

// Close waits for the Maps that are running, then ends the workers and waits
// for them. Closing again is harmless; a Map after Close panics. A task must
// not close its own pool: it would wait for itself.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.maps.Wait()

	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.work.Broadcast()
	p.running.Wait()
}

// worker runs jobs until the pool ends. Its own frame, at the bottom of the
// stack, is what inTask looks for; hence no inlining.
//
//go:noinline
func (p *Pool) worker() {
	home := false
	defer func() {
		if home {
			p.running.Done()
			return
		}
		go p.worker() // a task ended this goroutine (Goexit): replace it
	}()
	for p.runNext() {
	}
	home = true
}

// runNext waits for a job, takes part in it until no chunk is left, and
// returns true; or false if the pool has ended.
func (p *Pool) runNext() bool {
	j := p.join()
	if j == nil {
		return false
	}
	defer p.leave(j) // deferred, for a task may end the goroutine
	j.runChunks()
	return true
}

// join waits for a job and takes part in it; nil means the pool has ended.
func (p *Pool) join() *job {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) == 0 {
		if p.ended {
			return nil
		}
		p.work.Wait()
	}
	j := p.queue[0]
	j.active++
	return j
}

// leave is called when a job has no chunks left to take. Who leaves last
// tells the waiting Map.
func (p *Pool) leave(j *job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dequeue(j)
	j.active--
	if j.active == 0 {
		close(j.done)
	}
}

// dequeue takes j out of the queue, so that nobody joins it any more. p.mu
// must be held.
func (p *Pool) dequeue(j *job) {
	for i, other := range p.queue {
		if other == j {
			p.queue = append(p.queue[:i], p.queue[i+1:]...)
			return
		}
	}
}

func (p *Pool) mustBeNew() {
	if p == nil || p.workers == 0 {
		panic("pool: Map: the pool must not be nil or zero; make it with New")
	}
}

// begin counts a new Map in, before the pool may be closed under it. A Map
// inside a task belongs to one that is running already, so it may begin even
// while Close waits.
func (p *Pool) begin(nested bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || p.closed && !nested {
		panic("pool: Map: the pool is closed; call Map before Close, or make a new pool")
	}
	p.maps.Add(1)
}

// submit queues j and wakes as many workers as it has chunks for. With help,
// the caller takes part before anybody else can finish the job.
func (p *Pool) submit(j *job, help bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if help {
		j.active++
	}
	p.queue = append(p.queue, j)
	for range min(p.workers, j.chunks()) {
		p.work.Signal()
	}
}
