package schedules

import (
	"fmt"
	"reflect"
	"regexp"
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
	read(g, v.record(g.x, "variable"), &v.value)
	return v.value
}

// Set writes the variable.
func (v *Var[T]) Set(value T) {
	g := self("Var.Set")
	r := v.record(g.x, "variable")
	g.beginWrite(r, &v.value)
	v.value = value
	g.endWrite(r, &v.value)
}

// read is the step of g that reads a variable. The value is only looked at for pictures.
func read(g *goroutine, r *record, value any) {
	g.x.initial(r, value)
	step(operation{what: "read", on: r, access: reading})
	g.use(r, false)
	if g.x.account != nil {
		g.x.account.detail("read %s: %s", r.name, textAt(value))
	}
}

// beginWrite is the step of g that writes a variable, which its caller does next. Then endWrite ends it.
func (g *goroutine) beginWrite(r *record, value any) {
	g.x.initial(r, value)
	step(operation{what: "write", on: r, access: writing})
}

func (g *goroutine) endWrite(r *record, value any) {
	g.use(r, true)
	if g.x.account != nil {
		g.x.account.detail("%s = %s", r.name, textAt(value))
		g.x.account.set(r, textAt(value))
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

// initial shows the value of a variable, to which value points, before its first step.
func (x *execution) initial(r *record, value any) {
	if x.account != nil && len(r.history) == 0 {
		x.account.first(r, textAt(value))
	}
}

var address = regexp.MustCompile(`0x[0-9a-f]{6,}`)

// textAt is the text of what a pointer points to.
func textAt(pointer any) string { return text(reflect.ValueOf(pointer).Elem().Interface()) }

// text is a value as pictures show it: of an object its name, and no addresses, which differ from run to run.
func text(value any) string {
	if o, ok := value.(interface{ called() string }); ok && !reflect.ValueOf(value).IsNil() {
		return o.called()
	}
	s := address.ReplaceAllString(fmt.Sprintf("%v", value), "…")
	if runes := []rune(s); len(runes) > 24 {
		s = string(runes[:23]) + "…"
	}
	return s
}
