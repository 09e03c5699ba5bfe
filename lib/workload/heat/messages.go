package heat

import "sync"

// Messages is Serial by message passing: each worker has its band to itself
// and exchanges outermost rows with its neighbors after every step. The
// answer is the same, to the last bit. It panics if workers is below 1,
// steps is below 0 or the rows differ in length.
func Messages(p Plate, steps, workers int) Plate {
	mustBeProper("Messages", p, steps, workers)
	result := p.Clone()
	bands := p.Bands(workers)
	up, down := links(len(bands)), links(len(bands))
	var wg sync.WaitGroup
	for i, band := range bands {
		w := newBandWorker(p, band)
		w.toAbove, w.fromAbove = up[i], down[i]
		w.toBelow, w.fromBelow = down[i+1], up[i+1]
		wg.Go(func() { w.run(steps, result[band.From:band.To]) })
	}
	wg.Wait()
	return result
}

// links returns a channel for every border of n bands. The outermost are
// nil, because no neighbor is there. The others hold one row, so that a worker
// can send before its neighbor receives: without that, two workers that both
// send first deadlock.
func links(n int) []chan []float64 {
	borders := make([]chan []float64, n+1)
	for i := 1; i < n; i++ {
		borders[i] = make(chan []float64, 1)
	}
	return borders
}

// bandWorker owns the rows of one band, twice, with a halo row above and one
// below them: copies of what belongs to the neighbors.
type bandWorker struct {
	now, next            Plate
	spareAbove           []float64 // the row to send next to the neighbor above
	spareBelow           []float64
	toAbove, toBelow     chan<- []float64
	fromAbove, fromBelow <-chan []float64
}

func newBandWorker(p Plate, band Band) *bandWorker {
	own := p[band.From-1 : band.To+1]
	columns := len(own[0])
	return &bandWorker{
		now: own.Clone(), next: own.Clone(),
		spareAbove: make([]float64, columns), spareBelow: make([]float64, columns),
	}
}

// run computes all steps and copies the band out.
func (w *bandWorker) run(steps int, out Plate) {
	last := len(w.now) - 1
	for step := range steps {
		if step > 0 { // the first halo came with the plate
			w.exchange(last)
		}
		for i := 1; i < last; i++ {
			NextRow(w.next[i], w.now[i-1], w.now[i], w.now[i+1])
		}
		// The halo rows stay with now, for they are to be replaced.
		w.next[0], w.now[0] = w.now[0], w.next[0]
		w.next[last], w.now[last] = w.now[last], w.next[last]
		w.now, w.next = w.next, w.now
	}
	for i := range out {
		copy(out[i], w.now[i+1])
	}
}

// exchange sends both neighbors copies of the rows next to them, then takes
// theirs as the new halo.
func (w *bandWorker) exchange(last int) {
	send(w.toAbove, w.spareAbove, w.now[1])
	send(w.toBelow, w.spareBelow, w.now[last-1])
	receive(w.fromAbove, &w.spareAbove, &w.now[0])
	receive(w.fromBelow, &w.spareBelow, &w.now[last])
}

// send gives away the spare row: from here on it is the neighbor's.
func send(to chan<- []float64, spare, row []float64) {
	if to != nil {
		copy(spare, row)
		to <- spare
	}
}

// receive takes the neighbor's row for the halo. The row that was the halo
// becomes the spare one, so no step allocates memory.
func receive(from <-chan []float64, spare, halo *[]float64) {
	if from != nil {
		*spare, *halo = *halo, <-from
	}
}
