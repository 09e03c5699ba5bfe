package pool

import (
	"sync/atomic"

	"multiprocessing/lib/internal/caught"
	"multiprocessing/lib/internal/span"
)

// job is one Map: n items, handed out in chunks of size items.
type job struct {
	n, size int
	run     func(from, to int) // computes items[from:to]
	panics  caught.First
	trace   *span.Recorder // nil if nobody asked
	first   int            // for trace: which item of the whole items[0] is
	atEnd   func()         // called before done is closed, if not nil
	done    chan struct{}  // closed when all chunks are done
	active  int            // guarded by Pool.mu; goroutines taking part

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

// abandon lets nobody take another chunk.
func (j *job) abandon() { j.next.Store(int64(j.n)) }

// runChunks takes chunks and computes them until none is left, or a task
// panics: then nobody takes another.
func (j *job) runChunks(worker int) {
	defer func() {
		if j.panics.Panic() != nil {
			j.abandon()
		}
	}()
	j.panics.Run(func() {
		for {
			from := int(j.next.Add(int64(j.size))) - j.size
			if from >= j.n {
				return
			}
			to := min(from+j.size, j.n)
			start := j.trace.Now()
			j.run(from, to)
			j.trace.Add(worker, j.first+from, to-from, start)
		}
	})
}
