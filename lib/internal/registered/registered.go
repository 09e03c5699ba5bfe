// Package registered is the registry of tasks by name. A worker uses it to run
// a task on encoded arguments. Package process fills it; package cluster reads
// it.
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

// Task is a registered task. It has no type parameters, so that the compiler
// generates little code for each registered function.
type Task struct {
	Name             string
	Function         string // its full Go name: "multiprocessing/lib/primes.Nth"
	Argument, Result *portable.Codec
	Types            string // "int to int"

	call call
}

// call sets results[i] = f(arguments[i]) for every i. at is the current index.
type call func(arguments, results portable.Values, at *int)

// New returns f as a task, and does not add it. The error says whether the
// argument or the result cannot be sent to another process, and why.
func New[T, R any](name string, f func(T) R) (*Task, error) {
	return newTask(name, f, (*T)(nil), (*R)(nil), func(arguments, results portable.Values, at *int) {
		out := portable.Slice[R](results)
		for i, item := range portable.Slice[T](arguments) {
			*at = i
			out[i] = f(item)
		}
	})
}

// newTask takes a nil *T and a nil *R, because reflect.TypeFor would add generic
// code.
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

// Kind classifies a Failure.
type Kind string

// The kinds of Failure.
const (
	BadInput Kind = "bad input" // the arguments could not be decoded
	Panicked Kind = "panicked"  // the task panicked on one of them
	NoResult Kind = "no result" // the results cannot be encoded
)

// Failure says why a task has no results.
type Failure struct {
	Kind  Kind
	At    int    // Panicked: index of the argument
	Text  string // the panic's value, or the error
	Stack string // Panicked: the task's stack
}

// tasks is written during package initialization, which is one goroutine,
// and only read afterwards.
var tasks = map[string]*Task{}

// Own is the prefix of the names of the library's internal tasks. Lookup does
// not find them.
const Own = "multiprocessing: "

// Add adds t to the registry, unless it is internal (see Own). The caller
// ensures that the name is unique.
func Add(t *Task) {
	if !strings.HasPrefix(t.Name, Own) {
		tasks[t.Name] = t
	}
}

// Lookup returns the task of that name.
func Lookup(name string) (t *Task, ok bool) {
	t, ok = tasks[name]
	return t, ok
}

// Names returns the sorted names of all tasks.
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

// makeRoom returns n zero values, or an error if memory cannot hold them.
func makeRoom(c *portable.Codec, n int) (values portable.Values, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("allocating %d values: %v", n, p)
		}
	}()
	return c.Make(n), nil
}

// RunHere runs the task on items in the calling goroutine, which the task may
// end with runtime.Goexit. RunHere calls reply with the results, or with the
// panic and the index of its item.
func (t *Task) RunHere(items portable.Values, reply func(results portable.Values, at int, p *caught.Panic)) {
	results, at := t.Result.Make(items.Len()), 0
	var panics caught.First
	defer func() { reply(results, at, panics.Panic()) }()
	panics.Run(func() { t.call(items, results, &at) })
}
