// Package cells is what cells with %schedules call after the kernel has rewritten them (kernel/internal/instrument). Write
// other programs with package schedules.
//
// Variables have a name, for reports: x, p.y or a[3].
package cells

import (
	"fmt"
	"strconv"

	"multiprocessing/lib/schedules"
	"multiprocessing/lib/schedules/internal/hook"
)

// Show explores body, or replays the schedule with this name, or makes a player if name is "play". It returns what a cell
// shows, as markup and as text. file is the file of places in the cell.
func Show(body func(), name, file string) (markup, text string) { return hook.Show(body, name, file) }

// Named names a channel, and returns it.
func Named[T any](name string, c *schedules.Chan[T]) *schedules.Chan[T] {
	schedules.SetName(name, c)
	return c
}

// Nth returns the name of an element: Nth("a", 3) is "a[3]".
func Nth(name string, i int) string {
	key := element{name, i}
	if elements[key] == "" {
		elements[key] = name + "[" + strconv.Itoa(i) + "]"
	}
	return elements[key]
}

type element struct {
	name string
	i    int
}

var elements = map[element]string{} // one goroutine runs at a time

// Received is what a case of a select receives.
type Received[T any] struct {
	Value T
	OK    bool
	from  *schedules.Chan[T]
}

// Receiving returns the Received of a case of a select that receives from c.
func Receiving[T any](c *schedules.Chan[T]) *Received[T] { return &Received[T]{from: c} }

// Case returns the case for schedules.Select.
func (r *Received[T]) Case() schedules.Case { return r.from.OnRecv(&r.Value, &r.OK) }

// Print is fmt.Print without its output: a program that runs by every schedule prints nothing.
func Print(values ...any) (int, error) { return len(fmt.Sprint(values...)), nil }

// Println is fmt.Println without its output.
func Println(values ...any) (int, error) { return len(fmt.Sprintln(values...)), nil }

// Printf is fmt.Printf without its output.
func Printf(format string, values ...any) (int, error) {
	return len(fmt.Sprintf(format, values...)), nil
}

// Zero sets a variable to its zero value. It is not a step.
func Zero[T any](p *T) { *p = *new(T) }

// Bind1 returns a function that binds an argument to f, for a go statement.
func Bind1[A any](f func(A)) func(A) func() {
	return func(a A) func() { return func() { f(a) } }
}

// Bind2 is Bind1 for two arguments.
func Bind2[A, B any](f func(A, B)) func(A, B) func() {
	return func(a A, b B) func() { return func() { f(a, b) } }
}

// Bind3 is Bind1 for three arguments.
func Bind3[A, B, C any](f func(A, B, C)) func(A, B, C) func() {
	return func(a A, b B, c C) func() { return func() { f(a, b, c) } }
}

// Bind4 is Bind1 for four arguments.
func Bind4[A, B, C, D any](f func(A, B, C, D)) func(A, B, C, D) func() {
	return func(a A, b B, c C, d D) func() { return func() { f(a, b, c, d) } }
}
