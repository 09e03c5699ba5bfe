package schedules

// RWMutex is sync.RWMutex. As there, a Lock that waits keeps new readers out, so that a goroutine that reads recursively
// can deadlock.
type RWMutex struct{ object }

// States besides free. The record's n counts readers.
const (
	shared  uint8 = 1 + iota // readers only
	written                  // locked
	closing                  // a Lock waits for readers
	drained                  // and may go on now
)

// The guards of RLock, Lock, and the second half of a Lock that has waited.
type (
	toRead       struct{}
	toWrite      struct{}
	afterReaders struct{}
)

func (toRead) ready(_ *operation, state uint8) bool       { return state <= shared }
func (toWrite) ready(_ *operation, state uint8) bool      { return state <= shared }
func (afterReaders) ready(_ *operation, state uint8) bool { return state == drained }

// Lock is sync.RWMutex.Lock. It is two steps if there are readers: one that keeps new readers out, and one that locks.
func (m *RWMutex) Lock() {
	g := self("RWMutex.Lock")
	r := m.record(g.x, "rwmutex")
	step(operation{what: "Lock", on: r, access: writing, guard: toWrite{}, lock: true})
	if r.n > 0 {
		r.state = closing
		step(operation{what: "Lock", on: r, access: writing, guard: afterReaders{}, lock: true})
	}
	r.state, r.holder = written, g
	g.sync.join(r.sync)
	g.sync.join(r.shared)
}

// Unlock is sync.RWMutex.Unlock. It panics if the mutex is not locked.
func (m *RWMutex) Unlock() {
	g := self("RWMutex.Unlock")
	r := m.record(g.x, "rwmutex")
	step(operation{what: "Unlock", on: r, access: writing, lock: true})
	if r.state != written {
		panic("unlock of unlocked " + r.name)
	}
	r.state, r.holder = free, nil
	r.sync.join(g.sync)
}

// RLock is sync.RWMutex.RLock.
func (m *RWMutex) RLock() {
	g := self("RWMutex.RLock")
	r := m.record(g.x, "rwmutex")
	step(operation{what: "RLock", on: r, access: reading, guard: toRead{}, lock: true})
	g.acquireShared(r)
}

func (g *goroutine) acquireShared(r *record) {
	r.n++
	r.state = shared
	g.sync.join(r.sync)
	g.reads[r]++
}

// RUnlock is sync.RWMutex.RUnlock. It panics if there is no reader. Its order with the calls of other readers does not
// matter as long as every goroutine unlocks what it has locked itself. If one does not, the exploration starts again: see
// the package comment.
func (m *RWMutex) RUnlock() {
	g := self("RWMutex.RUnlock")
	r := m.record(g.x, "rwmutex")
	o := operation{what: "RUnlock", on: r, access: writing, lock: true}
	if !g.x.explorer.strict {
		o.access = reading
		g.x.misused = g.x.misused || g.reads[r] == 0
		g.reads[r]--
	}
	step(o)
	if r.n == 0 {
		panic("RUnlock of unlocked " + r.name)
	}
	if r.n--; r.n == 0 && r.state == shared {
		r.state = free
	} else if r.n == 0 {
		r.state = drained
	}
	r.shared.join(g.sync)
}

// TryLock is sync.RWMutex.TryLock.
func (m *RWMutex) TryLock() bool {
	g := self("RWMutex.TryLock")
	r := m.record(g.x, "rwmutex")
	step(operation{what: "TryLock", on: r, access: writing})
	if r.state != free {
		g.unchanged(r)
		return false
	}
	r.state, r.holder = written, g
	g.sync.join(r.sync)
	g.sync.join(r.shared)
	return true
}

// TryRLock is sync.RWMutex.TryRLock.
func (m *RWMutex) TryRLock() bool {
	g := self("RWMutex.TryRLock")
	r := m.record(g.x, "rwmutex")
	step(operation{what: "TryRLock", on: r, access: reading})
	if r.state > shared {
		return false
	}
	r.version++
	g.acquireShared(r)
	return true
}

// RLocker returns a Locker that calls RLock and RUnlock.
func (m *RWMutex) RLocker() Locker { return readLocker{m} }

type readLocker struct{ m *RWMutex }

func (l readLocker) Lock()   { l.m.RLock() }
func (l readLocker) Unlock() { l.m.RUnlock() }
