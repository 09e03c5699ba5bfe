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

// Process is one task with its argument, run once in a process of its own.
// Make it with New. It mirrors Python's mp.Process (slide 8):
//
//	p := process.New(nth, 20000)
//	p.Start()
//	prime, err := p.Join()
//
// In Python join gives no result, which is why the deck's task puts it into
// a Queue; here it does. Start and Join cost 4 ms together
// (BenchmarkProcess). All methods but Start may be called from many
// goroutines at once.
type Process[R any] struct {
	task string
	work func(w *worker) (R, error)

	mu       sync.Mutex
	started  bool
	worker   *worker       // nil before Start, and if it could not be started
	lifeline [2]*os.File   // read by the worker; closed at the end
	done     chan struct{} // closed when the process has ended and the result is there
	result   R             // may be read after done
	err      error         // may be read after done
}

// processes counts those that were started, for their names.
var processes atomic.Int64

// New makes a Process, and does not start it yet. It panics if the task was
// not made by Register.
func New[T, R any](task *Task[T, R], argument T) *Process[R] {
	t := task.registered("New")
	return &Process[R]{
		task: t.Name,
		done: make(chan struct{}),
		work: func(w *worker) (R, error) {
			result := make([]R, 1)
			err := t.call(w, portable.Of([]T{argument}), portable.Of(result), 0)
			return result[0], err
		},
	}
}

// Start starts the process and returns before it is ready; processes that
// are started one after the other get ready side by side. What it writes
// comes out of this program's stdout and stderr, with its name before each
// line: "process 1" is the first that was started.
//
// If this program ends first, however it does, the process ends at once. The
// error says why the process could not be started; Join gives it, too. Start
// panics if it is called twice, and during package initialization.
func (p *Process[R]) Start() error {
	p.mustBeNew("Start")
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
	go p.run() // Join waits for it
	return nil
}

func (p *Process[R]) start() (err error) {
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
func (p *Process[R]) run() {
	defer close(p.done)
	defer p.closeLifeline()
	if err := p.worker.awaitReady(); err != nil {
		p.err = p.worker.crash(p.task, 0, 1, io.EOF)
		return
	}
	p.result, p.err = p.work(p.worker)
	p.worker.end(patience) // however it ends, the result stands; ExitCode tells
}

func (p *Process[R]) closeLifeline() {
	for _, f := range p.lifeline {
		f.Close() // a nil file refuses
	}
}

// Join waits until the process has ended, and returns the task's result. The
// error is a *PanicError if the task panicked, a *CrashError if the process
// died before it had a result, and tells so if a value could not be encoded:
// nothing is run again. Join may be called again and returns the same. It
// panics before Start.
func (p *Process[R]) Join() (R, error) {
	p.mustBeNew("Join")
	if !p.hasStarted() {
		misuse("Join: the process has not been started; call Start first")
	}
	<-p.done
	return p.result, p.err
}

// Alive reports whether the process has been started and has not ended.
func (p *Process[R]) Alive() bool {
	p.mustBeNew("Alive")
	return p.running() != nil
}

// Terminate asks the process to end at once, with SIGTERM. It returns before
// it has ended: Join does that, with a *CrashError. To one that is not alive
// it does nothing.
func (p *Process[R]) Terminate() {
	p.mustBeNew("Terminate")
	if w := p.running(); w != nil {
		w.cmd.Process.Signal(syscall.SIGTERM)
	}
}

// ExitCode is the process's exit status, and -15 if signal 15 ended it, as
// in Python; ended is false while there is none. Unlike in Python a task that
// panicked leaves 0, for its process ends in good order: ask Join.
func (p *Process[R]) ExitCode() (code int, ended bool) {
	p.mustBeNew("ExitCode")
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.worker == nil || !p.worker.hasExited() {
		return 0, false
	}
	return exitCode(p.worker.cmd.ProcessState), true
}

// PID is the process's id, or 0 before Start.
func (p *Process[R]) PID() int {
	p.mustBeNew("PID")
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.worker == nil {
		return 0
	}
	return p.worker.pid()
}

func (p *Process[R]) mustBeNew(operation string) {
	if p == nil || p.work == nil {
		misuse("%s: the process must not be nil or zero; make it with New", operation)
	}
}

func (p *Process[R]) hasStarted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.started
}

// running is the worker, if there is one that has not ended.
func (p *Process[R]) running() *worker {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.worker == nil || p.worker.hasExited() {
		return nil
	}
	return p.worker
}
