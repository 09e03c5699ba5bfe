// Package registered knows, by name, the tasks that package process has
// registered, without their types: what a worker needs that gets its work as
// bytes from another program. There is one registry, that of package
// process; package cluster reads it here.
package registered

import (
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"multiprocessing/lib/internal/caught"
	"multiprocessing/lib/internal/portable"
)

// Task is a registered task.
type Task struct {
	Name     string
	Function string // its full Go name: "multiprocessing/lib/primes.Nth"
	Types    string // "int to int"

	// Run decodes count arguments from payload, runs the task on each, and
	// encodes the results.
	Run func(payload []byte, count int) ([]byte, *Failure)
}

// Kind says why a task has no results.
type Kind string

// The kinds of Failure.
const (
	BadInput Kind = "bad input" // the arguments could not be decoded
	Panicked Kind = "panicked"  // the task panicked on one of them
	NoResult Kind = "no result" // the results cannot be encoded
)

// Failure is why a task has no results.
type Failure struct {
	Kind  Kind
	At    int    // Panicked: on which of the arguments
	Text  string // the panic's value, or the error
	Stack string // Panicked: the task's stack
}

// tasks is written during package initialization, which is one goroutine,
// and only read afterwards.
var tasks = map[string]Task{}

// Own begins the names of tasks that a package of this library registers for
// itself: programs for its own processes. Nobody may ask for them by name.
const Own = "multiprocessing: "

// Add adds f under a name that no other task has. One that begins with Own is
// not added.
func Add[T, R any](name string, f func(T) R) {
	if strings.HasPrefix(name, Own) {
		return
	}
	tasks[name] = Task{
		Name:     name,
		Function: runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name(),
		Types:    fmt.Sprintf("%v to %v", reflect.TypeFor[T](), reflect.TypeFor[R]()),
		Run:      runner(f),
	}
}

// Lookup finds a task by its name.
func Lookup(name string) (t Task, ok bool) {
	t, ok = tasks[name]
	return t, ok
}

// Names are the names of all tasks, sorted.
func Names() []string { return slices.Sorted(maps.Keys(tasks)) }

// runner is Run of a Task. Registration has checked that both types can be
// encoded.
func runner[T, R any](f func(T) R) func([]byte, int) ([]byte, *Failure) {
	arguments, _ := portable.CodecOf[T]()
	results, _ := portable.CodecOf[R]()
	return func(payload []byte, count int) ([]byte, *Failure) {
		if count < 0 || len(payload) < arguments.AtLeast(count) {
			return nil, &Failure{Kind: BadInput, Text: fmt.Sprintf("%d bytes are too few for %d values", len(payload), count)}
		}
		items, err := makeRoom[T](count)
		if err == nil {
			err = arguments.Decode(payload, items)
		}
		if err != nil {
			return nil, &Failure{Kind: BadInput, Text: err.Error()}
		}
		out, failure := run(items, f)
		if failure != nil {
			return nil, failure
		}
		encoded, err := results.Encode(out)
		if err != nil {
			return nil, &Failure{Kind: NoResult, Text: err.Error()}
		}
		return encoded, nil
	}
}

// makeRoom returns n zero values, or an error if a message claims more than
// memory can hold.
func makeRoom[T any](n int) (values []T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("there is no room for %d values: %v", n, p)
		}
	}()
	return make([]T, n), nil
}

// run runs f on items, in its own goroutine, which f may end
// (runtime.Goexit).
func run[T, R any](items []T, f func(T) R) ([]R, *Failure) {
	out := make([]R, len(items))
	at := 0
	var panics caught.First
	done := make(chan struct{})
	go func() {
		defer close(done)
		panics.Run(func() {
			for at = range items {
				out[at] = f(items[at])
			}
		})
	}()
	<-done
	if p := panics.Panic(); p != nil {
		return nil, &Failure{Kind: Panicked, At: at, Text: caught.Text("%v", p.Value), Stack: p.Stack}
	}
	return out, nil
}
