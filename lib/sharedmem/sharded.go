package sharedmem

import (
	"errors"
	"sync/atomic"
	"unsafe"
)

// lineSize is the necessary distance between numbers that different cores
// write: two cache lines of 64 bytes, which Intel's processors fetch in pairs,
// or one line of Apple's processors.
const lineSize = 128

// padded is a number that shares its cache lines with no other.
type padded struct {
	atomic.Uint64
	_ [lineSize - 8]byte
}

// Sharded is a number that consists of several cells, one for each worker; Load
// returns their sum. Each cell has its own cache lines, so that cores do not
// take them from each other: adding is as cheap with many workers as with one.
// Make it with NewSharded, for one process, or NewProcessSharded.
type Sharded[T Number] struct {
	cells  []padded
	memory *mapping // nil in one process
}

// NewSharded makes a number with one cell for each of workers. It is 0. It
// panics if workers is below 1.
func NewSharded[T Number](workers int) *Sharded[T] {
	if workers < 1 {
		misuse("NewSharded: workers must be at least 1, got %d", workers)
	}
	return &Sharded[T]{cells: make([]padded, workers)}
}

// NewProcessSharded is NewSharded for workers that may be processes: send the
// pointer in the argument of a task. Close it when you no longer need it. The
// error says why the operating system cannot provide the memory.
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

// Cell returns the cell of a worker, counted from 0. Two workers may use the
// same cell, but slow each other down. It panics if there is no such cell.
func (s *Sharded[T]) Cell(worker int) Cell[T] {
	s.mustBeOpen("Cell")
	if worker < 0 || worker >= len(s.cells) {
		misuse("Cell: there is no cell %d; there are %d, from 0", worker, len(s.cells))
	}
	return Cell[T]{&s.cells[worker].Uint64, s.memory}
}

// Add adds delta to the cell, and returns the cell's new value.
func (c Cell[T]) Add(delta T) T {
	if c.memory == nil && c.word != nil && !isFloat[T]() {
		return T(c.word.Add(uint64(delta))) // the other cases are in addOther: here they would make this one half as slow again
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
	c.memory.keepAlive()
	return v
}

// Load returns the sum of all cells, in the order of the cells. It reads them
// one after the other: if workers add meanwhile, the sum is not a snapshot of a
// single moment. Its cost grows with the number of cells.
func (s *Sharded[T]) Load() T {
	s.mustBeOpen("Load")
	var sum T
	for i := range s.cells {
		sum += fromBits[T](s.cells[i].Load())
	}
	s.memory.keepAlive()
	return sum
}

// Close closes a number made with NewProcessSharded in this process; later use
// panics. Later calls do nothing. On a number made with NewSharded, Close does
// nothing.
func (s *Sharded[T]) Close() error { return s.memory.Close() }

func (s *Sharded[T]) mustBeOpen(operation string) {
	if s == nil || len(s.cells) == 0 {
		misuse("%s: the number must not be nil or zero; make it with NewSharded", operation)
	}
	if s.memory != nil {
		s.memory.mustBeOpen(operation)
	}
}

// GobEncode encodes a number made with NewProcessSharded for another process of
// the same program: the address of the memory, not its content. It fails if the
// number was made with NewSharded or is closed.
func (s *Sharded[T]) GobEncode() ([]byte, error) {
	if s == nil || s.memory == nil {
		return nil, during("sending a sharded number", errors.New("it is in the memory of one process; make it with NewProcessSharded"))
	}
	return s.memory.send("sending a sharded number")
}

// GobDecode sets s to the number whose address GobEncode encoded. It fails if b
// does not come from GobEncode, and if s is not a zero Sharded.
func (s *Sharded[T]) GobDecode(b []byte) error {
	if len(s.cells) > 0 {
		return during("receiving a sharded number", errors.New("there is one already; decode into a zero Sharded"))
	}
	m, err := openMapping(b, shardedOf[T]())
	if err != nil {
		return during("receiving a sharded number", err)
	}
	*s = *shardedIn[T](m)
	return nil
}
