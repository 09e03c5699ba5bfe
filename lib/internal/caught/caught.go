// Package caught carries a panic from the goroutine of a task to the
// goroutine that waits for it.
//
// Without it a panic in a worker's goroutine ends the whole program, and no
// recover of the caller can help.
package caught

import (
	"fmt"
	"runtime/debug"
	"strings"
	"sync/atomic"
)

// Panic is a task's panic: the value and the stack of the task itself, not
// of the goroutine that hears of it.
type Panic struct {
	Value any    // what the task gave to panic
	Stack string // the task's stack, innermost function first
}

// Error gives the panic's value and the task's stack.
func (p *Panic) Error() string {
	return fmt.Sprintf("a task panicked: %v\n\nthe task's stack:\n%s", p.Value, p.Stack)
}

// Unwrap returns the panic's value if it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// First runs functions and keeps the first panic among them. The zero value
// is ready; all methods may be called from many goroutines.
type First struct {
	first atomic.Pointer[Panic]
}

// Run calls f and keeps its panic, if it is the first. A f that ends its
// goroutine (runtime.Goexit, which t.FailNow calls) counts as a panic too,
// because its result is missing; the goroutine still ends.
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

// Raise panics with the first panic, if there was one.
func (c *First) Raise() {
	if p := c.first.Load(); p != nil {
		panic(p)
	}
}

// NewPanic returns the Panic of what recover has returned; nil stands for a
// goroutine that was ended (runtime.Goexit). Call it in the deferred function,
// while the panicking stack is still there. The panic of a task in a task keeps
// the stack of the inner one.
func NewPanic(value any) *Panic {
	if p, ok := value.(*Panic); ok {
		return p
	}
	if value == nil {
		value = "it ended its goroutine (runtime.Goexit) without a result"
	}
	return &Panic{Value: value, Stack: trim(string(debug.Stack()))}
}

// trim cuts the frames that caught the panic, so that the stack begins in
// the task: everything up to the call of panic and its source line.
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
