package sharedmem

import (
	"errors"
	"os"
)

// acquire takes the lock between all goroutines of all processes. It is the
// operating system's lock on the file behind the memory (flock), so that it is
// released even when its holder crashes; a lock in the memory itself would stay
// locked. The memory has a mark while there is a holder: a process that finds
// the mark after taking the lock knows that the last holder died.
func (m *mapping) acquire(operation string) error {
	m.mustBeOpen(operation)
	m.lock.Lock() // flock knows processes only
	err := lockFile(m.file)
	if errors.Is(err, os.ErrClosed) || m.closed.Load() { // while it waited
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

// giveUp lets go of the lock. It may follow Close, lest a deferred Unlock
// panic; if that was the last user's, the lock is gone already, without any
// word to the next holder that all is well.
func (m *mapping) giveUp(operation string) {
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
		panic(during(operation, err)) // never seen: the file is open
	}
}
