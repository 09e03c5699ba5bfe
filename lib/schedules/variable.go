package schedules

import (
	"fmt"
	"unsafe"
)

// Var is a plain variable that goroutines share. Get and Set are the accesses of plain Go: they synchronize nothing, so
// the explorer reports a data race if they are not ordered otherwise. Create it in the body, or Set it there first.
type Var[T any] struct {
	object
	value T
}

// NewVar returns a variable with a name for reports.
func NewVar[T any](name string, value T) *Var[T] { return &Var[T]{object{name: name}, value} }

// Get reads the variable.
func (v *Var[T]) Get() T {
	g := self("Var.Get")
	r := v.record(g.x, "variable")
	before := v.value // for the first record of its value
	g.x.initial(r, before)
	step(operation{what: "read", on: r, access: reading})
	g.read(r, v.value)
	return v.value
}

// Set writes the variable.
func (v *Var[T]) Set(value T) {
	g := self("Var.Set")
	r := v.record(g.x, "variable")
	g.x.initial(r, v.value)
	step(operation{what: "write", on: r, access: writing})
	v.value = value
	g.write(r, value)
}

// Read reads the plain variable that p points to: a step, or one for each field of a struct and element of an array. A
// program that was rewritten for the explorer uses Read and Write where it used the variable itself.
func Read[T any](p *T, name string) T {
	for _, part := range parts(p, name) {
		g := self("Read")
		r := g.x.variable(part.at, part.name)
		g.x.initial(r, part.value())
		step(operation{what: "read", on: r, access: reading})
		g.read(r, part.value())
	}
	return *p
}

// Write writes the plain variable that p points to.
func Write[T any](p *T, name string, value T) {
	all := parts(p, name)
	for i, part := range all {
		g := self("Write")
		r := g.x.variable(part.at, part.name)
		g.x.initial(r, part.value())
		step(operation{what: "write", on: r, access: writing})
		if i == len(all)-1 {
			*p = value
		}
		g.write(r, part.value())
	}
}

// variable returns the record of the variable at an address.
func (x *execution) variable(p unsafe.Pointer, name string) *record {
	r := x.variables[p]
	if r == nil {
		r = x.newRecord("variable", name)
		x.variables[p] = r
	}
	return r
}

func (g *goroutine) read(r *record, value any) {
	g.use(r, false)
	if g.x.account != nil {
		g.x.account.detail("read %s: %s", r.name, text(value))
	}
}

func (g *goroutine) write(r *record, value any) {
	g.use(r, true)
	if g.x.account != nil {
		g.x.account.detail("%s = %s", r.name, text(value))
		g.x.account.set(r, text(value))
	}
}

// initial shows the value of a variable before its first step.
func (x *execution) initial(r *record, value any) {
	if x.account != nil && len(r.history) == 0 {
		x.account.first(r, text(value))
	}
}

// text is a value as pictures show it.
func text(value any) string {
	s := fmt.Sprintf("%v", value)
	if runes := []rune(s); len(runes) > 24 {
		s = string(runes[:23]) + "…"
	}
	return s
}
