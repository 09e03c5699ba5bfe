// Package caught carries a panic from the goroutine of a task to the goroutine
// that waits for the task. Otherwise a panic in a worker's goroutine ends the
// whole program: the caller cannot recover it.
package caught

import (
	"fmt"
	"runtime/debug"
	"strings"
	"sync/atomic"
)

// Panic is a task's panic, with the stack of the task, not of the goroutine that
// waits for it.
type Panic struct {
	Value any    // the argument of panic
	Stack string // the task's stack, innermost function first
}

// Error returns the panic's value and the task's stack.
func (p *Panic) Error() string {
	return fmt.Sprintf("a task panicked: %v\n\nthe task's stack:\n%s", p.Value, p.Stack)
}

// Unwrap returns the panic's value if it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// First runs functions and stores their first panic. The zero value is ready to
// use. All methods may be called from many goroutines at once.
type First struct {
	first atomic.Pointer[Panic]
}

// Run calls f and stores its panic, if it is the first. If f ends its goroutine
// (runtime.Goexit, which t.FailNow calls), that counts as a panic, too, because
// the result is missing; the goroutine still ends.
func (c *First) Run(f func()) {
	returned := false
	defer func() {
		if !returned {
			c.first.CompareAndSwap(nil, NewPanic(recover()))
		}
	}()
	f()
	returned = true
}

// Panic returns the first panic, or nil if there was none.
func (c *First) Panic() *Panic { return c.first.Load() }

// Raise panics with the first panic, if there is one.
func (c *First) Raise() {
	if p := c.first.Load(); p != nil {
		panic(p)
	}
}

// NewPanic returns a Panic with the result of recover; nil means that the
// goroutine was ended (runtime.Goexit). Call it in the deferred function: later
// the stack is gone. A value that is already a *Panic, of a task within a task,
// is returned unchanged.
func NewPanic(value any) *Panic {
	if p, ok := value.(*Panic); ok {
		return p
	}
	if value == nil {
		value = "it ended its goroutine (runtime.Goexit) without a result"
	}
	return &Panic{Value: value, Stack: trim(string(debug.Stack()))}
}

// trim removes the frames of the recovery, so that the stack begins in the task:
// everything up to the call of panic and its source line.
func trim(stack string) string {
	head, rest, found := strings.Cut(stack, "\npanic(")
	if !found {
		return stack
	}
	goroutine, _, _ := strings.Cut(head, "\n")
	for range 2 { // the rest of panic's own line, and its position
		_, rest, _ = strings.Cut(rest, "\n")
	}
	return goroutine + "\n" + rest
}
