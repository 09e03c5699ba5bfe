package schedules_test

import (
	"testing"

	"multiprocessing/lib/schedules"
)

func TestAPanicInAFunctionOfOnceIsRepeatedByEachCall(t *testing.T) {
	value := schedules.OnceValue(func() int { panic("x") })
	values := schedules.OnceValues(func() (int, error) { panic("x") })
	for name, call := range map[string]func(){
		"OnceFunc":   schedules.OnceFunc(func() { panic("x") }),
		"OnceValue":  func() { value() },
		"OnceValues": func() { values() },
	} {
		r := schedules.Explore(func() {
			panics := func() (reason any) {
				defer func() { reason = recover() }()
				call()
				return nil
			}
			check := func() { schedules.Check(panics() == "x") }
			both(check, check)
			check()
		})
		if !r.OK() || !r.All {
			t.Errorf("%s: %v", name, r)
		}
	}
}

func TestAFunctionOfOnceThatWaitsForeverIsADeadlock(t *testing.T) {
	r := schedules.Explore(func() {
		c := schedules.NewChan[int](0)
		schedules.OnceFunc(func() { c.Recv() })()
	})
	if len(r.Failures) != 1 || r.Failures[0].Kind != schedules.Deadlock {
		t.Errorf("%v", r)
	}
}
