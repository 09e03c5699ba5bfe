package cells

import (
	"unsafe"

	"multiprocessing/lib/schedules"
	"multiprocessing/lib/schedules/internal/hook"
)

// The functions of package atomic, for variables of plain types.

// AtomicLoad is atomic.LoadInt64 and others.
func AtomicLoad[T any](p *T, name string) T {
	hook.Observed(hook.Atomic(unsafe.Pointer(p), name, "Load", p, false))
	return *p
}

// AtomicStore is atomic.StoreInt64 and others.
func AtomicStore[T any](p *T, name string, value T) {
	s := hook.Atomic(unsafe.Pointer(p), name, "Store", p, true)
	*p = value
	hook.Published(s, value)
}

// AtomicSwap is atomic.SwapInt64 and others.
func AtomicSwap[T any](p *T, name string, value T) (old T) {
	s := hook.Atomic(unsafe.Pointer(p), name, "Swap", p, true)
	hook.Observed(s)
	old, *p = *p, value
	hook.Published(s, value)
	return old
}

// AtomicAdd is atomic.AddInt64 and others.
func AtomicAdd[T schedules.Integer](p *T, name string, delta T) T {
	s := hook.Atomic(unsafe.Pointer(p), name, "Add", p, true)
	hook.Observed(s)
	*p += delta
	hook.Published(s, *p)
	return *p
}

// AtomicCompareAndSwap is atomic.CompareAndSwapInt64 and others.
func AtomicCompareAndSwap[T comparable](p *T, name string, old, value T) bool {
	s := hook.Atomic(unsafe.Pointer(p), name, "CompareAndSwap", p, true)
	hook.Observed(s)
	if *p != old {
		hook.Unchanged(s)
		return false
	}
	*p = value
	hook.Published(s, value)
	return true
}
