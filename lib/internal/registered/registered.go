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

// Task is a registered task: a function without its types, for what the
// compiler translates anew for every function that a program registers is to
// be little.
type Task struct {
	Name             string
	Function         string // its full Go name: "multiprocessing/lib/primes.Nth"
	Argument, Result *portable.Codec
	Types            string // "int to int"

	call call
}

// call puts f of each argument into the result of the same index. at is the
// index of the one that is being computed.
type call func(arguments, results portable.Values, at *int)

// New returns f as a task, without adding it. The error says which of the two,
// "argument" or "result", cannot be sent to another process, and why.
func New[T, R any](name string, f func(T) R) (*Task, error) {
	return newTask(name, f, (*T)(nil), (*R)(nil), func(arguments, results portable.Values, at *int) {
		out := portable.Slice[R](results)
		for i, item := range portable.Slice[T](arguments) {
			*at = i
			out[i] = f(item)
		}
	})
}

// newTask gets the two types as those of pointers: reflect.TypeFor is generic.
func newTask(name string, f, toArgument, toResult any, all call) (t *Task, err error) {
	argument, result := reflect.TypeOf(toArgument).Elem(), reflect.TypeOf(toResult).Elem()
	t = &Task{Name: name, Types: fmt.Sprintf("%v to %v", argument, result), call: all}
	if t.Argument, err = portable.CodecFor(argument); err != nil {
		return nil, fmt.Errorf("its argument cannot be sent to another process: %w", err)
	}
	if t.Result, err = portable.CodecFor(result); err != nil {
		return nil, fmt.Errorf("its result cannot be sent to another process: %w", err)
	}
	t.Function = runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
	return t, nil
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
var tasks = map[string]*Task{}

// Own begins the names of tasks that a package of this library registers for
// itself: programs for its own processes. Nobody may ask for them by name.
const Own = "multiprocessing: "

// Add makes t known by its name, which no other task has. One that begins with
// Own is not added.
func Add(t *Task) {
	if !strings.HasPrefix(t.Name, Own) {
		tasks[t.Name] = t
	}
}

// Lookup finds a task by its name.
func Lookup(name string) (t *Task, ok bool) {
	t, ok = tasks[name]
	return t, ok
}

// Names are the names of all tasks, sorted.
func Names() []string { return slices.Sorted(maps.Keys(tasks)) }

// Run decodes count arguments from payload, runs the task on each, and encodes
// the results.
func (t *Task) Run(payload []byte, count int) ([]byte, *Failure) {
	if count < 0 || len(payload) < t.Argument.AtLeast(count) {
		return nil, &Failure{Kind: BadInput, Text: fmt.Sprintf("%d bytes are too few for %d values", len(payload), count)}
	}
	items, err := makeRoom(t.Argument, count)
	if err == nil {
		err = t.Argument.Decode(payload, items)
	}
	if err != nil {
		return nil, &Failure{Kind: BadInput, Text: err.Error()}
	}
	var results portable.Values
	var failure *Failure
	done := make(chan struct{})
	go t.RunHere(items, func(all portable.Values, at int, p *caught.Panic) {
		defer close(done)
		if results = all; p != nil {
			failure = &Failure{Kind: Panicked, At: at, Text: caught.Text("%v", p.Value), Stack: p.Stack}
		}
	})
	<-done
	if failure != nil {
		return nil, failure
	}
	encoded, err := t.Result.Encode(results)
	if err != nil {
		return nil, &Failure{Kind: NoResult, Text: err.Error()}
	}
	return encoded, nil
}

// makeRoom returns n zero values, or an error if a message claims more than
// memory can hold.
func makeRoom(c *portable.Codec, n int) (values portable.Values, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("there is no room for %d values: %v", n, p)
		}
	}()
	return c.Make(n), nil
}

// RunHere runs the task on items in this goroutine, which the task may end
// (runtime.Goexit). It calls reply with the results, or with the panic and the
// index of its item.
func (t *Task) RunHere(items portable.Values, reply func(results portable.Values, at int, p *caught.Panic)) {
	results, at := t.Result.Make(items.Len()), 0
	var panics caught.First
	defer func() { reply(results, at, panics.Panic()) }()
	panics.Run(func() { t.call(items, results, &at) })
}
