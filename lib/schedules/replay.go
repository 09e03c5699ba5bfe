package schedules

import "fmt"

// Replay runs body once by the schedule of this name, from Schedule.Name, until its end or first failure. In the name
// "3@2,1@5", goroutine 3 takes step 2 and goroutine 1 step 5, and otherwise a goroutine continues as long as it can. It
// returns an error if name is malformed, or if body has no such schedule, for example because it was edited since.
func Replay(body func(), name string) (*Schedule, error) {
	return replay(body, name, fileOf(body))
}

func replay(body func(), name, home string) (*Schedule, error) {
	deviations, strict, err := parseName(name)
	if err != nil {
		return nil, err
	}
	defer lock("Replay")()
	e := &explorer{body: body, home: home, strict: strict}
	defer e.close()
	s, used := e.named(deviations)
	if !used {
		return nil, fmt.Errorf("schedules: the program has no schedule %s: was it changed?", name)
	}
	return s, nil
}

func (e *explorer) named(deviations []deviation) (s *Schedule, used bool) {
	s = e.replay(true, func(x *execution, step int, enabled []transition, last int8) int {
		if len(deviations) == 0 || deviations[0].step != step {
			return usual(enabled, last)
		}
		d := deviations[0]
		for i, t := range enabled {
			if int(t.g) == d.g && nth(enabled, i) == d.nth {
				deviations = deviations[1:]
				return i
			}
		}
		return -1
	})
	return s, len(deviations) == 0
}

// show runs the shortest schedule of a finding again.
func (e *explorer) show(f *finding) *Schedule {
	e.strict = f.strict
	e.shown = f.message
	s := e.replay(f.kind != DataRace, func(x *execution, step int, enabled []transition, last int8) int {
		if step > len(f.recipe) {
			return -1
		}
		return x.find(f.recipe[step-1], enabled)
	})
	s.Kind = f.kind
	return s
}

// failure returns the failure that is being shown, or nil if it has not happened.
func (x *execution) failure() *failure {
	for _, f := range x.failures {
		if x.explorer.shown == "" || x.explorer.shown == f.message {
			return f
		}
	}
	return nil
}

// replay runs the program and records it, until it ends or choose returns -1, or until it fails.
func (e *explorer) replay(toFailure bool, choose func(x *execution, step int, enabled []transition, last int8) int) *Schedule {
	x := e.begin()
	x.account = &account{x: x}
	var deviations []deviation
	last := int8(0)
	for step := 1; ; step++ {
		x.settle()
		enabled := x.transitions(nil)
		if len(enabled) == 0 {
			x.finish()
		}
		if len(enabled) > 0 && step > maxSteps {
			x.tooLong(x.goroutines[enabled[usual(enabled, last)].g-1])
		}
		if len(enabled) == 0 || toFailure && x.failure() != nil || step > maxSteps {
			break
		}
		i := choose(x, step, enabled, last)
		if i < 0 {
			break
		}
		if i != usual(enabled, last) {
			deviations = append(deviations, deviation{step, int(enabled[i].g), nth(enabled, i)})
		}
		last = enabled[i].g
		x.execute(enabled[i])
	}
	s := x.account.schedule(nameOf(deviations, e.strict))
	x.end()
	e.last = x
	return s
}
