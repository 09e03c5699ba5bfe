package schedules

// Integer is what atomic operations can add to.
type Integer interface {
	~int32 | ~int64 | ~uint32 | ~uint64 | ~uintptr
}

// Atomic is a variable with the atomic operations that all types have: atomic.Bool is Atomic[bool], and atomic.Pointer[T]
// is Atomic[*T]. An atomic operation that reads a value happens after the one that wrote it, as in Go's memory model.
type Atomic[T comparable] struct {
	object
	value T
}

// Load is the Load of package atomic.
func (a *Atomic[T]) Load() T {
	g, r := a.step("Load", reading)
	g.sync.join(r.sync)
	if g.x.account != nil {
		g.x.account.detail("load %s: %s", r.name, text(a.value))
	}
	return a.value
}

// Store is the Store of package atomic.
func (a *Atomic[T]) Store(value T) {
	g, r := a.step("Store", writing)
	r.sync = g.x.clone(g.sync)
	a.value = value
	a.show(g, r, "store")
}

// Swap is the Swap of package atomic.
func (a *Atomic[T]) Swap(value T) (old T) {
	g, r := a.step("Swap", writing)
	old, a.value = a.value, value
	a.changed(g, r, "swap")
	return old
}

// CompareAndSwap is the CompareAndSwap of package atomic.
func (a *Atomic[T]) CompareAndSwap(old, value T) bool {
	g, r := a.step("CompareAndSwap", writing)
	if a.value != old {
		g.sync.join(r.sync)
		g.unchanged(r)
		if g.x.account != nil {
			g.x.account.detail("compare %s: it is %s", r.name, text(a.value))
		}
		return false
	}
	a.value = value
	a.changed(g, r, "compare and swap")
	return true
}

func (a *Atomic[T]) step(what string, access access) (*goroutine, *record) {
	g := self("an atomic operation")
	r := a.record(g.x, "atomic")
	g.x.initial(r, &a.value)
	step(operation{what: what, on: r, access: access})
	return g, r
}

// changed ends a step that both observes and changes the value.
func (a *Atomic[T]) changed(g *goroutine, r *record, what string) {
	g.sync.join(r.sync)
	r.sync = g.x.clone(g.sync)
	a.show(g, r, what)
}

func (a *Atomic[T]) show(g *goroutine, r *record, what string) {
	if g.x.account != nil {
		g.x.account.detail("%s: %s = %s", what, r.name, text(a.value))
		g.x.account.set(r, text(a.value))
	}
}

// Number is an atomic integer: atomic.Int64 is Number[int64].
type Number[T Integer] struct{ Atomic[T] }

// Add is the Add of package atomic.
func (n *Number[T]) Add(delta T) T {
	g, r := n.step("Add", writing)
	n.value += delta
	n.changed(g, r, "add")
	return n.value
}

// And is the And of package atomic.
func (n *Number[T]) And(mask T) (old T) {
	g, r := n.step("And", writing)
	old = n.value
	n.value &= mask
	n.changed(g, r, "and")
	return old
}

// Or is the Or of package atomic.
func (n *Number[T]) Or(mask T) (old T) {
	g, r := n.step("Or", writing)
	old = n.value
	n.value |= mask
	n.changed(g, r, "or")
	return old
}

// The types of package atomic: schedules.Int64 is for atomic.Int64, and so on.
type (
	Int32   = Number[int32]   // for atomic.Int32
	Int64   = Number[int64]   // for atomic.Int64
	Uint32  = Number[uint32]  // for atomic.Uint32
	Uint64  = Number[uint64]  // for atomic.Uint64
	Uintptr = Number[uintptr] // for atomic.Uintptr
	Bool    = Atomic[bool]    // for atomic.Bool
)

// Pointer is atomic.Pointer.
type Pointer[T any] = Atomic[*T]

// Value is atomic.Value: a Load of a new one returns nil.
type Value = Atomic[any]
