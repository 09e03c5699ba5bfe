package cluster

import (
	"time"

	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/span"
)

// clock measures when a worker's tasks run. It does not step, as the time of
// day does when it is set, and counts from the start of its process.
type clock struct {
	id  string // of this process: another that takes its place has another clock
	now func() time.Duration
}

func newClock() clock {
	start := time.Now()
	return clock{wire.NewName(), func() time.Duration { return time.Since(start) }}
}

// timeline puts the times of many clocks on one: since the Map began.
//
// A result comes after its end, so the time at which it came, less the end by
// the worker's clock, is what that clock is behind, and the result's way. Of
// all results by one clock the least is the best guess: durations and the
// order of one process are exact, and only the fastest result's way is added
// to all.
type timeline struct {
	into    *[]Span // nil if the caller wants no trace
	results []timed
	behind  map[string]time.Duration // by clock
}

// timed is a Span by a worker's clock.
type timed struct {
	Span
	clock string        // empty if it is not known
	came  time.Duration // when the result came, since the Map began
}

func (l *timeline) add(t timed) {
	if l.into == nil {
		return
	}
	l.results = append(l.results, t)
	if l.behind == nil {
		l.behind = map[string]time.Duration{}
	}
	if least, known := l.behind[t.clock]; !known || t.came-t.End < least {
		l.behind[t.clock] = t.came - t.End
	}
}

// publish stores the Spans for the caller, in order of their start. What ran before
// the Map began, for an earlier one of the job, is at its beginning.
func (l *timeline) publish() {
	spans := span.NewRecorder(l.into)
	for _, t := range l.results {
		behind := l.behind[t.clock]
		if t.clock == "" {
			behind = t.came - t.End
		}
		t.Start = max(0, t.Start+behind)
		t.End = max(t.Start, t.End+behind)
		spans.Put(t.Span)
	}
	spans.Publish()
}
