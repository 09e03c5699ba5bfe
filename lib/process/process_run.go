package process

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"multiprocessing/lib/internal/failure"
	"multiprocessing/lib/internal/portable"
)

// running is the untyped part of a Process.
type running struct {
	task              *task
	argument, results portable.Values

	mu      sync.Mutex
	started bool
	worker  *worker       // nil before Start, and if it could not be started
	done    chan struct{} // closed when the process has ended and the result is set
	err     error         // may be read once done is closed
}

const (
	terminate = syscall.SIGTERM
	kill      = syscall.SIGKILL
)

// processes counts the started processes, for their names.
var processes atomic.Int64

func (t *task) once(argument, results portable.Values) *running {
	return &running{task: t, argument: argument, results: results, done: make(chan struct{})}
}

func (p *running) begin(ctx context.Context) error {
	mayStart("Start")
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.started {
		misuse("Start: the process has been started before; make another with New")
	}
	p.started = true
	if err := p.start(); err != nil {
		p.err = fmt.Errorf("process: Start: task %q: %w", p.task.Name, err)
		close(p.done)
		return p.err
	}
	go p.run(ctx) // wait waits for it
	return nil
}

func (p *running) start() (err error) {
	if err = supported(); err != nil {
		return err
	}
	n := int(processes.Add(1))
	p.worker, err = startWorker(n, fmt.Sprint("process ", n), &sharedStdout, &sharedStderr)
	return err
}

// run sends the task to the worker, then stops the worker.
func (p *running) run(ctx context.Context) {
	defer close(p.done)
	if err := p.ask(ctx); err != nil {
		p.err = fmt.Errorf("process: Join: %w", err)
	}
	p.worker.end() // the exit status does not change the result: see ExitCode
}

func (p *running) ask(ctx context.Context) error {
	w := p.worker
	stopped := func() error { return fmt.Errorf("task %q was stopped: %w", p.task.Name, context.Cause(ctx)) }
	stop := context.AfterFunc(ctx, func() { w.cmd.Process.Kill() })
	err := w.receiveReady()
	if !stop() {
		return stopped()
	}
	if err != nil {
		crash := w.crash(p.task.Name, err)
		crash.Attempts = 0
		return crash
	}
	l := failure.Of(ctx)
	defer context.AfterFunc(ctx, l.Stop)()
	switch f := p.task.call(w, l, p.argument, p.results, 0); {
	case f == nil:
		return nil
	case f.err == nil || f.crash != nil && ctx.Err() != nil:
		return stopped()
	default:
		return f.err
	}
}

// wait waits until the process has ended, and returns the task's error.
func (p *running) wait(ctx context.Context) error {
	p.mu.Lock()
	started := p.started
	p.mu.Unlock()
	if !started {
		misuse("Join: the process has not been started; call Start first")
	}
	select {
	case <-p.done:
		return p.err
	default:
	}
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return fmt.Errorf("process: Join: the process has not ended: %w", context.Cause(ctx))
	}
}

// current returns the worker, or nil if it has not started or has ended.
func (p *running) current() *worker {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.worker == nil || p.worker.hasExited() {
		return nil
	}
	return p.worker
}

func (p *running) signal(s os.Signal) {
	if w := p.current(); w != nil {
		w.cmd.Process.Signal(s)
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
