package sharedmem

import (
	"errors"
	"sync/atomic"
	"unsafe"
)

// Array is a fixed number of numbers that goroutines and processes share.
// Make it with NewArray; send the pointer in the argument of a task of
// package process, and there it is the same memory. It mirrors Python's
// multiprocessing.Array (slide 11).
//
// Load, Store, Add and CompareAndSwap are atomic, each by itself; for a
// change of several elements there is Lock, and for parts that belong to one
// worker each there is View, at full speed.
type Array[T Number] struct {
	memory   *mapping
	elements []T
}

// NewArray makes an array of length numbers, all 0. Close it at the end; it
// also ends with the last process that has it. It panics if length is below
// 1. The error says why the operating system gives no memory. It mirrors
// Python's mp.Array(typecode, length).
func NewArray[T Number](length int) (*Array[T], error) {
	if length < 1 {
		misuse("NewArray: length must be at least 1, got %d", length)
	}
	m, err := newMapping(arrayOf[T](), length, int(unsafe.Sizeof(T(0))))
	if err != nil {
		return nil, during("NewArray", err)
	}
	return arrayIn[T](m), nil
}

func arrayIn[T Number](m *mapping) *Array[T] {
	return &Array[T]{memory: m, elements: unsafe.Slice((*T)(m.data()), m.length)}
}

// at returns where element i is. Who uses it calls keep afterwards.
func (a *Array[T]) at(operation string, i int) *T {
	if a == nil || !a.memory.isOpen() || uint(i) >= uint(len(a.elements)) {
		a.misused(operation, i)
	}
	return &a.elements[i]
}

func (a *Array[T]) misused(operation string, i int) {
	a.mapped().mustBeOpen(operation)
	misuse("%s: there is no element %d; there are %d, from 0", operation, i, len(a.elements))
}

// mapped is nil for an array that is.
func (a *Array[T]) mapped() *mapping {
	if a == nil {
		return nil
	}
	return a.memory
}

// Len returns the number of elements.
func (a *Array[T]) Len() int {
	if a.mapped() == nil {
		a.mapped().notOpen("Len")
	}
	return len(a.elements)
}

// Load returns element i. Like all that follow it panics if there is no such
// element, or the array is closed.
func (a *Array[T]) Load(i int) T {
	v := loadAt(a.at("Load", i))
	a.memory.keep()
	return v
}

// Store sets element i.
func (a *Array[T]) Store(i int, v T) {
	storeAt(a.at("Store", i), v)
	a.memory.keep()
}

// Add adds delta to element i and returns the sum. It has the commonest case
// written out, for a call takes about as long as the addition.
func (a *Array[T]) Add(i int, delta T) T {
	if a != nil && a.memory.isOpen() && uint(i) < uint(len(a.elements)) && T(1)/T(2) == 0 && unsafe.Sizeof(delta) == 8 {
		v := T(atomic.AddUint64((*uint64)(unsafe.Pointer(&a.elements[i])), uint64(delta)))
		a.memory.keep()
		return v
	}
	v := addAt(a.at("Add", i), delta)
	a.memory.keep()
	return v
}

// CompareAndSwap sets element i to new if it is old, bit by bit, and reports
// whether it was.
func (a *Array[T]) CompareAndSwap(i int, old, new T) bool {
	swapped := swapAt(a.at("CompareAndSwap", i), old, new)
	a.memory.keep()
	return swapped
}

// View calls use with the elements from to to-1 as a slice: the memory
// itself, not a copy, and as fast as any slice. It is for a part that nobody
// else writes meanwhile, or while the lock is held. The slice must not
// outlive the call, for the memory may not. It panics if 0 <= from <= to <=
// Len does not hold.
func (a *Array[T]) View(from, to int, use func(part []T)) {
	a.mapped().mustBeOpen("View")
	if from < 0 || from > to || to > len(a.elements) {
		misuse("View: there are no elements %d to %d; there are %d, from 0", from, to-1, len(a.elements))
	}
	defer a.memory.keep()
	use(a.elements[from:to:to])
}

// Lock takes the array's lock, which all goroutines and processes that have
// the array share, and waits while another holds it. Load, Store, Add and
// View do not take it. It mirrors get_lock().acquire() in Python, where all
// others hang after a process died with the lock. Here the operating system
// releases it (flock), and the next Lock reports it.
//
// The error is ErrOwnerDied if the last holder died; the lock is held all
// the same. Any other error means that it is not held.
func (a *Array[T]) Lock() error {
	return a.mapped().acquire("Lock")
}

// Unlock lets go of the lock. It panics if nobody in this process holds it.
func (a *Array[T]) Unlock() {
	a.mapped().giveUp("Unlock")
}

// Close gives up the array in this process; other processes keep it. Any use
// after Close panics, but for Unlock. Closing again is harmless. The memory
// goes when the garbage collector sees that no call uses it any more.
func (a *Array[T]) Close() error {
	return a.mapped().Close()
}

// GobEncode lets an array travel to another process of the same program. It
// sends where to find the memory, not what is in it. It fails on an array
// that is closed.
func (a *Array[T]) GobEncode() ([]byte, error) {
	if a.mapped() == nil {
		return nil, during("sending an array", errors.New("it is zero; make it with NewArray"))
	}
	return a.memory.send("sending an array")
}

// GobDecode makes a the array that GobEncode was called on. It refuses
// anything but what GobEncode made, and an array that is in use.
func (a *Array[T]) GobDecode(b []byte) error {
	if a.memory != nil {
		return during("receiving an array", errors.New("there is an array already; decode into a new one"))
	}
	m, err := openMapping(b, arrayOf[T]())
	if err != nil {
		return during("receiving an array", err)
	}
	*a = *arrayIn[T](m)
	return nil
}

func (m *mapping) send(doing string) ([]byte, error) {
	if m.closed.Load() {
		return nil, during(doing, errors.New("it is closed; send it before Close"))
	}
	b, err := m.where.encode()
	return b, during(doing, err)
}
