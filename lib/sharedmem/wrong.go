package sharedmem

import (
	"runtime"
	"sync/atomic"
)

// Racy is WRONG, on purpose: a number that goroutines change without
// synchronization. An addition is a load, a sum and a store; what another
// goroutine stores in between is lost, and the compiler may assume that there
// is no other goroutine. go run -race reports it as a DATA RACE.
type Racy[T Number] struct{ v T }

// Load returns the number, which lacks the lost additions.
func (r *Racy[T]) Load() T { return r.v }

// Add adds delta. Its addition, or that of another goroutine, may be lost.
func (r *Racy[T]) Add(delta T) T {
	r.v += delta
	return r.v
}

// Lossy is WRONG, on purpose: each load and each store is atomic, but the
// addition made of them is not. The race detector reports nothing, but updates
// are lost. Atomic is correct.
type Lossy[T Number] struct{ word atomic.Uint64 }

// Load returns the number, which lacks the lost additions.
func (l *Lossy[T]) Load() T { return fromBits[T](l.word.Load()) }

// Add adds delta, and overwrites what other goroutines add meanwhile. Between
// load and store it yields to other goroutines, so that the error shows soon
// even on one core; without that it could occur on any machine at any time.
func (l *Lossy[T]) Add(delta T) T {
	v := fromBits[T](l.word.Load()) + delta
	runtime.Gosched()
	l.word.Store(toBits(v))
	return v
}
