package sharedmem

import "sync"

// Locked is a number in one process that is changed under a mutex. It is
// suitable for any change, however long. The zero value is 0, ready to use. A
// Locked must not be copied.
type Locked[T Number] struct {
	mu sync.Mutex
	v  T // guarded by mu
}

// Load returns the number.
func (l *Locked[T]) Load() T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.v
}

// Store sets the number.
func (l *Locked[T]) Store(v T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.v = v
}

// Add adds delta and returns the sum.
func (l *Locked[T]) Add(delta T) T {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.v += delta
	return l.v
}

// Update sets the number to change(number) and returns the new number. Other
// goroutines neither see nor change it in between. change must not call a
// method of l.
func (l *Locked[T]) Update(change func(T) T) T {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.v = change(l.v)
	return l.v
}
