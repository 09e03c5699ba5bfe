package process

import (
	"errors"
	"fmt"
)

// errClosed is the cause with which Close and Terminate cancel running Maps.
var errClosed = errors.New("the pool was closed")

// PanicError reports that a task panicked. Its worker can still be used.
type PanicError struct {
	Task   string // the task's name
	Item   int    // index of the item
	Worker int    // the worker's number, from 1
	PID    int    // the worker's process id
	Value  string // the panic's value, as fmt prints it
	Stack  string // the task's stack in the worker, innermost function first

	err error // the panic's value, if it is an error
}

// Error names the task and the worker, and gives the stack.
func (e *PanicError) Error() string {
	return fmt.Sprintf("task %q panicked in worker %d (pid %d): %s\n\nthe task's stack:\n%s", e.Task, e.Worker, e.PID, e.Value, e.Stack)
}

// Unwrap returns the panic's value if it is an error, otherwise nil.
func (e *PanicError) Unwrap() error { return e.err }

// CrashError reports that a worker died while it ran a task: the task called
// os.Exit, or the process was killed, ran out of memory, or crashed in another
// goroutine. It mirrors Python's BrokenProcessPool.
type CrashError struct {
	Task     string // the task's name
	Item     int    // index of the item that the worker was running, or was about to run
	Worker   int    // the worker's number, from 1
	PID      int    // the worker's process id
	Attempts int    // how many workers died while they ran the item; 0 if the process died before its task started
	Status   string // how the worker ended: "exit status 3", "signal: killed"
	Stderr   string // the end of what it wrote to stderr, at most 128 KiB
}

// Error says how the worker ended, and quotes the end of its stderr.
func (e *CrashError) Error() string {
	during := "while it ran"
	switch {
	case e.Attempts == 0:
		during = "before it could run"
	case e.Attempts > 1:
		during = fmt.Sprintf("in attempt %d to run", e.Attempts)
	}
	return fmt.Sprintf("worker %d (pid %d) died (%s) %s task %q%s", e.Worker, e.PID, e.Status, during, e.Task, endOf(e.Stderr))
}

// endOf describes the end of what a worker wrote to stderr.
func endOf(stderr string) string {
	if stderr == "" {
		return "; it wrote nothing to stderr"
	}
	return "; the end of its stderr:\n" + excerpt(stderr)
}
