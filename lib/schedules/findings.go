package schedules

import "math"

// findings is what an exploration has found.
type findings struct {
	counter          *counter // nil if each run is one schedule
	runs, wrongRuns  int
	schedules, wrong float64
	failures, races  []*finding
}

// watch is called after every run, and with nil when all are forgotten, by tests.
var watch func(x *execution, weight float64)

// finding is one way in which schedules are wrong, and the shortest of them.
type finding struct {
	kind      Kind
	message   string // identifies it
	runs      int
	schedules float64
	steps     int // of the shortest
	recipe    []place
	race      bool
	strict    bool
}

// reset forgets all.
func (f *findings) reset() {
	*f = findings{counter: f.counter}
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
	f.runs++
	f.schedules += weight
	seen := map[string]bool{}
	for _, r := range x.races {
		message := "data race on " + r.name
		past := x.clone(x.events[r.first].past)
		past.join(x.events[r.second].past)
		f.races = count(f.races, message, x, past, weight, seen)
		f.races[find(f.races, message)].race = true
	}
	if len(x.failures) == 0 {
		return
	}
	f.wrongRuns++
	f.wrong += weight
	for _, failure := range x.failures {
		f.failures = count(f.failures, failure.message, x, failure.past, weight, seen)
		f.failures[find(f.failures, failure.message)].kind = failure.kind
	}
}

func find(list []*finding, message string) int {
	for i, f := range list {
		if f.message == message {
			return i
		}
	}
	return -1
}

// count counts a schedule for the finding with this message, once, and keeps the shortest.
func count(list []*finding, message string, x *execution, past clock, weight float64, seen map[string]bool) []*finding {
	i := find(list, message)
	if i < 0 {
		i, list = len(list), append(list, &finding{message: message, steps: len(x.events) + 1, strict: x.explorer.strict})
	}
	f := list[i]
	if !seen[message] {
		seen[message] = true
		f.runs++
		f.schedules += weight
	}
	steps := 0
	for i := range x.events {
		if x.events[i].before(past) {
			steps++
		}
	}
	if steps < f.steps {
		f.steps, f.recipe = steps, x.recipe(past)
	}
	return list
}
