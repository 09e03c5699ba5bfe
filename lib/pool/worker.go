package pool

// worker is a goroutine of a pool.
type worker struct {
	pool   *Pool
	number int    // for traces, from 1
	frame  *frame // frame of the innermost task; only the worker's goroutine uses it
}

func (p *Pool) startWorker(number int) {
	go (&worker{pool: p, number: number}).loop()
}

// loop runs jobs until the pool ends. It must not be inlined, because onWorker
// looks for it at the bottom of the stack.
//
//go:noinline
func (w *worker) loop() {
	if labeled() != nil { // a task has called New
		setLabels(nil)
	}
	key := goroutineNumber()
	workers.Store(key, w)
	exits := false
	defer func() {
		workers.Delete(key)
		if exits {
			w.pool.alive.Done()
		} else { // a task has ended this goroutine (Goexit): replace it
			w.pool.startWorker(w.number)
		}
	}()
	for w.runNext() {
	}
	exits = true
}

// runNext waits for a job and runs its chunks until none is left. It returns
// false if the pool has ended.
func (w *worker) runNext() bool {
	j := w.pool.join()
	if j == nil {
		return false
	}
	defer w.pool.leave(j, 1) // deferred, because a task may end the goroutine
	j.runChunks(w, w.number, nil)
	return true
}
