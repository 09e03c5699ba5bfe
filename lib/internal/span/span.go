// Package span records which worker ran what when, for packages goroutine,
// pool and process: what a timeline is drawn from.
package span

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Span is one stretch of a worker's time: it ran items First to
// First+Items-1 from Start to End, both counted from the start of the call
// that was traced.
type Span struct {
	Worker     int // from 1
	First      int // the first item, from 0
	Items      int // how many items
	Start, End time.Duration
}

// Recorder collects the spans of one call. A nil Recorder records nothing
// and costs nothing but the question. All methods may be called from many
// goroutines.
type Recorder struct {
	into  *[]Span
	begin time.Time
	mu    sync.Mutex
	spans []Span // guarded by mu
}

// NewRecorder begins to record for into; nil gives a nil Recorder.
func NewRecorder(into *[]Span) *Recorder {
	if into == nil {
		return nil
	}
	return &Recorder{into: into, begin: time.Now()}
}

// Now is the time since the Recorder was made.
func (r *Recorder) Now() time.Duration {
	if r == nil {
		return 0
	}
	return time.Since(r.begin)
}

// Add records what a worker began at start and has just ended.
func (r *Recorder) Add(worker, first, items int, start time.Duration) {
	if r == nil {
		return
	}
	end := r.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spans = append(r.spans, Span{worker, first, items, start, end})
}

// Put records a stretch that somebody else has measured.
func (r *Recorder) Put(s Span) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spans = append(r.spans, s)
}

// Publish puts what was recorded, in order of start, where the caller wants
// it. Nothing may be added after it.
func (r *Recorder) Publish() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.SortFunc(r.spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.First, b.First))
	})
	*r.into = r.spans
}
