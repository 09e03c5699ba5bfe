// Package registered is the registry of tasks by name. A worker uses it to run
// a task on encoded arguments. Package process fills it; package cluster reads
// it.
package registered

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"multiprocessing/lib/internal/caught"
	"multiprocessing/lib/internal/failure"
	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/remoteerror"
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

// call sets results[i] = f(arguments[i]) for every i, until a task fails or ctx
// ends. It stores the current index in at. It returns errStopped if ctx ended.
type call func(ctx context.Context, arguments, results portable.Values, at *int) error

var errStopped = errors.New("the context of the task ended")

// New returns f as a task; Add adds it to the registry. The error says whether
// the argument or the result cannot be sent to another process, and why.
func New[T, R any](name string, f func(T) R) (*Task, error) {
	return newTask(name, f, (*T)(nil), (*R)(nil), func(ctx context.Context, arguments, results portable.Values, at *int) error {
		out := portable.Slice[R](results)
		ended, stop := endOf(ctx, arguments.Len())
		defer stop()
		for i, item := range portable.Slice[T](arguments) {
			if ended.Load() {
				return errStopped
			}
			*at = i
			out[i] = f(item)
		}
		return nil
	})
}

// NewErr is New for a task that takes a context and may fail.
func NewErr[T, R any](name string, g func(context.Context, T) (R, error)) (*Task, error) {
	return newTask(name, g, (*T)(nil), (*R)(nil), func(ctx context.Context, arguments, results portable.Values, at *int) (err error) {
		out := portable.Slice[R](results)
		ended, stop := endOf(ctx, arguments.Len())
		defer stop()
		for i, item := range portable.Slice[T](arguments) {
			if ended.Load() {
				return errStopped
			}
			*at = i
			if out[i], err = g(ctx, item); err != nil {
				return failure.Own(ctx, err, errStopped)
			}
		}
		return nil
	})
}

// endOf returns a flag that is set when ctx ends before the last of n items has
// begun. Between tiny tasks, ctx.Err takes longer than the task.
func endOf(ctx context.Context, n int) (ended *atomic.Bool, stop func() bool) {
	ended = new(atomic.Bool)
	ended.Store(ctx.Err() != nil)
	if n < 2 {
		return ended, func() bool { return false }
	}
	return ended, context.AfterFunc(ctx, func() { ended.Store(true) })
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
	BadInput Kind = "bad input" // the argument could not be decoded; no task has run
	Failed   Kind = "failed"    // the task returned an error
	Panicked Kind = "panicked"  // the task panicked
	NoResult Kind = "no result" // the result cannot be encoded
	Stopped  Kind = "stopped"   // the context ended; not a failure of the task
)

// Failure says why a task has no results. It can be sent to another process.
type Failure struct {
	Kind  Kind
	At    int    // index of the argument
	Text  string // text of the error or of the panic value
	Stack string // Panicked: the task's stack
	Err   []byte // Failed, and Panicked with an error: for remoteerror.Decode
}

// maxError limits the bytes of an error that is sent.
const maxError = 64 << 10

// Cause returns the error that the task returned or panicked with, or nil.
func (f *Failure) Cause() error {
	if f.Err == nil {
		return nil
	}
	err, failed := remoteerror.Decode(f.Err)
	if failed != nil {
		return failed
	}
	return err
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
// the results. When ctx ends, so does the task's, and no further task begins.
func (t *Task) Run(ctx context.Context, payload []byte, count int) (encoded []byte, failure *Failure) {
	done := make(chan struct{})
	go t.RunHere(ctx, payload, count, new(int), func(results portable.Values, f *Failure) {
		defer close(done)
		if failure = f; f == nil {
			encoded, failure = t.Encode(results)
		}
	})
	<-done
	return encoded, failure
}

// Encode encodes results. The failure is that of the first result that cannot
// be encoded.
func (t *Task) Encode(results portable.Values) ([]byte, *Failure) {
	encoded, err := t.Result.Encode(results)
	if err != nil {
		return nil, FailureOf(NoResult, err)
	}
	return encoded, nil
}

// FailureOf returns the failure to encode or decode a value.
func FailureOf(kind Kind, err error) *Failure {
	f := &Failure{Kind: kind, Text: err.Error()}
	if at := (*portable.ValueError)(nil); errors.As(err, &at) {
		f.At = at.At
	}
	return f
}

// RunHere is Run in the calling goroutine, which the task may end with
// runtime.Goexit. It stores the index of the current argument in at, and calls
// reply with the results or the failure.
func (t *Task) RunHere(ctx context.Context, payload []byte, count int, at *int, reply func(results portable.Values, f *Failure)) {
	items, err := t.decode(payload, count)
	if err != nil {
		reply(portable.Values{}, FailureOf(BadInput, err))
		return
	}
	results := t.Result.Make(count)
	var panics caught.First
	defer func() {
		if p := panics.Panic(); p != nil {
			reply(results, t.lowest(results, panicked(*at, p)))
		}
	}()
	panics.Run(func() { err = t.call(ctx, items, results, at) })
	switch {
	case panics.Panic() != nil:
	case err == nil:
		reply(results, nil)
	case err == errStopped:
		reply(results, &Failure{Kind: Stopped, At: *at})
	default:
		reply(results, t.lowest(results, &Failure{Kind: Failed, At: *at, Text: caught.Text("%v", err), Err: remoteerror.Encode(err, maxError)}))
	}
}

func panicked(at int, p *caught.Panic) *Failure {
	f := &Failure{Kind: Panicked, At: at, Text: caught.Text("%v", p.Value), Stack: p.Stack}
	if err, ok := p.Value.(error); ok {
		f.Err = remoteerror.Encode(err, maxError)
	}
	return f
}

// lowest returns f, or the failure to encode an earlier result.
func (t *Task) lowest(results portable.Values, f *Failure) *Failure {
	if _, earlier := t.Encode(results.Part(0, f.At)); earlier != nil {
		return earlier
	}
	return f
}

func (t *Task) decode(payload []byte, count int) (items portable.Values, err error) {
	if count < 0 || len(payload) < t.Argument.AtLeast(count) {
		return items, fmt.Errorf("%d bytes are too few for %d values", len(payload), count)
	}
	if items, err = makeRoom(t.Argument, count); err != nil {
		return items, err
	}
	return items, t.Argument.Decode(payload, items)
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
