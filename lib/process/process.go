package process

import (
	"context"

	"multiprocessing/lib/internal/portable"
)

// Process is one task with its argument, run once in a process of its own.
// Make it with New. It mirrors Python's mp.Process (slide 8):
//
//	p := process.New(nth, 20000)
//	p.Start(ctx)
//	prime, err := p.Join(ctx)
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
// not made by Register or RegisterErr.
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
// When ctx ends, so does the context of the task; if the task has not ended
// within two seconds then, the process is killed. If this program ends first,
// however it does, the process ends at once. The error says why the process
// could not be started; Join returns it, too. Start panics if it is called
// twice, during package initialization, and if ctx is nil.
func (p *Process[R]) Start(ctx context.Context) error {
	r := p.mustBeNew("Start")
	mustHave(ctx, "Start")
	return r.begin(ctx)
}

// Join waits until the process has ended, and returns the task's result or
// error, as Map does: a *PanicError if the task panicked, a *CrashError if the
// process died before it had a result. If ctx ends first, the error says so; the
// process goes on, and Join may be called again. It panics before Start, and if
// ctx is nil.
func (p *Process[R]) Join(ctx context.Context) (result R, err error) {
	r := p.mustBeNew("Join")
	mustHave(ctx, "Join")
	if err = r.wait(ctx); err != nil {
		return result, err
	}
	return p.result[0], nil
}

// Alive reports whether the process has been started and has not ended.
func (p *Process[R]) Alive() bool { return p.mustBeNew("Alive").current() != nil }

// Terminate asks the process to end, with SIGTERM. It returns before the
// process has ended: Join waits for that, and returns a *CrashError. If the
// process is not alive, Terminate does nothing.
func (p *Process[R]) Terminate() { p.mustBeNew("Terminate").signal(terminate) }

// Kill ends the process at once, with SIGKILL. Otherwise it is like Terminate.
func (p *Process[R]) Kill() { p.mustBeNew("Kill").signal(kill) }

// ExitCode is the process's exit status, and -15 if signal 15 ended it, as
// in Python; ended is false while there is none. Unlike in Python a task that
// panicked leaves 0, because its process ends in good order: ask Join.
func (p *Process[R]) ExitCode() (code int, ended bool) { return p.mustBeNew("ExitCode").exitCode() }

// PID is the process's id, or 0 before Start.
func (p *Process[R]) PID() int { return p.mustBeNew("PID").pid() }

func (p *Process[R]) mustBeNew(operation string) *running {
	if p == nil || p.running == nil {
		misuse("%s: the process must not be nil or zero; make it with New", operation)
	}
	return p.running
}
