package process

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// Pool is a fixed number of worker processes that wait for tasks. Make one
// with NewPool. All methods, and Map, may be called from many goroutines at
// once.
type Pool struct {
	seats    *seats
	workers  int
	lifeline [2]*os.File // read by workers; closed at the end
	stdout   *sharedWriter
	stderr   *sharedWriter
	patience time.Duration // with a worker that shall end

	maps   sync.WaitGroup // Maps that have begun and not returned
	mu     sync.Mutex
	closed bool // guarded by mu; no new Map may begin
	close  func() error
}

// NewPool starts workers processes and returns when all are ready. Close
// ends them; if this process ends without Close, even by SIGKILL, they end
// by themselves. It mirrors Python's mp.Pool(processes=workers).
//
// The error says why a worker could not be started. NewPool panics if
// workers is below 1, if no task is registered, and during package
// initialization, when tasks may still be missing.
func NewPool(workers int) (*Pool, error) {
	if workers < 1 {
		misuse("NewPool: workers must be at least 1, got %d", workers)
	}
	mayStart("NewPool")
	if err := supported(); err != nil {
		return nil, fmt.Errorf("process: NewPool: %w", err)
	}
	p := &Pool{
		seats:    newSeats(workers),
		workers:  workers,
		stdout:   &sharedWriter{w: os.Stdout},
		stderr:   &sharedWriter{w: os.Stderr},
		patience: patience,
	}
	p.close = sync.OnceValue(p.shutDown)
	if err := p.start(); err != nil {
		p.Close()
		return nil, fmt.Errorf("process: NewPool: %w", err)
	}
	return p, nil
}

// mayStart panics where starting a process would be misuse.
func mayStart(operation string) {
	if initializing() {
		misuse("%s: called during package initialization; call it from main or a test", operation)
	}
	if self.isWorker && !self.serving.Load() { // main runs: it must not start processes in turn
		self.mustHaveTasks()
		giveUp("main does not call process.Serve before %s, as it did in the program that started it", operation)
	}
	if len(registry) == 0 {
		misuse("%s: no task is registered; add a package-level var task = process.Register(name, f)", operation)
	}
}

// start starts all workers, then waits for all: they get ready side by side.
func (p *Pool) start() (err error) {
	if p.lifeline[0], p.lifeline[1], err = os.Pipe(); err != nil {
		return err
	}
	var seats []*seat
	for n := range p.workers {
		s := &seat{number: n + 1}
		seats = append(seats, s)
		if s.worker, err = startWorker(s.number, workerName(s.number), p.lifeline[0], p.stdout, p.stderr); err != nil {
			break
		}
	}
	for _, s := range seats {
		if s.worker == nil {
			continue
		}
		if notReady := s.worker.awaitReady(); notReady != nil {
			s.worker = nil
			err = errors.Join(err, notReady)
		}
	}
	for _, s := range slices.Backward(seats) { // so that worker 1 is taken first
		p.seats.put(s)
	}
	return err
}

// Close waits for the Maps that are running, then ends the workers, waits
// for them and for the last of their output. Closing again is harmless and
// returns the same. A Map after Close panics. The error names workers that
// had to be killed or had died unseen.
func (p *Pool) Close() error {
	if p == nil || p.close == nil {
		return nil // nothing was started
	}
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	return p.close()
}

func (p *Pool) shutDown() error {
	p.maps.Wait()
	var workers []*worker
	for _, s := range p.seats.stack { // no Map is running
		if s.worker != nil {
			workers = append(workers, s.worker)
			s.worker.requests.Close() // so that they end side by side
		}
	}
	var errs []error
	for _, w := range workers {
		errs = append(errs, w.end(p.patience))
	}
	for _, f := range p.lifeline {
		f.Close() // a nil file refuses
	}
	return errors.Join(errs...)
}

// begin counts a new Map in, before the pool may be closed under it.
func (p *Pool) begin(operation string) {
	if p == nil || p.workers == 0 {
		misuse("%s: the pool must not be nil or zero; make it with NewPool", operation)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		misuse("%s: the pool is closed; call %s before Close, or make a new pool", operation, operation)
	}
	p.maps.Add(1)
}

// seated returns the seat's worker, starting another if the last one died.
func (p *Pool) seated(s *seat) (*worker, error) {
	if s.worker != nil && !s.worker.hasExited() {
		return s.worker, nil
	}
	if s.worker != nil {
		s.worker.hangUp()
	}
	var err error
	s.worker, err = startWorker(s.number, workerName(s.number), p.lifeline[0], p.stdout, p.stderr)
	if err == nil {
		err = s.worker.awaitReady()
	}
	if err != nil {
		s.worker = nil
		return nil, fmt.Errorf("process: starting a new worker %d: %w", s.number, err)
	}
	return s.worker, nil
}
