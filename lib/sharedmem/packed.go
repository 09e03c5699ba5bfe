package sharedmem

import "sync/atomic"

// Packed is Sharded without padding: correct, but SLOW. The cells of different
// workers share a cache line, and every Add of one core takes the line from the
// other cores, as if all added to the same number. This is false sharing.
// Packed exists for comparison; see BenchmarkCounters. Cores that share their
// cache, as some virtual cores do, show no difference.
type Packed[T Number] struct{ cells []atomic.Uint64 }

// NewPacked makes a number with one cell for each of workers. It panics if
// workers is below 1.
func NewPacked[T Number](workers int) *Packed[T] {
	if workers < 1 {
		misuse("NewPacked: workers must be at least 1, got %d", workers)
	}
	return &Packed[T]{make([]atomic.Uint64, workers)}
}

// PackedCell is one worker's cell of a Packed.
type PackedCell[T Number] struct{ word *atomic.Uint64 }

// Cell returns the cell of a worker, counted from 0. It panics if there is
// no such cell.
func (p *Packed[T]) Cell(worker int) PackedCell[T] {
	if worker < 0 || worker >= len(p.cells) {
		misuse("Cell: there is no cell %d; there are %d, from 0", worker, len(p.cells))
	}
	return PackedCell[T]{&p.cells[worker]}
}

// Add adds delta to the cell, and returns the cell's new value.
func (c PackedCell[T]) Add(delta T) T { return addBits(c.word, delta) }

// Load returns the sum of all cells.
func (p *Packed[T]) Load() T {
	var sum T
	for i := range p.cells {
		sum += fromBits[T](p.cells[i].Load())
	}
	return sum
}
