package sharedmem

import (
	"runtime"
	"sync/atomic"
)

// Racy is WRONG, and kept to be seen failing: a number that goroutines
// change without telling each other. An addition is a load, a sum and a
// store; what another stores in between is lost, and the compiler may assume
// that there is no other. go run -race reports it as a DATA RACE.
type Racy[T Number] struct{ v T }

// Load returns the number, or what is left of it.
func (r *Racy[T]) Load() T { return r.v }

// Add adds delta, unless another goroutine comes between.
func (r *Racy[T]) Add(delta T) T {
	r.v += delta
	return r.v
}

// Lossy is WRONG, and kept to be seen failing: each load and each store is
// atomic, but not the addition made of them. The race detector finds nothing
// to report, and updates are lost all the same. Atomic does it right.
type Lossy[T Number] struct{ word atomic.Uint64 }

// Load returns the number, or what is left of it.
func (l *Lossy[T]) Load() T { return fromBits[T](l.word.Load()) }

// Add adds delta, and undoes what others have added meanwhile. Between load
// and store it lets others run, so that even on one core one need not wait
// long to see what may happen on any machine at any time.
func (l *Lossy[T]) Add(delta T) T {
	v := fromBits[T](l.word.Load()) + delta
	runtime.Gosched()
	l.word.Store(toBits(v))
	return v
}
