package process

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"multiprocessing/lib/internal/portable"
)

// running is the untyped part of a Process.
type running struct {
	task string
	work func(w *worker) error

	mu       sync.Mutex
	started  bool
	worker   *worker       // nil before Start, and if it could not be started
	lifeline [2]*os.File   // a pipe: the worker exits when its write end closes
	done     chan struct{} // closed when the process has ended and the result is there
	err      error         // may be read after done
}

// processes numbers the processes that were started, for their names.
var processes atomic.Int64

func (t *task) once(argument, result portable.Values) *running {
	return &running{task: t.Name, done: make(chan struct{}), work: func(w *worker) error {
		return t.call(w, argument, result, 0)
	}}
}

func (p *running) begin() error {
	mayStart("Start")
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.started {
		misuse("Start: the process has been started before; make another with New")
	}
	p.started = true
	if err := p.start(); err != nil {
		p.err = fmt.Errorf("process: Start: task %q: %w", p.task, err)
		p.closeLifeline()
		close(p.done)
		return p.err
	}
	go p.run() // wait waits for it
	return nil
}

func (p *running) start() (err error) {
	if err = supported(); err != nil {
		return err
	}
	if p.lifeline[0], p.lifeline[1], err = os.Pipe(); err != nil {
		return err
	}
	n := int(processes.Add(1))
	p.worker, err = startWorker(n, fmt.Sprint("process ", n), p.lifeline[0], &sharedStdout, &sharedStderr)
	return err
}

// run sends the task to the worker, then stops the worker.
func (p *running) run() {
	defer close(p.done)
	defer p.closeLifeline()
	if err := p.worker.receiveReady(); err != nil {
		p.err = p.worker.crash(p.task, 0, 0, err)
		return
	}
	p.err = p.work(p.worker)
	p.worker.end(patience) // the exit status does not change the result: see ExitCode
}

func (p *running) closeLifeline() {
	for _, f := range p.lifeline {
		f.Close() // Close of a nil *os.File only returns an error
	}
}

// wait waits until the process has ended, and returns the task's error.
func (p *running) wait() error {
	if !p.hasStarted() {
		misuse("Join: the process has not been started; call Start first")
	}
	<-p.done
	return p.err
}

func (p *running) hasStarted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.started
}

// current is the worker, if there is one that has not ended.
func (p *running) current() *worker {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.worker == nil || p.worker.hasExited() {
		return nil
	}
	return p.worker
}

func (p *running) terminate() {
	if w := p.current(); w != nil {
		w.cmd.Process.Signal(syscall.SIGTERM)
	}
}

func (p *running) exitCode() (code int, ended bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.worker == nil || !p.worker.hasExited() {
		return 0, false
	}
	return exitCode(p.worker.cmd.ProcessState), true
}

func (p *running) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.worker == nil {
		return 0
	}
	return p.worker.pid()
}
