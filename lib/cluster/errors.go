package cluster

import (
	"fmt"
	"strings"

	"multiprocessing/lib/internal/caught"
)

// PanicError is the error of a task that panicked. The worker lives on.
type PanicError struct {
	Task   string // the task's name
	Item   int    // which of the items it was given
	Worker string // the worker's name
	Value  string // the panic's value, as fmt prints it
	Stack  string // the task's stack in the worker, innermost function first
}

// Error says which task, item and worker it was, and gives the stack.
func (e *PanicError) Error() string {
	return fmt.Sprintf("cluster: task %q panicked on item %d in worker %s: %s\n\nthe task's stack:\n%s",
		e.Task, e.Item, e.Worker, e.Value, e.Stack)
}

// RefusedError is the error of a job that a worker refuses, because it does
// not have the task, or has other code for it. No chunk of it runs there.
type RefusedError struct {
	Task   string // the task's name
	Worker string // the worker's name
	Why    string // names what is there and what was asked for
}

// Error says which worker refuses what, and what to do.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("cluster: worker %s refuses task %q: %s; start it from the checkout of this program, and register its task there",
		e.Worker, e.Task, e.Why)
}

// LostError is the error of a Map of which some chunks were given up: as many
// workers as may try each have begun it, and none has ended it. They died,
// perhaps of it. All other results are there.
type LostError struct {
	Task   string // the task's name
	Chunks []LostChunk
}

// LostChunk is a chunk that was given up.
type LostChunk struct {
	From, To int    // items From to To-1
	Inputs   string // these items, as fmt prints them, cut short
	Tries    int    // how many workers have begun it
}

// Error names the chunks with their inputs.
func (e *LostError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "cluster: task %q has no result for what killed its workers, or took them too long:", e.Task)
	for i, c := range e.Chunks {
		if i == 10 {
			fmt.Fprintf(&b, "\n  and %d chunks more", len(e.Chunks)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %s, begun by %d workers: %s", itemNames(c.From, c.To), c.Tries, c.Inputs)
	}
	return b.String()
}

// itemNames names the items from to to-1.
func itemNames(from, to int) string {
	if to == from+1 {
		return fmt.Sprint("item ", from)
	}
	return fmt.Sprintf("items %d to %d", from, to-1)
}

// shownInputs is how much of the inputs of a chunk an error shows.
const shownInputs = 300

// show prints the items from one index to another until there is enough of it.
func show(from, to int, item func(i int) any) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		if i > from {
			b.WriteString(", ")
		}
		if b.Len() > shownInputs {
			b.WriteString("…")
			break
		}
		text := caught.Text("%+v", item(i))
		if len(text) > shownInputs {
			text = strings.ToValidUTF8(text[:shownInputs], "") + "…"
		}
		b.WriteString(text)
	}
	return b.String()
}

// list names tasks.
func list(names []string) string {
	if len(names) == 0 {
		return "it has none"
	}
	return fmt.Sprintf("it has %q", names)
}
