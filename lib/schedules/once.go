package schedules

// Once is sync.Once.
type Once struct{ object }

// States of a Once.
const (
	fresh uint8 = iota
	busy
	done
)

// ready is for Do: it waits while another goroutine is in f.
func (o *Once) ready(_ *operation, state uint8) bool { return state != busy }

// Do is sync.Once.Do.
func (o *Once) Do(f func()) {
	g := self("Once.Do")
	r := o.record(g.x, "once")
	step(operation{what: "Do", on: r, access: writing, guard: o})
	if r.state == done {
		g.sync.join(r.sync)
		return
	}
	r.state, r.holder = busy, g
	defer func() {
		step(operation{what: "Do is done", on: r, access: writing})
		r.state, r.holder = done, nil
		r.sync.join(g.sync)
	}()
	f()
}

// OnceFunc is sync.OnceFunc, but a panic of f is not repeated.
func OnceFunc(f func()) func() {
	var once Once
	return func() { once.Do(f) }
}

// OnceValue is sync.OnceValue, but a panic of f is not repeated.
func OnceValue[T any](f func() T) func() T {
	var once Once
	var value T
	return func() T {
		once.Do(func() { value = f() })
		return value
	}
}
