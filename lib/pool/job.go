package pool

import (
	"sync/atomic"

	"multiprocessing/lib/internal/caught"
)

// job is one Map: n items, handed out in chunks of size items.
type job struct {
	n, size int
	run     func(from, to int) // computes items[from:to]
	panics  caught.First
	done    chan struct{} // closed when all chunks are done
	active  int           // guarded by Pool.mu; goroutines taking part

	_    [64]byte     // next is written all the time: alone in its cache line
	next atomic.Int64 // first item not yet handed out
	_    [56]byte
}

// chunksPerWorker is what automatic chunks aim at. A worker can be idle at
// the end for at most the time of one chunk, so more of them balance unequal
// tasks better; fewer of them make tiny tasks cheaper, for each costs an
// atomic add on a counter that all workers share. In BenchmarkChunksPerWorker
// no difference was to be seen between 16 and 256.
const chunksPerWorker = 64

func automaticChunk(n, workers int) int {
	return max(1, n/(workers*chunksPerWorker))
}

func (j *job) chunks() int { return (j.n + j.size - 1) / j.size }

// runChunks takes chunks and computes them until none is left, or a task
// panics: then nobody takes another.
func (j *job) runChunks() {
	defer func() {
		if j.panics.Panic() != nil {
			j.next.Store(int64(j.n))
		}
	}()
	j.panics.Run(func() {
		for {
			from := int(j.next.Add(int64(j.size))) - j.size
			if from >= j.n {
				return
			}
			j.run(from, min(from+j.size, j.n))
		}
	})
}
