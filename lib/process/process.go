package process

import (
	"context"

	"multiprocessing/lib/internal/portable"
)

// Process runs one task with its argument once, in its own process. Make it
// with New. It mirrors Python's mp.Process (slide 8):
//
//	p := process.New(nth, 20000)
//	p.Start(ctx)
//	prime, err := p.Join(ctx)
//
// Join returns the result. Python's join does not, so the deck's task puts it
// into a Queue. Start and Join cost 4 ms together (BenchmarkProcess). All
// methods except Start may be called from many goroutines at once.
type Process[R any] struct {
	running *running
	result  []R // of length 1
}

// New returns a Process that is not yet started. It panics if the task was not
// made by Register or RegisterErr.
func New[T, R any](task *Task[T, R], argument T) *Process[R] {
	t := task.registered("New")
	result := make([]R, 1)
	return &Process[R]{t.once(portable.Of([]T{argument}), portable.Of(result)), result}
}

// Start starts the process and returns before it is ready, so that several
// processes can initialize in parallel. This program copies the process's
// output to its own stdout and stderr, with the process's name before each
// line: "process 1" is the first that was started.
//
// When ctx is done, the task is canceled; if it does not return within the next
// two seconds, the process is killed. If this program ends
// first, in whatever way, the process exits at once. The error says why the
// process could not be started; Join returns it, too. Start panics if it is
// called twice, during package initialization, and if ctx is nil.
func (p *Process[R]) Start(ctx context.Context) error {
	r := p.mustBeNew("Start")
	mustHave(ctx, "Start")
	return r.begin(ctx)
}

// Join waits until the process has ended, and returns the task's result or
// error, as Map does: a *PanicError if the task panicked, a *CrashError if the
// process died before it had a result. If ctx is done first, the error wraps
// context.Cause(ctx); the process continues, and Join may be called again. It
// panics before Start, and if ctx is nil.
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

// Terminate sends SIGTERM to the process, and does not wait until it has ended.
// It does nothing before Start and after the process has ended. If the task had
// no result yet, Join returns a *CrashError.
func (p *Process[R]) Terminate() { p.mustBeNew("Terminate").signal(terminate) }

// Kill sends SIGKILL to the process. Otherwise it is like Terminate.
func (p *Process[R]) Kill() { p.mustBeNew("Kill").signal(kill) }

// ExitCode returns the process's exit status, or -n if signal n killed it: -9
// after Kill, -15 after Terminate, as in Python. ended is false if the process
// has not ended. Unlike in Python, the
// status is 0 if the task panicked, because the process exits normally: Join
// returns the panic.
func (p *Process[R]) ExitCode() (code int, ended bool) { return p.mustBeNew("ExitCode").exitCode() }

// PID returns the process's id, or 0 before Start.
func (p *Process[R]) PID() int { return p.mustBeNew("PID").pid() }

func (p *Process[R]) mustBeNew(operation string) *running {
	if p == nil || p.running == nil {
		misuse("%s: the process must not be nil or zero; make it with New", operation)
	}
	return p.running
}
