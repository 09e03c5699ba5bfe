package sharedmem

import (
	"errors"
	"sync/atomic"
	"unsafe"
)

// Array is a fixed number of numbers that goroutines and processes share.
// Make it with NewArray. Send the pointer in the argument of a task of package
// process; the task then uses the same memory. It mirrors Python's
// multiprocessing.Array (slide 11).
//
// Load, Store, Add and CompareAndSwap are each atomic. To change several
// elements together, hold the lock. View gives each worker its own part, at
// full speed.
type Array[T Number] struct {
	memory   *mapping
	elements []T
}

// NewArray makes an array of length numbers, all 0. Close it when you no longer
// need it; it is also freed when the last process that uses it ends. NewArray
// panics if length is below 1. The error says why the operating system cannot
// provide the memory. It mirrors Python's mp.Array(typecode, length).
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

// at returns a pointer to element i. The caller must call keepAlive after using
// it.
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

// mapped returns the mapping, or nil if the array is nil.
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

// Load returns element i. Load, Store, Add and CompareAndSwap panic if there is
// no such element, or if the array is closed.
func (a *Array[T]) Load(i int) T {
	v := loadAt(a.at("Load", i))
	a.memory.keepAlive()
	return v
}

// Store sets element i.
func (a *Array[T]) Store(i int, v T) {
	storeAt(a.at("Store", i), v)
	a.memory.keepAlive()
}

// Add adds delta to element i and returns the sum.
func (a *Array[T]) Add(i int, delta T) T {
	// The most common case is inlined here: a call takes about as long as the addition.
	if a != nil && a.memory.isOpen() && uint(i) < uint(len(a.elements)) && T(1)/T(2) == 0 && unsafe.Sizeof(delta) == 8 {
		v := T(atomic.AddUint64((*uint64)(unsafe.Pointer(&a.elements[i])), uint64(delta)))
		a.memory.keepAlive()
		return v
	}
	v := addAt(a.at("Add", i), delta)
	a.memory.keepAlive()
	return v
}

// CompareAndSwap sets element i to new if it equals old, bit by bit, and
// reports whether it did.
func (a *Array[T]) CompareAndSwap(i int, old, new T) bool {
	swapped := swapAt(a.at("CompareAndSwap", i), old, new)
	a.memory.keepAlive()
	return swapped
}

// View calls use with the elements from to to-1 as a slice of the shared memory
// itself, not a copy; access is as fast as to any slice. Use it for a part that
// no other worker writes meanwhile, or while you hold the lock. Do not use the
// slice after the call, because the memory may be unmapped. View panics unless
// 0 <= from <= to <= Len.
func (a *Array[T]) View(from, to int, use func(part []T)) {
	a.mapped().mustBeOpen("View")
	if from < 0 || from > to || to > len(a.elements) {
		misuse("View: there are no elements %d to %d; there are %d, from 0", from, to-1, len(a.elements))
	}
	defer a.memory.keepAlive()
	use(a.elements[from:to:to])
}

// Lock acquires the array's lock, which all goroutines and processes that use
// the array share, and waits while another one holds it. Load, Store, Add and
// View do not acquire it. Lock mirrors get_lock().acquire() in Python. There,
// if a process dies while it holds the lock, all others hang. Here the
// operating system releases it (flock), and the next Lock reports the death.
//
// If the previous owner died, Lock acquires the lock and returns ErrOwnerDied.
// After any other error the lock is not acquired.
func (a *Array[T]) Lock() error {
	return a.mapped().acquire("Lock")
}

// Unlock releases the lock. It panics if this process does not hold it.
func (a *Array[T]) Unlock() {
	a.mapped().release("Unlock")
}

// Close closes the array in this process; other processes can still use it.
// After Close every use except Unlock panics. Later calls do nothing. The
// garbage collector unmaps the memory when no call uses it any more.
func (a *Array[T]) Close() error {
	return a.mapped().Close()
}

// GobEncode encodes the array for another process of the same program: the
// address of the memory, not its content. It fails if the array is closed.
func (a *Array[T]) GobEncode() ([]byte, error) {
	if a.mapped() == nil {
		return nil, during("sending an array", errors.New("it is zero; make it with NewArray"))
	}
	return a.memory.send("sending an array")
}

// GobDecode sets a to the array whose address GobEncode encoded. It fails if b
// does not come from GobEncode, and if a is not a zero Array.
func (a *Array[T]) GobDecode(b []byte) error {
	if a.memory != nil {
		return during("receiving an array", errors.New("there is an array already; decode into a zero Array"))
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
