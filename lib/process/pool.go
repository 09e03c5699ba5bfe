package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Pool is a fixed number of worker processes that wait for tasks. Make one
// with NewPool. All methods, and Map, may be called from many goroutines at
// once.
type Pool struct {
	slots   *slots
	workers int
	stdout  *sharedWriter
	stderr  *sharedWriter

	close func() error

	running    sync.WaitGroup // one for each of calls
	mu         sync.Mutex
	calls      map[*call]bool   // guarded by mu; calls that have started and not returned
	alive      map[*worker]bool // guarded by mu; workers that have been started and not waited for
	closed     bool             // guarded by mu; no new call may start
	terminated bool             // guarded by mu
}

// gracePeriod is the time that a worker has to stop before it is killed, after
// the context of its task has ended or, if it is idle, after Close.
const gracePeriod = 2 * time.Second

// NewPool starts workers processes, or runtime.GOMAXPROCS(0) if workers is 0,
// and returns when all are ready. If ctx is done first, NewPool stops them and
// returns an error; once NewPool has returned, ctx has no effect. Close stops
// the workers. If this process ends without Close, even by SIGKILL, they exit
// as well. It mirrors Python's mp.Pool(processes=workers).
//
// The error says why a worker could not be started. NewPool panics if
// workers is negative, if no task is registered, and during package
// initialization, when tasks may still be missing.
func NewPool(ctx context.Context, workers int) (*Pool, error) {
	mustHave(ctx, "NewPool")
	if workers < 0 {
		misuse("NewPool: workers must be at least 1, or 0 for GOMAXPROCS, got %d", workers)
	}
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	mayStart("NewPool")
	if err := supported(); err != nil {
		return nil, fmt.Errorf("process: NewPool: %w", err)
	}
	p := &Pool{
		slots:   new(slots),
		workers: workers,
		stdout:  &sharedWriter{w: os.Stdout},
		stderr:  &sharedWriter{w: os.Stderr},
		calls:   map[*call]bool{},
		alive:   map[*worker]bool{},
	}
	p.close = sync.OnceValue(p.shutDown)
	if err := p.start(ctx); err != nil {
		p.Close()
		return nil, fmt.Errorf("process: NewPool: %w", err)
	}
	return p, nil
}

// mayStart panics if no process may be started now.
func mayStart(operation string) {
	if initializing() {
		misuse("%s: called during package initialization; call it from main or a test", operation)
	}
	if self.isWorker && !self.serving.Load() { // a worker runs main: every worker would start workers
		self.mustHaveTasks()
		giveUp("main does not call process.Serve before %s, as it did in the program that started it", operation)
	}
	if len(registry) == 0 {
		misuse("%s: no task is registered; add a package-level var task = process.Register(name, f)", operation)
	}
}

// start starts all workers, then waits for all, so that they initialize in
// parallel.
func (p *Pool) start(ctx context.Context) (err error) {
	var all []*slot
	for n := range p.workers {
		s := &slot{number: n + 1}
		all = append(all, s)
		if s.worker, err = p.newWorker(s.number); err != nil {
			break
		}
	}
	for _, s := range all {
		if s.worker == nil {
			continue
		}
		if notReady := s.worker.awaitReady(ctx); notReady != nil {
			p.forget(s)
			err = errors.Join(err, notReady)
		}
	}
	for _, s := range slices.Backward(all) { // worker 1 last, so that it is taken first
		p.slots.put(s)
	}
	return err
}

// newWorker starts a worker. It fails if the pool is closed.
func (p *Pool) newWorker(number int) (*worker, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errClosed
	}
	w, err := startWorker(number, workerName(number), p.stdout, p.stderr)
	if err == nil {
		p.alive[w] = true
	}
	return w, err
}

// forget empties a slot whose worker has ended.
func (p *Pool) forget(s *slot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.worker.hangUp()
	delete(p.alive, s.worker)
	s.worker = nil
}

// Close stops the pool and waits for the workers and the rest of their output.
// It cancels running Maps, as if their contexts were done: items that have not
// started are skipped, and a worker whose task does not return within two
// seconds is killed. So Close always returns. Close of package pool and of
// package cluster wait for running Maps instead. Call Get on the results of
// MapAsync before Close.
//
// Close returns an error if an idle worker had died, or did not exit and was
// killed. It is no error that a worker was killed because of a running task.
// Later calls do nothing and return the same error. A Map after Close panics.
func (p *Pool) Close() error {
	if p == nil || p.close == nil {
		return nil // nothing was started
	}
	p.mu.Lock()
	p.stop()
	p.mu.Unlock()
	return p.close()
}

// stop ends all calls, and lets no new one start. p.mu must be locked.
func (p *Pool) stop() {
	p.closed = true
	for c := range p.calls {
		c.stop(errClosed)
	}
}

// Terminate kills all workers with SIGKILL, busy or not. Then it does what Close
// does: it waits until running Maps have returned, with an error, and the
// workers have exited. A later Close does nothing and returns nil. It mirrors
// Python's Pool.terminate.
func (p *Pool) Terminate() {
	if p == nil || p.close == nil {
		return
	}
	p.mu.Lock()
	p.stop()
	p.terminated = true
	for w := range p.alive {
		w.cmd.Process.Kill()
	}
	p.mu.Unlock()
	p.close()
}

func (p *Pool) shutDown() error {
	p.running.Wait()
	var workers []*worker
	for _, s := range p.slots.unused { // no Map is running
		if s.worker != nil {
			workers = append(workers, s.worker)
			s.worker.requests.Close() // all first, so that they exit in parallel
		}
	}
	var errs []error
	for _, w := range workers {
		errs = append(errs, w.end())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminated {
		return nil
	}
	return errors.Join(errs...)
}

// mustBeMade panics if p was not made by NewPool.
func (p *Pool) mustBeMade(operation string) {
	if p == nil || p.workers == 0 {
		misuse("%s: the pool must not be nil or zero; make it with NewPool", operation)
	}
}

// begin registers a new call, for which Close waits. It panics if the pool is
// closed.
func (p *Pool) begin(c *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.cancel(nil)
		misuse("%s: the pool is closed; call %s before Close, or make a new pool", c.operation, c.operation)
	}
	p.calls[c] = true
	p.running.Add(1)
}

func (p *Pool) end(c *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.calls, c)
	p.running.Done()
}

// replace starts a new worker in a slot that is empty or whose worker has died.
func (p *Pool) replace(ctx context.Context, s *slot) (_ *worker, err error) {
	if s.worker != nil {
		p.forget(s)
	}
	if s.worker, err = p.newWorker(s.number); err == nil {
		if err = s.worker.awaitReady(ctx); err == nil {
			return s.worker, nil
		}
		p.forget(s)
	}
	return nil, fmt.Errorf("starting a new worker %d: %w", s.number, err)
}
