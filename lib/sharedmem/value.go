package sharedmem

import (
	"errors"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// Value is one number that goroutines and processes share. Make it with
// NewValue; send the pointer in the argument of a task of package process,
// and there it is the same number. It mirrors Python's multiprocessing.Value
// (slide 11), where v.value += 1 loses updates unless the lock is held: here
// Add loses none.
type Value[T Number] struct {
	memory *mapping
	number *T
	word   atomic.Pointer[atomic.Uint64] // number, if it is an integer of 8 bytes and open
}

// NewValue makes a number that is v. Close it at the end; it also ends with
// the last process that has it. The error says why the operating system
// gives no memory. It mirrors Python's mp.Value(typecode, v).
func NewValue[T Number](v T) (*Value[T], error) {
	m, err := newMapping(valueOf[T](), 1, int(unsafe.Sizeof(v)))
	if err != nil {
		return nil, during("NewValue", err)
	}
	n := new(Value[T])
	n.use(m)
	n.Store(v)
	return n, nil
}

// use makes v the number in m.
func (v *Value[T]) use(m *mapping) {
	v.memory, v.number = m, (*T)(m.data())
	if isWide[T]() && !isFloat[T]() {
		v.word.Store((*atomic.Uint64)(m.data()))
	}
}

// at returns where the number is. Who uses it calls keep afterwards.
func (v *Value[T]) at(operation string) *T {
	if v == nil || !v.memory.isOpen() {
		v.mapped().notOpen(operation)
	}
	return v.number
}

// mapped is nil for a value that is.
func (v *Value[T]) mapped() *mapping {
	if v == nil {
		return nil
	}
	return v.memory
}

// Load returns the number. Like all that follow it panics if the value is
// closed.
func (v *Value[T]) Load() T {
	n := loadAt(v.at("Load"))
	v.memory.keep()
	return n
}

// Store sets the number. A Load, a sum and a Store are no Add: what others
// add in between is lost, unless all hold the lock.
func (v *Value[T]) Store(n T) {
	storeAt(v.at("Store"), n)
	v.memory.keep()
}

// Add adds delta and returns the sum. BenchmarkAcrossProcesses has its cost.
func (v *Value[T]) Add(delta T) T {
	if v != nil {
		if word := v.word.Load(); word != nil {
			sum := T(word.Add(uint64(delta)))
			runtime.KeepAlive(v)
			return sum
		}
	}
	return v.addOther(delta)
}

// addOther is apart so that the commonest case calls nothing: a call takes
// about as long as the addition.
func (v *Value[T]) addOther(delta T) T {
	n := addAt(v.at("Add"), delta)
	v.memory.keep()
	return n
}

// CompareAndSwap sets the number to new if it is old, bit by bit, and
// reports whether it was.
func (v *Value[T]) CompareAndSwap(old, new T) bool {
	swapped := swapAt(v.at("CompareAndSwap"), old, new)
	v.memory.keep()
	return swapped
}

// Lock takes the value's lock, as Array.Lock does. The error is ErrOwnerDied
// if the last holder died; the lock is held all the same. It mirrors Python's
// with v.get_lock().
func (v *Value[T]) Lock() error {
	return v.mapped().acquire("Lock")
}

// Unlock lets go of the lock. It panics if nobody in this process holds it.
func (v *Value[T]) Unlock() {
	v.mapped().giveUp("Unlock")
}

// Close gives up the value in this process, as Array.Close does.
func (v *Value[T]) Close() error {
	if v == nil {
		return nil
	}
	v.word.Store(nil)
	return v.memory.Close()
}

// GobEncode lets a value travel to another process of the same program. It
// sends where to find the number. It fails on a value that is closed.
func (v *Value[T]) GobEncode() ([]byte, error) {
	if v.mapped() == nil {
		return nil, during("sending a value", errors.New("it is zero; make it with NewValue"))
	}
	return v.memory.send("sending a value")
}

// GobDecode makes v the value that GobEncode was called on. It refuses
// anything but what GobEncode made, and a value that is in use.
func (v *Value[T]) GobDecode(b []byte) error {
	if v.memory != nil {
		return during("receiving a value", errors.New("there is a value already; decode into a new one"))
	}
	m, err := openMapping(b, valueOf[T]())
	if err != nil {
		return during("receiving a value", err)
	}
	v.use(m)
	return nil
}
