package process

import "fmt"

// itemNames names the items from to to-1.
func itemNames(from, to int) string {
	if to == from+1 {
		return fmt.Sprint("item ", from)
	}
	return fmt.Sprintf("items %d to %d", from, to-1)
}

// PanicError is the error of a task that panicked. The worker lives on.
type PanicError struct {
	Task   string // the task's name
	Item   int    // which of the items it was given
	Worker int    // the worker's number, from 1
	PID    int    // the worker's process id
	Value  string // the panic's value, as fmt prints it
	Stack  string // the task's stack in the worker, innermost function first
}

// Error says which task, item and worker it was, and gives the stack.
func (e *PanicError) Error() string {
	return fmt.Sprintf("process: task %q panicked on item %d in worker %d (pid %d): %s\n\nthe task's stack:\n%s",
		e.Task, e.Item, e.Worker, e.PID, e.Value, e.Stack)
}

// CrashError is the error of a worker that ended while it ran a task: the
// task called os.Exit, or the process was killed, ran out of memory, or
// crashed in another goroutine.
type CrashError struct {
	Task     string // the task's name
	From, To int    // it was given items From to To-1, and one of them was running; equal if the worker died before that
	Worker   int    // the worker's number, from 1
	PID      int    // the worker's process id
	Again    bool   // they had been given to another worker before, which died as well
	Status   string // how it ended: "exit status 3", "signal: killed"
	Stderr   string // the end of what it wrote to stderr, at most 128 KiB
}

// Error says which worker ended how, and what it wrote last.
func (e *CrashError) Error() string {
	s := fmt.Sprintf("process: worker %d (pid %d) died (%s) ", e.Worker, e.PID, e.Status)
	if e.From == e.To {
		s += fmt.Sprintf("before it ran task %q", e.Task)
	} else {
		s += fmt.Sprintf("while it ran task %q on %s", e.Task, itemNames(e.From, e.To))
	}
	if e.Again {
		s += ", as another had before it"
	}
	return s + endOf(e.Stderr)
}

// endOf describes the end of what a worker wrote to stderr.
func endOf(stderr string) string {
	if stderr == "" {
		return "; it wrote nothing to stderr"
	}
	return "; the end of its stderr:\n" + excerpt(stderr)
}
