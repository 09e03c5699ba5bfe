package sharedmem

import (
	"errors"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// Value is one number that goroutines and processes share. Make it with
// NewValue. Send the pointer in the argument of a task of package process; the
// task then uses the same number. It mirrors Python's multiprocessing.Value
// (slide 11), where v.value += 1 loses updates unless the lock is held. Add
// does not lose updates.
type Value[T Number] struct {
	memory *mapping
	number *T
	word   atomic.Pointer[atomic.Uint64] // to number, if it is an integer of 8 bytes and not closed
}

// NewValue makes a shared number with the value v. Close it when you no longer
// need it; it is also freed when the last process that uses it ends. The error
// says why the operating system cannot provide the memory. It mirrors Python's
// mp.Value(typecode, v).
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

// use sets v to the number in m.
func (v *Value[T]) use(m *mapping) {
	v.memory, v.number = m, (*T)(m.data())
	if isWide[T]() && !isFloat[T]() {
		v.word.Store((*atomic.Uint64)(m.data()))
	}
}

// at returns a pointer to the number. The caller must call keepAlive after
// using it.
func (v *Value[T]) at(operation string) *T {
	if v == nil || !v.memory.isOpen() {
		v.mapped().notOpen(operation)
	}
	return v.number
}

// mapped returns the mapping, or nil if the value is nil.
func (v *Value[T]) mapped() *mapping {
	if v == nil {
		return nil
	}
	return v.memory
}

// Load returns the number. Load, Store, Add and CompareAndSwap panic if the
// value is closed.
func (v *Value[T]) Load() T {
	n := loadAt(v.at("Load"))
	v.memory.keepAlive()
	return n
}

// Store sets the number. Load, a sum and Store do not replace Add: what other
// workers add in between is lost, unless all hold the lock.
func (v *Value[T]) Store(n T) {
	storeAt(v.at("Store"), n)
	v.memory.keepAlive()
}

// Add adds delta and returns the sum. BenchmarkAcrossProcesses measures it.
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

// addOther handles the less common cases of Add. They are separate so that the
// most common one needs no call, which takes about as long as the addition.
func (v *Value[T]) addOther(delta T) T {
	n := addAt(v.at("Add"), delta)
	v.memory.keepAlive()
	return n
}

// CompareAndSwap sets the number to new if it equals old, bit by bit, and
// reports whether it did.
func (v *Value[T]) CompareAndSwap(old, new T) bool {
	swapped := swapAt(v.at("CompareAndSwap"), old, new)
	v.memory.keepAlive()
	return swapped
}

// Lock acquires the value's lock, as Array.Lock does. If the previous owner
// died, Lock acquires the lock and returns ErrOwnerDied. It mirrors Python's
// with v.get_lock().
func (v *Value[T]) Lock() error {
	return v.mapped().acquire("Lock")
}

// Unlock releases the lock. It panics if this process does not hold it.
func (v *Value[T]) Unlock() {
	v.mapped().release("Unlock")
}

// Close closes the value in this process, as Array.Close does.
func (v *Value[T]) Close() error {
	if v == nil {
		return nil
	}
	v.word.Store(nil)
	return v.memory.Close()
}

// GobEncode encodes the value for another process of the same program: the
// address of the memory, not its content. It fails if the value is closed.
func (v *Value[T]) GobEncode() ([]byte, error) {
	if v.mapped() == nil {
		return nil, during("sending a value", errors.New("it is zero; make it with NewValue"))
	}
	return v.memory.send("sending a value")
}

// GobDecode sets v to the value whose address GobEncode encoded. It fails if b
// does not come from GobEncode, and if v is not a zero Value.
func (v *Value[T]) GobDecode(b []byte) error {
	if v.memory != nil {
		return during("receiving a value", errors.New("there is a value already; decode into a zero Value"))
	}
	m, err := openMapping(b, valueOf[T]())
	if err != nil {
		return during("receiving a value", err)
	}
	v.use(m)
	return nil
}
