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

// timeline converts the times of many clocks to one: time since the Map began.
//
// The time at which a result arrived, minus its end by the worker's clock, is
// the difference of the two clocks plus the time in transit. The least of these
// values of a clock is the best estimate of the difference. So durations and
// the order within a process are exact, and all times of a clock are late by
// the transit time of its fastest result.
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

// publish stores the Spans for the caller, in order of their start. Spans from
// before the Map, of an earlier one of the job, are at its beginning.
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
