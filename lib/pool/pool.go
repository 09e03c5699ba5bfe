package pool

import (
	"fmt"
	"slices"
	"sync"

	"multiprocessing/lib/internal/caught"
)

// Panic is the value with which Map panics when a task does: it holds the
// task's own panic value and stack, and prints both.
type Panic = caught.Panic

// Pool is a fixed number of goroutines, its workers, that wait for work.
// Make one with New. All methods, and Map and its like, may be called from
// many goroutines at once.
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
	for n := range workers {
		go p.worker(n + 1)
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

// worker runs jobs until the pool ends; its number is for traces. Its own
// frame, at the bottom of the stack, is what inTask looks for; hence no
// inlining.
//
//go:noinline
func (p *Pool) worker(number int) {
	home := false
	defer func() {
		if home {
			p.running.Done()
			return
		}
		go p.worker(number) // a task ended this goroutine (Goexit): replace it
	}()
	for p.runNext(number) {
	}
	home = true
}

// runNext waits for a job, takes part in it until no chunk is left, and
// returns true; or false if the pool has ended.
func (p *Pool) runNext(worker int) bool {
	j := p.join()
	if j == nil {
		return false
	}
	defer p.leave(j) // deferred, for a task may end the goroutine
	j.runChunks(worker)
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

// joinIfQueued takes part in j, unless all its chunks have been taken.
func (p *Pool) joinIfQueued(j *job) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Contains(p.queue, j) {
		return false
	}
	j.active++
	return true
}

// leave is called when a job has no chunks left to take. Who leaves last
// ends the job.
func (p *Pool) leave(j *job) {
	p.mu.Lock()
	p.dequeue(j)
	j.active--
	last := j.active == 0
	p.mu.Unlock()
	if last {
		p.finish(j)
	}
}

// withdraw abandons the chunks of j that nobody has begun.
func (p *Pool) withdraw(j *job) {
	j.abandon()
	p.mu.Lock()
	last := p.dequeue(j) && j.active == 0
	p.mu.Unlock()
	if last {
		p.finish(j)
	}
}

// finish tells those who wait for j that it is done.
func (p *Pool) finish(j *job) {
	if j.atEnd != nil {
		j.atEnd()
	}
	close(j.done)
	p.maps.Done()
}

// dequeue takes j out of the queue, so that nobody joins it any more, and
// reports whether it was there. p.mu must be held.
func (p *Pool) dequeue(j *job) bool {
	i := slices.Index(p.queue, j)
	if i >= 0 {
		p.queue = slices.Delete(p.queue, i, i+1)
	}
	return i >= 0
}

// begin counts a new Map in, before the pool may be closed under it. A Map
// inside a task belongs to one that is running already, so it may begin even
// while Close waits.
func (p *Pool) begin(operation string, nested bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || p.closed && !nested {
		panic(fmt.Sprintf("pool: %[1]s: the pool is closed; call %[1]s before Close, or make a new pool", operation))
	}
	p.maps.Add(1)
}

// launch hands j to the workers.
func (p *Pool) launch(operation string, nested bool, j *job) {
	p.begin(operation, nested)
	if j.n == 0 {
		p.finish(j)
	} else {
		p.submit(j)
	}
}

// submit queues j and wakes as many workers as it has chunks for.
func (p *Pool) submit(j *job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, j)
	for range min(p.workers, j.chunks()) {
		p.work.Signal()
	}
}
