package pool

import (
	"sync/atomic"

	"multiprocessing/lib/internal/failure"
	"multiprocessing/lib/internal/span"
)

// job is one Map: n items, handed out in chunks of size items.
type job struct {
	n, size int
	run     chunkFunc
	failure *failure.Lowest
	trace   *span.Recorder // nil without Trace
	first   int            // for trace: which item of the whole items[0] is
	atEnd   func()         // called before done is closed, if not nil
	done    chan struct{}  // closed when all chunks are done
	active  int            // guarded by Pool.mu; goroutines taking part

	pool   *Pool
	outer  *frame // the task that began the job, or has started the goroutine that did; nil if none
	beside bool   // a goroutine that outer has started began the job
	async  bool   // the call that began the job does not wait for it

	own failure.Lowest // what failure points to, but for MapErr

	_    [64]byte     // next is written all the time: alone in its cache line
	next atomic.Int64 // first item not yet handed out
	_    [56]byte
}

// chunkFunc computes items[from:to]. It stores in at where it has ended: the
// item that panicked, if one did.
type chunkFunc = func(from, to int, at *int)

// newJob returns a job that c begins.
func (p *Pool) newJob(c caller) *job {
	j := &job{pool: p, outer: c.frame, beside: !c.own, done: make(chan struct{})}
	j.failure = &j.own
	return j
}

// chunksPerWorker is what automatic chunks aim at. A worker can be idle at
// the end for at most the time of one chunk, so more of them balance unequal
// tasks better; fewer of them make tiny tasks cheaper, for each costs an
// atomic add on a counter that all workers share. In BenchmarkChunksPerWorker
// there was no difference between 16 and 256.
const chunksPerWorker = 64

func automaticChunk(n, workers int) int {
	return max(1, n/(workers*chunksPerWorker))
}

func (j *job) chunks() int { return (j.n + j.size - 1) / j.size }

// abandon makes the chunks that are left unavailable.
func (j *job) abandon() { j.next.Store(int64(j.n)) }

// hasMore reports whether there are chunks that no worker has begun.
func (j *job) hasMore() bool { return j.next.Load() < int64(j.n) }

// isDone reports whether all chunks are done.
func (j *job) isDone() bool {
	select {
	case <-j.done:
		return true
	default:
		return false
	}
}

// runChunks takes chunks and has w compute them until none is left or stop
// ends, or until a task fails, which abandons the others. number is for traces.
func (j *job) runChunks(w *worker, number int, stop <-chan struct{}) {
	w.enter(j)
	defer func() { // deferred, because a task may end the goroutine
		w.exit()
		if j.failure.Failed() {
			j.abandon()
		}
	}()
	var at int
	j.failure.Catch(&at, func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			from := int(j.next.Add(int64(j.size))) - j.size
			if from >= j.n {
				return
			}
			to := min(from+j.size, j.n)
			start := j.trace.Now()
			if j.run(from, to, &at); at < to { // a task has failed, or the context has ended
				j.abandon()
				return
			}
			j.trace.Add(number, j.first+from, to-from, start)
		}
	})
}
