package schedules

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// place identifies a goroutine's transition in all executions.
type place struct {
	g, h         uint64 // paths
	choice, meet int8
}

// steps is the number of steps in recipe.
func (x *execution) steps(past clock) (n int) {
	for i := range x.events {
		switch {
		case !x.events[i].before(past):
		case x.spun:
			n = i + 1
		default:
			n++
		}
	}
	return n
}

// place returns the place of a step that has happened.
func (x *execution) place(e *event) place {
	p := place{g: x.goroutines[e.g-1].path, choice: e.choice, meet: e.meet}
	if e.h != 0 {
		p.h = x.goroutines[e.h-1].path
	}
	return p
}

// recipe is the order of steps that leads to a failure or a race, without the steps that play no part in it. If a Gosched
// has waited, all steps do: any may have let it go on.
func (x *execution) recipe(past clock) []place {
	var places []place
	if x.spun {
		for i := range x.steps(past) {
			places = append(places, x.place(&x.events[i]))
		}
		return places
	}
	taken := make([]bool, len(x.events))
	last := int8(0)
	for {
		next := -1
		for i := range x.events {
			e := &x.events[i]
			if taken[i] || !e.before(past) || !x.first(i, taken) {
				continue
			}
			if next < 0 {
				next = i
			}
			if last != 0 && e.goroutines().has(last) {
				next = i
				break
			}
		}
		if next < 0 {
			return places
		}
		taken[next] = true
		e := &x.events[next]
		last = e.g
		places = append(places, x.place(e))
	}
}

// first reports whether all that comes before event i was taken.
func (x *execution) first(i int, taken []bool) bool {
	for j := range i {
		if !taken[j] && x.events[j].before(x.events[i].past) {
			return false
		}
	}
	return true
}

// find returns the transition of a place, among those that are possible.
func (x *execution) find(p place, enabled []transition) int {
	for i, t := range enabled {
		if x.goroutines[t.g-1].path == p.g && t.choice == p.choice && t.meet == p.meet &&
			(t.h == 0) == (p.h == 0) && (t.h == 0 || x.goroutines[t.h-1].path == p.h) {
			return i
		}
	}
	return -1
}

// usual returns the default choice: the goroutine of the last step if it can continue, otherwise the first that can.
func usual(enabled []transition, last int8) int {
	for i, t := range enabled {
		if last != 0 && t.goroutines().has(last) {
			return i
		}
	}
	return 0
}

// deviation is a step of a schedule that is not the default choice.
type deviation struct{ step, g, nth int }

// nameOf is the name of a schedule: its deviations, for example 2@5,1@9: at step 5 goroutine 2 goes on, at step 9
// goroutine 1. 2.3@5 is the third of several things that goroutine 2 could do. Main is goroutine 1. A name ends with ! if
// all operations are steps: see explorer.strict.
func nameOf(deviations []deviation, strict bool) string {
	suffix := ""
	if strict {
		suffix = "!"
	}
	if len(deviations) == 0 {
		return "usual" + suffix
	}
	var parts []string
	for _, d := range deviations {
		part := strconv.Itoa(d.g)
		if d.nth > 1 {
			part += "." + strconv.Itoa(d.nth)
		}
		parts = append(parts, part+"@"+strconv.Itoa(d.step))
	}
	return strings.Join(parts, ",") + suffix
}

func parseName(name string) (deviations []deviation, strict bool, err error) {
	list, strict := strings.CutSuffix(name, "!")
	if list == "usual" {
		return nil, strict, nil
	}
	last := 0
	for part := range strings.SplitSeq(list, ",") {
		who, at, ok := strings.Cut(part, "@")
		number, nth, several := strings.Cut(who, ".")
		if !several {
			nth = "1"
		}
		g, err1 := strconv.Atoi(number)
		n, err2 := strconv.Atoi(nth)
		step, err3 := strconv.Atoi(at)
		if !ok || errors.Join(err1, err2, err3) != nil || min(g, n, step) < 1 || step <= last {
			return nil, false, fmt.Errorf("schedules: %q is not the name of a schedule, such as 2@5,1@9", name)
		}
		deviations, last = append(deviations, deviation{step, g, n}), step
	}
	return deviations, strict, nil
}

// nth returns which of the transitions that begin with the goroutine of enabled[i] it is, from 1.
func nth(enabled []transition, i int) (n int) {
	for _, t := range enabled[:i+1] {
		if t.g == enabled[i].g {
			n++
		}
	}
	return n
}
