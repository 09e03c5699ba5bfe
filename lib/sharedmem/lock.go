package sharedmem

import (
	"errors"
	"os"
)

// acquire acquires the lock that all goroutines of all processes share. It is
// the operating system's lock on the file behind the memory (flock), which is
// released even when its owner crashes; a lock in the memory itself would stay
// locked. The header's held flag is set while the lock has an owner. A process
// that acquires the lock and finds the flag set knows that the previous owner
// died.
func (m *mapping) acquire(operation string) error {
	m.mustBeOpen(operation)
	m.lock.Lock() // flock does not exclude goroutines of one process
	err := lockFile(m.file)
	if errors.Is(err, os.ErrClosed) || m.closed.Load() { // closed while it waited
		unlockFile(m.file)
		m.lock.Unlock()
		m.notOpen(operation)
	}
	if err != nil {
		m.lock.Unlock()
		return during(operation, err)
	}
	m.held.Store(true)
	if h := m.header(); h.held == 0 {
		h.held = 1
		return nil
	}
	return during(operation, ErrOwnerDied)
}

// release releases the lock. It may follow Close, so that a deferred Unlock
// does not panic. If that Close closed the file, the lock is released already,
// and the held flag stays set: the next owner gets ErrOwnerDied.
func (m *mapping) release(operation string) {
	if m == nil {
		m.notOpen(operation)
	}
	if !m.held.CompareAndSwap(true, false) {
		misuse("%s: the lock is not held; call Lock first", operation)
	}
	defer m.lock.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.users < 0 {
		return
	}
	m.header().held = 0
	if err := unlockFile(m.file); err != nil {
		panic(during(operation, err)) // cannot happen: the file is open
	}
}
