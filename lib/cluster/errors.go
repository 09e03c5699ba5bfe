package cluster

import (
	"fmt"
	"slices"
	"strings"

	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/caught"
)

// PanicError is the error of a task that panicked. Its worker continues.
type PanicError struct {
	Task   string // the task's name
	Item   int    // index of the item in the Map
	Worker string // the worker's name
	Value  string // the panic's value, as fmt prints it
	Stack  string // the task's stack in the worker, innermost function first

	err error // the panic's value, if it is an error
}

// Error returns a text with the task, the worker and the stack.
func (e *PanicError) Error() string {
	return fmt.Sprintf("task %q panicked in worker %s: %s\n\nthe task's stack:\n%s", e.Task, e.Worker, e.Value, e.Stack)
}

// Unwrap returns the panic's value if it is an error, otherwise nil.
func (e *PanicError) Unwrap() error { return e.err }

func failedItem(item int, err error) error { return fmt.Errorf("cluster: Map: item %d: %w", item, err) }

// RefusedError is the error of a worker that does not have the task, or has
// other code for it.
type RefusedError struct {
	Task   string // the task's name
	Worker string // the worker's name
	Why    string // what the worker has, and what was asked for
}

// Error returns a text with the worker, the task, and what to do.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("worker %s refuses task %q: %s; start it from the checkout of this program, and register its task there",
		e.Worker, e.Task, e.Why)
}

// LostError is the error of a Map in which some chunks have no result after
// their maximum number of attempts: each attempt reached ChunkTimeout, or its
// worker died, perhaps because of the chunk. All other results are there.
type LostError struct {
	Task   string // the task's name
	Chunks []LostChunk
}

// LostChunk is a chunk without a result.
type LostChunk struct {
	From, To int    // items From to To-1
	Inputs   string // these items, as fmt prints them, cut short
	Attempts int    // how many workers have begun it
}

// Error names the chunks with their inputs.
func (e *LostError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "cluster: task %q has no result for items whose workers died or took too long:", e.Task)
	for i, c := range e.Chunks {
		if i == 10 {
			fmt.Fprintf(&b, "\n  and %d chunks more", len(e.Chunks)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %v after %d attempts: %s", wire.Range{From: c.From, To: c.To}, c.Attempts, c.Inputs)
	}
	return b.String()
}

func (e *LostError) sorted() *LostError {
	slices.SortFunc(e.Chunks, func(a, b LostChunk) int { return a.From - b.From })
	return e
}

// shownInputs is how many bytes of the inputs of a chunk an error shows.
const shownInputs = 300

// show prints the items of a range until there are shownInputs bytes.
func show(r wire.Range, item func(i int) any) string {
	var b strings.Builder
	for i := r.From; i < r.To; i++ {
		if i > r.From {
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
