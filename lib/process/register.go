package process

import (
	"context"
	"fmt"
	"regexp"
	"runtime"

	"multiprocessing/lib/internal/registered"
)

// Task is a registered function, which workers can run. Make it with Register
// or RegisterErr. Many pools and goroutines may use a Task at once.
type Task[T, R any] struct{ task *task }

// task is a Task without its types.
type task struct {
	*registered.Task
	number int // index in registry
}

// Name returns the name under which the task was registered, or "" if it was
// not registered.
func (t *Task[T, R]) Name() string {
	if t == nil || t.task == nil {
		return ""
	}
	return t.task.Name
}

// registry is written during package initialization, which is one goroutine,
// and only read afterwards.
var registry []*task

// Register makes f a task that workers can run. It must be called in a
// package-level var:
//
//	var nth = process.Register("nth", primes.Nth)
//
// because a worker is this same program, started again, and finds f by
// registering the same tasks in the same order. So the calls must not depend
// on anything that differs between runs.
//
// Values of type T and R are sent between processes. These types can be sent:
//
//   - numbers, booleans and strings;
//   - pointers, slices, arrays and maps of types that can be sent;
//   - structs of them, if all fields are exported, or if all fields are numbers,
//     booleans, and arrays and structs of them;
//   - interfaces, if the types of the values were passed to gob.Register;
//   - types that encode themselves: with GobEncode and GobDecode, or with
//     MarshalBinary and UnmarshalBinary.
//
// Channels, functions and uintptr cannot be sent.
//
// The other process receives exactly what was sent: nil or empty, a pointer to
// 0, -0.0. But two pointers to one value arrive as pointers to two values, and a
// type that encodes itself arrives as its methods decode it: a time.Time without
// its monotonic clock reading.
//
// Register panics if T or R cannot be sent, if the name is empty or taken, if f
// is nil, and if it is not called during package initialization.
func Register[T, R any](name string, f func(T) R) *Task[T, R] {
	mayRegister("Register", name, "f", f == nil)
	known, err := registered.New(name, f)
	return &Task[T, R]{register("Register", name, known, err)}
}

// RegisterErr is Register for tasks that may fail. The context that g receives
// is canceled when the context of Map or Start is done, and when an item with a
// lower index fails; its Err is context.Canceled. It carries no values and,
// whatever the caller's context has, no deadline, except in package cluster: see
// ChunkTimeout there.
func RegisterErr[T, R any](name string, g func(context.Context, T) (R, error)) *Task[T, R] {
	mayRegister("RegisterErr", name, "g", g == nil)
	known, err := registered.NewErr(name, g)
	return &Task[T, R]{register("RegisterErr", name, known, err)}
}

func mayRegister(operation, name, parameter string, isNil bool) {
	if !initializing() {
		misuse("%s: must be called in a package-level var, as in: var task = process.%[1]s(%q, %s)", operation, name, parameter)
	}
	if isNil {
		misuse("%s: task %q: %s must not be nil", operation, name, parameter)
	}
}

// register adds a task to the registry. In a worker it serves the pool instead
// of returning for the last task, so that neither main nor a test runs.
func register(operation, name string, known *registered.Task, err error) *task {
	if err != nil {
		misuse("%s: task %q: %v", operation, name, err)
	}
	if name == "" {
		misuse("%s: the name must not be empty", operation)
	}
	for _, other := range registry {
		if other.Name == name {
			misuse("%s: the name %q is taken; give every task its own", operation, name)
		}
	}
	t := &task{known, len(registry)}
	registry = append(registry, t)
	registered.Add(known)
	if self.isWorker && !self.inMain && len(registry) == self.tasks {
		self.serve()
	}
	return t
}

// misuse panics with a text that begins with the package's name.
func misuse(format string, args ...any) {
	panic("process: " + fmt.Sprintf(format, args...))
}

// initFunction matches the names that the compiler gives to package
// initialization: path/pkg.init for the vars, path/pkg.init.0 for the first
// func init. No other function or method can have such a name.
var initFunction = regexp.MustCompile(`^([^/]*/)*[^./]+\.init(\.\d+)?$`)

// initializing reports whether package initialization calls the caller,
// directly or indirectly, in the same goroutine.
func initializing() bool {
	pcs := make([]uintptr, 64)
	n := runtime.Callers(2, pcs)
	for n == len(pcs) {
		pcs = make([]uintptr, 2*len(pcs))
		n = runtime.Callers(2, pcs)
	}
	frames := runtime.CallersFrames(pcs[:n])
	for {
		frame, more := frames.Next()
		if initFunction.MatchString(frame.Function) {
			return true
		}
		if !more {
			return false
		}
	}
}
