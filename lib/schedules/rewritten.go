package schedules

import (
	"iter"
	"reflect"
	"strconv"
	"unsafe"
)

// What follows is for programs that the kernel has rewritten (%schedules): see kernel/internal/instrument.

// Show explores body, or runs it by the schedule of a name if that is not empty, or lets the reader choose the steps if it
// is "play". It returns what a cell shows, as markup and as text. file is what places in the cell have as their file.
func Show(body func(), name, file string) (markup, text string) {
	switch name {
	case "":
		r := Explore(body, in(file))
		if len(r.Failures) == 0 {
			return r.HTML(), r.Text()
		}
		const more = "%schedules play lets you choose the steps yourself."
		return r.HTML() + notice(more), r.Text() + more
	case "play":
		p := play(body, file)
		return p.HTML(), p.Text()
	}
	s, err := replay(body, name, file)
	if err != nil {
		return notice(err.Error()), err.Error()
	}
	return s.figure("schedule " + s.Name), s.Text()
}

// Named gives an object a name, and returns it.
func Named[T interface{ setName(string) }](name string, shared T) T {
	shared.setName(name)
	return shared
}

// Nth is the name of an element.
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

// At reads the plain variable that p points to, as Read does, and returns p.
func At[T any](p *T, name string) *T {
	Read(p, name)
	return p
}

// Received is what a case of a select receives.
type Received[T any] struct {
	Value T
	OK    bool
	from  *Chan[T]
}

// Receiving is for a case of a select that receives from c.
func Receiving[T any](c *Chan[T]) *Received[T] { return &Received[T]{from: c} }

// Case is the case.
func (r *Received[T]) Case() Case { return r.from.OnRecv(&r.Value, &r.OK) }

// MapRead returns m, as one step that reads it: a map is one variable.
func MapRead[M ~map[K]V, K comparable, V any](m M, name string) M {
	mapStep(m, name, false)
	return m
}

// MapWrite returns m, as one step that changes it.
func MapWrite[M ~map[K]V, K comparable, V any](m M, name string) M {
	mapStep(m, name, true)
	return m
}

// SetMap returns a function that does m[key] = value.
func SetMap[M ~map[K]V, K comparable, V any](m M, name string) func(key K, value V) {
	return func(key K, value V) {
		mapStep(m, name, true)
		m[key] = value
	}
}

func mapStep(m any, name string, writes bool) {
	g := self("a map")
	r := g.x.variable(reflect.ValueOf(m).UnsafePointer(), name)
	r.alive = m
	o := operation{what: "read", on: r, access: reading}
	if writes {
		o = operation{what: "change", on: r, access: writing}
	}
	step(o)
	g.use(r, writes)
}

// Elements is range s, with a step for each element that is read.
func Elements[T any](s []T, name string) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		for i := range s {
			if !yield(i, Read(&s[i], name)) {
				return
			}
		}
	}
}

// Set2 returns a function that does *p, *q = a, b. A variable without a name is not shared.
func Set2[A, B any](p *A, name string, q *B, other string) func(a A, b B) {
	return func(a A, b B) {
		if name == "" {
			*p = a
		} else {
			Set(p, name)(a)
		}
		if other == "" {
			*q = b
		} else {
			Set(q, other)(b)
		}
	}
}

// Discard is for fmt.Print and others: a program that runs by every schedule prints nothing.
func Discard(...any) (int, error) { return 0, nil }

// The functions of package atomic, for variables of plain types.

// AtomicLoad is atomic.LoadInt64 and others.
func AtomicLoad[T any](p *T, name string) T {
	g, r := atomically(p, name, "Load", reading)
	g.sync.join(r.sync)
	return *p
}

// AtomicStore is atomic.StoreInt64 and others.
func AtomicStore[T any](p *T, name string, value T) {
	g, r := atomically(p, name, "Store", writing)
	r.sync = g.x.clone(g.sync)
	*p = value
	g.show(r, value)
}

// AtomicSwap is atomic.SwapInt64 and others.
func AtomicSwap[T any](p *T, name string, value T) (old T) {
	g, r := atomically(p, name, "Swap", writing)
	g.sync.join(r.sync)
	r.sync = g.x.clone(g.sync)
	old, *p = *p, value
	g.show(r, value)
	return old
}

// AtomicAdd is atomic.AddInt64 and others.
func AtomicAdd[T Integer](p *T, name string, delta T) T {
	g, r := atomically(p, name, "Add", writing)
	g.sync.join(r.sync)
	r.sync = g.x.clone(g.sync)
	*p += delta
	g.show(r, *p)
	return *p
}

// AtomicCompareAndSwap is atomic.CompareAndSwapInt64 and others.
func AtomicCompareAndSwap[T comparable](p *T, name string, old, value T) bool {
	g, r := atomically(p, name, "CompareAndSwap", writing)
	g.sync.join(r.sync)
	if *p != old {
		g.unchanged(r)
		return false
	}
	r.sync = g.x.clone(g.sync)
	*p = value
	g.show(r, value)
	return true
}

func atomically[T any](p *T, name, what string, access access) (*goroutine, *record) {
	g := self("an atomic operation")
	r := g.x.variable(unsafe.Pointer(p), name)
	g.x.initial(r, p)
	step(operation{what: what, on: r, access: access})
	return g, r
}

// show records a value that the last step has given to a variable.
func (g *goroutine) show(r *record, value any) {
	if g.x.account != nil {
		g.x.account.set(r, text(value))
	}
}

// Zero sets a variable to its zero value. It is not a step.
func Zero[T any](p *T) { *p = *new(T) }

// Bind1 returns a function that binds an argument to f, for a go statement. Bind2 and the others are for more.
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
