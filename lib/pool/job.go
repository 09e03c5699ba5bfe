package pool

import (
	"sync/atomic"

	"multiprocessing/lib/internal/failure"
	"multiprocessing/lib/internal/span"
)

// job is one Map: n items, which workers take in chunks of size items.
type job struct {
	n, size int
	run     chunkFunc
	failure *failure.Lowest
	trace   *span.Recorder // nil without Trace
	first   int            // for trace: the index of the job's first item in the whole call
	atEnd   func()         // called before done is closed, if not nil
	done    chan struct{}  // closed when all chunks are done
	active  int            // guarded by Pool.mu; goroutines taking part

	pool   *Pool
	outer  *frame // the task that started the job, itself or in its goroutine; nil if none
	beside bool   // not outer itself but its goroutine started the job
	async  bool   // the call that started the job does not wait for it

	own failure.Lowest // failure points to it, except for MapErr

	_    [64]byte     // next is written often: it has its own cache line
	next atomic.Int64 // first item that no worker has taken
	_    [56]byte
}

// chunkFunc computes items[from:to]. It stores in at the item at which it
// stopped: to, or the item whose task panicked or failed.
type chunkFunc = func(from, to int, at *int)

// newJob returns a job that c starts.
func (p *Pool) newJob(c caller) *job {
	j := &job{pool: p, outer: c.frame, beside: !c.own, done: make(chan struct{})}
	j.failure = &j.own
	return j
}

// chunksPerWorker is the target for automatic chunks. At the end a worker is
// idle for at most the time of one chunk, so more chunks balance unequal tasks
// better. Fewer chunks make tiny tasks cheaper, because each costs an atomic
// add on a counter that all workers share. BenchmarkChunksPerWorker shows no
// difference between 16 and 256.
const chunksPerWorker = 64

func automaticChunk(n, workers int) int {
	return max(1, n/(workers*chunksPerWorker))
}

func (j *job) chunks() int { return (j.n + j.size - 1) / j.size }

// abandon drops the chunks that no worker has taken.
func (j *job) abandon() { j.next.Store(int64(j.n)) }

// hasMore reports whether there are chunks that no worker has taken.
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

// runChunks takes chunks and computes them as w until none is left, stop is
// closed, or a task fails. A failure drops the remaining chunks. number is the
// worker's number in traces.
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
