// Package heat lets heat flow through a plate, in steps of time: slide 3's
// "numerical PDE".
//
// Class: inherently serial in time, for a step needs the one before; but
// within a step every cell can be computed by itself from its neighbors. So
// workers take a band of rows each, and have to talk after every step. They
// do it in the two ways that slide 3 names:
//
//   - Messages: every worker owns the rows of its band; after each step it
//     sends a copy of its outermost rows to its neighbors (halo exchange):
//     two rows for each worker and step, through channels;
//   - SharedMemory: all workers read and write the same two plates; after
//     each step they wait for each other at a Barrier. Nothing is copied.
//
// Both equal the serial solution to the last bit, whatever the number of
// workers, for every cell is computed by NextRow from the same numbers.
//
// Measured on 2 cores that other programs used too: a cell takes 1.3 ns. A
// step of 1000 by 1000 cells takes 1.3 ms by Serial, and 0.8 ms by either
// form with 2 workers; one of 100 by 100 takes 13 µs, and 16 µs with 2
// workers: there the waiting costs more than the help brings
// (BenchmarkHeat). To pass a Barrier of 2 takes 0.3 to 1.4 µs
// (BenchmarkBarrier).
package heat

import "fmt"

// Plate holds the temperature of every cell, row by row. All rows have the
// same length. The cells on the edge keep their temperature.
type Plate [][]float64

// Rate says how fast heat flows: the part of the difference between two
// neighbors that flows in one step. Above 1/4 the explicit scheme that is
// used here is not stable: temperatures would swing ever more wildly.
const Rate = 0.2

// New makes a plate of temperature 0 whose upper edge is kept at 100. It
// panics if rows or columns is below 1.
func New(rows, columns int) Plate {
	if rows < 1 || columns < 1 {
		panic(fmt.Sprintf("heat: New: rows and columns must be at least 1, got %d and %d", rows, columns))
	}
	p := empty(rows, columns)
	for column := range p[0] {
		p[0][column] = 100
	}
	return p
}

// empty makes a plate whose rows lie one after the other in memory.
func empty(rows, columns int) Plate {
	cells, p := make([]float64, rows*columns), make(Plate, rows)
	for i := range p {
		p[i] = cells[i*columns : (i+1)*columns : (i+1)*columns]
	}
	return p
}

// Clone returns a copy of the plate.
func (p Plate) Clone() Plate {
	if len(p) == 0 {
		return Plate{}
	}
	c := empty(len(p), len(p[0]))
	for i, row := range p {
		copy(c[i], row)
	}
	return c
}

// Serial returns the plate after so many steps, computed by the caller's own
// goroutine. The plate itself is not changed. It panics if steps is below 0
// or the rows differ in length.
func Serial(p Plate, steps int) Plate {
	mustBeProper("Serial", p, steps, 1)
	now, next := p.Clone(), p.Clone() // both, for the edges
	for range steps {
		for i := 1; i < len(now)-1; i++ {
			NextRow(next[i], now[i-1], now[i], now[i+1])
		}
		now, next = next, now
	}
	return now
}

// NextRow computes the inner cells of a row one step later, into next, from
// the row as it is and the rows above and below it. The first and the last
// cell of next are left alone. All four must have the same length.
//
// A product in float64() is rounded by itself. Without that the compiler may
// fuse it with a sum on some processors, in one place and not in another,
// and the last bit would depend on who calls.
func NextRow(next, above, row, below []float64) {
	above, below, next = above[:len(row)], below[:len(row)], next[:len(row)] // one check, not four a cell
	for j := 1; j < len(row)-1; j++ {
		around := (above[j] + below[j]) + (row[j-1] + row[j+1])
		next[j] = row[j] + float64(Rate*(around-float64(4*row[j])))
	}
}

// Band is a run of rows, the part of one worker: From to To-1.
type Band struct{ From, To int }

// Bands shares out the inner rows of the plate, as evenly as can be. There
// are fewer bands than workers if there are fewer rows. It panics if workers
// is below 1.
func (p Plate) Bands(workers int) []Band {
	mustHaveWorkers("Plate.Bands", workers)
	inner := max(0, len(p)-2)
	workers = min(workers, inner)
	bands := make([]Band, workers)
	for w := range bands {
		bands[w] = Band{1 + w*inner/workers, 1 + (w+1)*inner/workers}
	}
	return bands
}

func mustHaveWorkers(operation string, workers int) {
	if workers < 1 {
		panic(fmt.Sprintf("heat: %s: workers must be at least 1, got %d", operation, workers))
	}
}

func mustBeProper(operation string, p Plate, steps, workers int) {
	mustHaveWorkers(operation, workers)
	if steps < 0 {
		panic(fmt.Sprintf("heat: %s: steps must not be negative, got %d", operation, steps))
	}
	for i, row := range p {
		if len(row) != len(p[0]) {
			panic(fmt.Sprintf("heat: %s: all rows must be as long as the first, %d; row %d has length %d", operation, len(p[0]), i, len(row)))
		}
	}
}
