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

// OnceFunc is sync.OnceFunc.
func OnceFunc(f func()) func() {
	value := OnceValue(func() struct{} { f(); return struct{}{} })
	return func() { value() }
}

// OnceValue is sync.OnceValue.
func OnceValue[T any](f func() T) func() T {
	var once Once
	var value T
	var reason any
	returned := false
	return func() T {
		once.Do(func() {
			returned = false // a function that outlives an execution begins the next one as new
			defer func() {
				if reason = recover(); reason != nil { // nil if the execution ends
					panic(reason)
				}
			}()
			value = f()
			returned = true
		})
		if !returned {
			panic(reason)
		}
		return value
	}
}

// OnceValues is sync.OnceValues.
func OnceValues[T, U any](f func() (T, U)) func() (T, U) {
	type pair struct {
		first  T
		second U
	}
	value := OnceValue(func() pair {
		first, second := f()
		return pair{first, second}
	})
	return func() (T, U) {
		both := value()
		return both.first, both.second
	}
}
