package schedules

import "math"

// findings is what an exploration has found.
type findings struct {
	counter         *counter // of the schedules that a run stands for; nil if it is one
	bounded         bool     // runs end in states that an earlier run has reached, so that schedules are not counted
	runs            int
	failedRuns      int
	schedules       float64
	wrong, failed   float64 // schedules with a failure or a data race, and those with a failure
	inexact         bool    // these are lower bounds
	failures, races []*finding
	spun            bool // a run had a Gosched that waits
}

// watch is set by tests: it is called after every run, and with nil by reset.
var watch func(x *execution, weight float64)

// finding is one way in which schedules are wrong, and the shortest of them.
type finding struct {
	kind      Kind
	message   string // identifies it
	runs      int
	schedules float64
	steps     int // of the shortest
	recipe    []place
	strict    bool
	last      uint64 // execution that was counted
}

// reset forgets all.
func (f *findings) reset() {
	*f = findings{counter: f.counter, bounded: f.bounded}
	if watch != nil {
		watch(nil, 0)
	}
}

// add counts a run.
func (f *findings) add(x *execution) {
	weight := 1.0
	if f.counter != nil && x.spun {
		weight = math.NaN()
	} else if f.counter != nil {
		weight = f.counter.count(x)
	}
	if watch != nil {
		watch(x, weight)
	}
	if f.inexact = f.inexact || f.bounded || math.IsNaN(weight); math.IsNaN(weight) {
		weight = 1
	}
	f.runs++
	f.schedules += weight
	f.spun = f.spun || x.spun
	for _, r := range x.races {
		past := x.clone(x.events[r.first].past)
		past.join(x.events[r.second].past)
		f.races = tally(f.races, finding{message: raceOn(r.name), kind: DataRace}, x, past, weight)
	}
	for _, failure := range x.failures {
		f.failures = tally(f.failures, finding{message: failure.message, kind: failure.kind}, x, failure.past, weight)
	}
	if len(x.failures) > 0 {
		f.failedRuns++
		f.failed += weight
	}
	if len(x.failures) > 0 || len(x.races) > 0 {
		f.wrong += weight
	}
}

// kept is how many findings are stored at most.
const kept = 20

func find(list []*finding, message string) *finding {
	for _, f := range list {
		if f.message == message {
			return f
		}
	}
	return nil
}

// tally counts a schedule for a finding, and keeps the shortest.
func tally(list []*finding, found finding, x *execution, past clock, weight float64) []*finding {
	f := find(list, found.message)
	if f == nil {
		if len(list) == kept {
			return list
		}
		f = &found
		f.steps, f.strict = len(x.events)+1, x.explorer.strict
		list = append(list, f)
	}
	if f.last != x.number { // several goroutines may fail in the same way
		f.last = x.number
		f.runs++
		f.schedules += weight
	}
	if steps := x.steps(past); steps < f.steps {
		f.steps, f.recipe = steps, x.recipe(past)
	}
	return list
}
