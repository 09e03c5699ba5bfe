package heat

import "sync"

// SharedMemory is Serial by shared memory: all workers read one plate and
// write another, each its own band, and wait for each other after every
// step. The answer is the same, to the last bit. It panics if workers is
// below 1, steps is below 0 or the rows differ in length.
func SharedMemory(p Plate, steps, workers int) Plate {
	mustBeProper("SharedMemory", p, steps, workers)
	plates := [2]Plate{p.Clone(), p.Clone()}
	bands := p.Bands(workers)
	if len(bands) == 0 {
		return plates[0] // all edge
	}
	barrier := NewBarrier(len(bands))
	var wg sync.WaitGroup
	for _, band := range bands {
		wg.Go(func() {
			for step := range steps {
				now, next := plates[step%2], plates[(step+1)%2]
				for i := band.From; i < band.To; i++ {
					NextRow(next[i], now[i-1], now[i], now[i+1])
				}
				barrier.Wait() // nobody may write what a neighbor still reads
			}
		})
	}
	wg.Wait()
	return plates[steps%2]
}
