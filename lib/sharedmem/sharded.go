package sharedmem

import (
	"errors"
	"sync/atomic"
	"unsafe"
)

// lineSize is how far apart numbers must lie that different cores write. It
// is two cache lines of 64 bytes, which Intel's processors fetch in pairs,
// and one of Apple's.
const lineSize = 128

// padded is a number alone in its cache lines.
type padded struct {
	atomic.Uint64
	_ [lineSize - 8]byte
}

// Sharded is a number in several cells, one for each worker, that are summed
// when it is read. Cells lie in cache lines of their own, so that the cores
// do not take them from each other: adding is as cheap with many workers as
// with one. Make it with NewSharded, for one process, or NewProcessSharded.
type Sharded[T Number] struct {
	cells  []padded
	memory *mapping // nil in one process
}

// NewSharded makes a number in cells for so many workers. It is 0. It panics
// if workers is below 1.
func NewSharded[T Number](workers int) *Sharded[T] {
	if workers < 1 {
		misuse("NewSharded: workers must be at least 1, got %d", workers)
	}
	return &Sharded[T]{cells: make([]padded, workers)}
}

// NewProcessSharded is NewSharded for workers that may be processes: send
// the pointer in the argument of a task. Close it at the end. The error says
// why the operating system gives no memory.
func NewProcessSharded[T Number](workers int) (*Sharded[T], error) {
	if workers < 1 {
		misuse("NewProcessSharded: workers must be at least 1, got %d", workers)
	}
	m, err := newMapping(shardedOf[T](), workers, lineSize)
	if err != nil {
		return nil, during("NewProcessSharded", err)
	}
	return shardedIn[T](m), nil
}

func shardedIn[T Number](m *mapping) *Sharded[T] {
	return &Sharded[T]{memory: m, cells: unsafe.Slice((*padded)(m.data()), m.length)}
}

// Cell is one worker's cell of a Sharded.
type Cell[T Number] struct {
	word   *atomic.Uint64
	memory *mapping // nil in one process
}

// Cell returns the cell of a worker, counted from 0. Two workers that use
// the same cell only make each other slow. It panics if there is no such
// cell.
func (s *Sharded[T]) Cell(worker int) Cell[T] {
	s.mustBeOpen("Cell")
	if worker < 0 || worker >= len(s.cells) {
		misuse("Cell: there is no cell %d; there are %d, from 0", worker, len(s.cells))
	}
	return Cell[T]{&s.cells[worker].Uint64, s.memory}
}

// Add adds delta, and returns what this cell now holds.
func (c Cell[T]) Add(delta T) T {
	if c.memory == nil && c.word != nil && !isFloat[T]() {
		return T(c.word.Add(uint64(delta))) // what is rare is apart: with it here an addition takes half as long again
	}
	return c.addOther(delta)
}

func (c Cell[T]) addOther(delta T) T {
	if c.word == nil {
		misuse("Add: the cell must not be zero; get it from Sharded.Cell")
	}
	if c.memory != nil {
		c.memory.mustBeOpen("Add")
	}
	v := addBits(c.word, delta)
	c.memory.keep()
	return v
}

// Load returns the sum of all cells. If others are adding it is what they
// had at moments that are not quite the same. It looks at every cell, so its
// time grows with the number of workers. Floats are added in the order of
// the cells.
func (s *Sharded[T]) Load() T {
	s.mustBeOpen("Load")
	var sum T
	for i := range s.cells {
		sum += fromBits[T](s.cells[i].Load())
	}
	s.memory.keep()
	return sum
}

// Close gives up the memory of a NewProcessSharded in this process; use
// after Close panics. Closing again is harmless. Without shared memory there
// is nothing to give up.
func (s *Sharded[T]) Close() error { return s.memory.Close() }

func (s *Sharded[T]) mustBeOpen(operation string) {
	if s == nil || len(s.cells) == 0 {
		misuse("%s: the number must not be nil or zero; make it with NewSharded", operation)
	}
	if s.memory != nil {
		s.memory.mustBeOpen(operation)
	}
}

// GobEncode lets a number made with NewProcessSharded travel to another
// process of the same program. It fails on one that was made with NewSharded
// or is closed.
func (s *Sharded[T]) GobEncode() ([]byte, error) {
	if s == nil || s.memory == nil {
		return nil, during("sending a sharded number", errors.New("it is in the memory of one process; make it with NewProcessSharded"))
	}
	return s.memory.send("sending a sharded number")
}

// GobDecode makes s the number that GobEncode was called on. It refuses
// anything but what GobEncode made, and a number that is in use.
func (s *Sharded[T]) GobDecode(b []byte) error {
	if len(s.cells) > 0 {
		return during("receiving a sharded number", errors.New("there is one already; decode into a new one"))
	}
	m, err := openMapping(b, shardedOf[T]())
	if err != nil {
		return during("receiving a sharded number", err)
	}
	*s = *shardedIn[T](m)
	return nil
}
