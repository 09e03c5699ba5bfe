package sharedmem

import "sync/atomic"

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
// Make it with NewSharded.
type Sharded[T Number] struct{ cells []padded }

// NewSharded makes a number with one cell for each of workers. It is 0. It
// panics if workers is below 1.
func NewSharded[T Number](workers int) *Sharded[T] {
	if workers < 1 {
		misuse("NewSharded: workers must be at least 1, got %d", workers)
	}
	return &Sharded[T]{make([]padded, workers)}
}

// Cell is one worker's cell of a Sharded.
type Cell[T Number] struct{ word *atomic.Uint64 }

// Cell returns the cell of a worker, counted from 0. Two workers may use the
// same cell, but slow each other down. It panics if there is no such cell.
func (s *Sharded[T]) Cell(worker int) Cell[T] {
	s.mustBeMade("Cell")
	if worker < 0 || worker >= len(s.cells) {
		misuse("Cell: there is no cell %d; there are %d, from 0", worker, len(s.cells))
	}
	return Cell[T]{&s.cells[worker].Uint64}
}

// Add adds delta to the cell, and returns the cell's new value.
func (c Cell[T]) Add(delta T) T {
	if c.word != nil && !isFloat[T]() {
		return T(c.word.Add(uint64(delta))) // the other cases are in addOther: here they would make this one half as slow again
	}
	return c.addOther(delta)
}

func (c Cell[T]) addOther(delta T) T {
	if c.word == nil {
		misuse("Add: the cell must not be zero; get it from Sharded.Cell")
	}
	return addBits(c.word, delta)
}

// Load returns the sum of all cells, in the order of the cells. It reads them
// one after the other: if workers add meanwhile, the sum is not a snapshot of a
// single moment. Its cost grows with the number of cells.
func (s *Sharded[T]) Load() T {
	s.mustBeMade("Load")
	var sum T
	for i := range s.cells {
		sum += fromBits[T](s.cells[i].Load())
	}
	return sum
}

func (s *Sharded[T]) mustBeMade(operation string) {
	if s == nil || len(s.cells) == 0 {
		misuse("%s: the number must not be nil or zero; make it with NewSharded", operation)
	}
}
