package pool

import (
	"sync/atomic"
	"unsafe"
)

// frame is one worker's run of a job, from its first chunk to its last. The
// profiler labels of the worker's goroutine lead to it, and so do those of all
// goroutines that its tasks start.
type frame struct {
	labels []label // must be first: profiles read the frame as a label set
	job    *job
	worker *worker
	outer  atomic.Pointer[frame] // the frame in which the job was started; see next
	ended  atomic.Bool

	frameBefore  *frame // the worker's frame before, if a task runs items of its own Map
	labelsBefore unsafe.Pointer
}

// enter begins a run of j.
func (w *worker) enter(j *job) {
	f := &frame{labels: taskLabels, job: j, worker: w, frameBefore: w.frame, labelsBefore: getLabels()}
	f.outer.Store(j.outer.running())
	w.frame = f
	setLabels(unsafe.Pointer(f))
}

// exit ends the run.
func (w *worker) exit() {
	f := w.frame
	f.ended.Store(true)
	f.next() // release frames that have ended
	setLabels(f.labelsBefore)
	w.frame = f.frameBefore
	f.frameBefore, f.labelsBefore = nil, nil
}

// running returns f or, if f has ended, the nearest outer frame that has not;
// nil if there is none.
func (f *frame) running() *frame {
	for f != nil && f.ended.Load() {
		f = f.outer.Load()
	}
	return f
}

// next returns the nearest outer frame that has not ended. It releases the
// frames between: otherwise, if each task starts the next one, all of them
// would stay in memory.
func (f *frame) next() *frame {
	running := f.outer.Load().running()
	f.outer.Store(running)
	return running
}
