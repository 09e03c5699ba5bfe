package process

import (
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
	running *running
	result  []R // one
}

// New makes a Process, and does not start it yet. It panics if the task was
// not made by Register.
func New[T, R any](task *Task[T, R], argument T) *Process[R] {
	t := task.registered("New")
	result := make([]R, 1)
	return &Process[R]{t.once(portable.Of([]T{argument}), portable.Of(result)), result}
}

// Start starts the process and returns before it is ready; processes that
// are started one after the other get ready side by side. What it writes
// comes out of this program's stdout and stderr, with its name before each
// line: "process 1" is the first that was started.
//
// If this program ends first, however it does, the process ends at once. The
// error says why the process could not be started; Join gives it, too. Start
// panics if it is called twice, and during package initialization.
func (p *Process[R]) Start() error { return p.mustBeNew("Start").begin() }

// Join waits until the process has ended, and returns the task's result. The
// error is a *PanicError if the task panicked, a *CrashError if the process
// died before it had a result, and tells so if a value could not be encoded:
// nothing is run again. Join may be called again and returns the same. It
// panics before Start.
func (p *Process[R]) Join() (R, error) {
	err := p.mustBeNew("Join").wait()
	return p.result[0], err
}

// Alive reports whether the process has been started and has not ended.
func (p *Process[R]) Alive() bool { return p.mustBeNew("Alive").current() != nil }

// Terminate asks the process to end at once, with SIGTERM. It returns before
// it has ended: Join does that, with a *CrashError. To one that is not alive
// it does nothing.
func (p *Process[R]) Terminate() { p.mustBeNew("Terminate").terminate() }

// ExitCode is the process's exit status, and -15 if signal 15 ended it, as
// in Python; ended is false while there is none. Unlike in Python a task that
// panicked leaves 0, for its process ends in good order: ask Join.
func (p *Process[R]) ExitCode() (code int, ended bool) { return p.mustBeNew("ExitCode").exitCode() }

// PID is the process's id, or 0 before Start.
func (p *Process[R]) PID() int { return p.mustBeNew("PID").pid() }

func (p *Process[R]) mustBeNew(operation string) *running {
	if p == nil || p.running == nil {
		misuse("%s: the process must not be nil or zero; make it with New", operation)
	}
	return p.running
}
