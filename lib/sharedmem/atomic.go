package sharedmem

import "sync/atomic"

// Atomic is a number in one process that the processor changes atomically. Add
// of a float is a compare-and-swap loop. The zero value is 0, ready to use. An
// Atomic must not be copied.
type Atomic[T Number] struct {
	word atomic.Uint64
}

// Load returns the number.
func (a *Atomic[T]) Load() T { return fromBits[T](a.word.Load()) }

// Store sets the number.
func (a *Atomic[T]) Store(v T) { a.word.Store(toBits(v)) }

// Add adds delta and returns the sum.
func (a *Atomic[T]) Add(delta T) T { return addBits(&a.word, delta) }

// Update sets the number to change(number) and returns the new number. If
// another goroutine changes the number meanwhile, Update calls change again, so
// change must not have side effects.
func (a *Atomic[T]) Update(change func(T) T) T {
	for {
		old := a.word.Load()
		v := change(fromBits[T](old))
		if a.word.CompareAndSwap(old, toBits(v)) {
			return v
		}
	}
}
