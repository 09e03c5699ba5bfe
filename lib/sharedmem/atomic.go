package sharedmem

import "sync/atomic"

// Atomic is a number of one process that the processor changes in one step.
// Floats are added by trying until nobody came between. The zero value is 0,
// ready to use. It must not be copied.
type Atomic[T Number] struct {
	word atomic.Uint64
}

// Load returns the number.
func (a *Atomic[T]) Load() T { return fromBits[T](a.word.Load()) }

// Store sets the number.
func (a *Atomic[T]) Store(v T) { a.word.Store(toBits(v)) }

// Add adds delta and returns the sum.
func (a *Atomic[T]) Add(delta T) T { return addBits(&a.word, delta) }

// Update makes the number change(number) and returns that. If somebody else
// changes the number meanwhile, change is called again: it must only
// compute.
func (a *Atomic[T]) Update(change func(T) T) T {
	for {
		old := a.word.Load()
		v := change(fromBits[T](old))
		if a.word.CompareAndSwap(old, toBits(v)) {
			return v
		}
	}
}
