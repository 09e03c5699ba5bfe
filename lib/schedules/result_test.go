package schedules_test

import (
	"strings"
	"testing"

	"multiprocessing/lib/schedules"
)

// racy has a data race in every schedule, and fails in none.
func racy() {
	n := schedules.NewVar("n", 0)
	var wg schedules.WaitGroup
	wg.Go(func() { n.Set(1) })
	wg.Go(func() { n.Get() })
	wg.Wait()
}

func TestAScheduleWithADataRaceIsWrong(t *testing.T) {
	r := explored(t, racy)
	if r.Schedules != 2 || r.Wrong != 2 || r.Failed != 0 || r.OK() {
		t.Errorf("%v of %v schedules are wrong, %v fail, OK %t", r.Wrong, r.Schedules, r.Failed, r.OK())
	}
	if got := r.String(); !strings.HasPrefix(got, "no failure in 2 schedules, but a data race on n at ") {
		t.Error(got)
	}
}

func TestADataRaceHasItsOwnKind(t *testing.T) {
	r := explored(t, racy)
	if race := r.Races[0]; race.Kind != schedules.DataRace || race.Shortest.Kind != schedules.DataRace {
		t.Errorf("%+v, shown as %v", race, race.Shortest.Kind)
	}
	right, err := schedules.Replay(func() {}, "usual")
	if err != nil || right.Kind != 0 || right.Kind == schedules.CheckFailed {
		t.Errorf("a schedule that is right has kind %v, %v", right.Kind, err)
	}
}

// independent has 20 schedules, which differ only in the order of independent steps.
func independent() {
	var a, b schedules.Int64
	for _, n := range []*schedules.Int64{&a, &b} {
		schedules.Go(func() {
			for range 3 {
				n.Add(1)
			}
		})
	}
}

func TestABoundedSearchDoesNotClaimToHaveCountedSchedules(t *testing.T) {
	if r := explored(t, independent); r.Schedules != 20 || !r.Exact {
		t.Fatalf("%v", r)
	}
	for _, bound := range []int{0, 100} {
		r := schedules.Explore(independent, schedules.Preemptions(bound))
		if r.Exact || r.Schedules > 20 || r.Wrong != 0 || !r.OK() || strings.Contains(r.String(), "only") {
			t.Errorf("at most %d preemptions: %+v: %v", bound, *r, r)
		}
	}
}

func TestTheReportCountsInWords(t *testing.T) {
	r := schedules.Explore(independent, schedules.Preemptions(1))
	if want := "the one run is right\ncovered: all schedules with at most 1 preemption, in 1 run"; r.String() != want {
		t.Errorf("want %s, got %v", want, r)
	}
}

func TestOneRunOfManyIsNotTheOnlySchedule(t *testing.T) {
	if r := schedules.Explore(increments(2), schedules.Runs(1)); strings.Contains(r.String(), "only") {
		t.Errorf("%v", r)
	}
}

// TestWrongIsPositiveExactlyIfSomethingIsFound covers results that cannot be counted exactly: of loops that wait, of a bound,
// of a limit, and of failures that only some stages found.
func TestWrongIsPositiveExactlyIfSomethingIsFound(t *testing.T) {
	bodies := map[string]func(){"increments": increments(2), "many increments": increments(7), "independent": independent, "race": racy}
	for _, l := range lessons {
		bodies[l.name], bodies[l.name+", repaired"] = l.wrong, l.repair
	}
	options := map[string][]schedules.Option{
		"": nil, "one run": {schedules.Runs(1)}, "30 runs": {schedules.Runs(30)}, "1 preemption": {schedules.Preemptions(1)},
	}
	for name, body := range bodies {
		for limits, opts := range options {
			r := schedules.Explore(body, opts...)
			if (r.Wrong > 0) == r.OK() || (r.Failed > 0) != (len(r.Failures) > 0) || !(r.Failed <= r.Wrong && r.Wrong <= r.Schedules) {
				t.Errorf("%s, %s: %v of %v schedules are wrong, %v fail; OK %t: %v", name, limits, r.Wrong, r.Schedules, r.Failed, r.OK(), r)
			}
		}
	}
}
