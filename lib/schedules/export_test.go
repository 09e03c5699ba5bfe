package schedules

import (
	"slices"
	"strings"
)

// Outcomes explores body and collects what outcome says after each run, and how it failed, with the number of schedules.
func Outcomes(body func(), outcome func() string, opts ...Option) (map[string]float64, *Result) {
	found := map[string]float64{}
	watch = func(x *execution, weight float64) {
		if x == nil {
			clear(found)
			return
		}
		key := outcome()
		var messages []string
		for _, f := range x.failures {
			messages = append(messages, f.message)
		}
		slices.Sort(messages)
		key += strings.Join(messages, ", ")
		found[key] += weight
	}
	defer func() { watch = nil }()
	r := Explore(body, opts...)
	return found, r
}

// Classes explores body and returns, for each set of schedules that differ only in the order of independent steps, how
// many preemptions one of them needs at least.
func Classes(body func(), opts ...Option) (map[uint64]int, *Result) {
	found := map[uint64]int{}
	watch = func(x *execution, _ float64) {
		if x == nil {
			clear(found)
			return
		}
		n := 0
		if path := x.explorer.path; len(path) > 0 {
			last := path[len(path)-1]
			n = int(last.preempted + last.cost(last.enabled[last.chosen]))
		}
		if least, ok := found[x.class]; !ok || n < least {
			found[x.class] = n
		}
	}
	defer func() { watch = nil }()
	r := Explore(body, opts...)
	return found, r
}

// NameOf is the name of the schedule that takes these choices, each among moves of the goroutines g and h.
func NameOf(moves [][][2]int, choices []int, strict bool) string {
	var deviations []deviation
	last := int8(0)
	for i, chosen := range choices {
		var enabled []transition
		for _, m := range moves[i] {
			enabled = append(enabled, transition{g: int8(m[0]), h: int8(m[1])})
		}
		if chosen != usual(enabled, last) {
			deviations = append(deviations, deviation{i + 1, int(enabled[chosen].g), nth(enabled, chosen)})
		}
		last = enabled[chosen].g
	}
	return nameOf(deviations, strict)
}
