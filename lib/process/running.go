package process

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"multiprocessing/lib/internal/portable"
)

// running is a Process without its type.
type running struct {
	task string
	work func(w *worker) error

	mu       sync.Mutex
	started  bool
	worker   *worker       // nil before Start, and if it could not be started
	lifeline [2]*os.File   // read by the worker; closed at the end
	done     chan struct{} // closed when the process has ended and the result is there
	err      error         // may be read after done
}

// processes counts those that were started, for their names.
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

// run has the process do its one task, and ends it.
func (p *running) run() {
	defer close(p.done)
	defer p.closeLifeline()
	if err := p.worker.awaitReady(); err != nil {
		p.err = p.worker.crash(p.task, 0, 1, io.EOF)
		return
	}
	p.err = p.work(p.worker)
	p.worker.end(patience) // however it ends, the result stands; ExitCode tells
}

func (p *running) closeLifeline() {
	for _, f := range p.lifeline {
		f.Close() // a nil file refuses
	}
}

// wait waits until the process has ended. Its result is there then.
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
