package schedules

// Locker is sync.Locker.
type Locker interface {
	Lock()
	Unlock()
}

// Mutex is sync.Mutex. Any goroutine that waits may be the next to get it: Go promises no order.
type Mutex struct{ object }

const (
	free uint8 = iota
	locked
)

// ready is for Lock: it waits while the mutex is locked.
func (m *Mutex) ready(_ *operation, state uint8) bool { return state == free }

// Lock is sync.Mutex.Lock.
func (m *Mutex) Lock() {
	g := self("Mutex.Lock")
	r := m.record(g.x, "mutex")
	step(operation{what: "Lock", on: r, access: writing, guard: m, lock: true})
	g.acquire(r)
}

func (g *goroutine) acquire(r *record) {
	r.state, r.holder = locked, g
	g.sync.join(r.sync)
}

// TryLock is sync.Mutex.TryLock.
func (m *Mutex) TryLock() bool {
	g := self("Mutex.TryLock")
	r := m.record(g.x, "mutex")
	step(operation{what: "TryLock", on: r, access: writing})
	if r.state == locked {
		g.unchanged(r)
		return false
	}
	g.acquire(r)
	return true
}

// Unlock is sync.Mutex.Unlock. It panics if the mutex is not locked.
func (m *Mutex) Unlock() {
	g := self("Mutex.Unlock")
	r := m.record(g.x, "mutex")
	step(operation{what: "Unlock", on: r, access: writing, lock: true})
	if r.state == free {
		panic("unlock of unlocked " + r.name)
	}
	r.state, r.holder = free, nil
	r.sync.join(g.sync)
}
