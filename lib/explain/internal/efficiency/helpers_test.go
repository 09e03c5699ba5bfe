package efficiency

import (
	"math"
	"testing"
	"time"

	"multiprocessing/lib/explain/internal/lanes"
)

const ms = time.Millisecond

// at builds goroutines of a run whose times are in ms.
func at(state lanes.State, from, to float64) lanes.Interval {
	return lanes.Interval{State: state, From: duration(from), To: duration(to)}
}

func duration(t float64) time.Duration { return time.Duration(t * float64(ms)) }

func busy(from, to float64) lanes.Interval { return at(lanes.Running, from, to) }

func waits(reason lanes.Reason, place string, from, to float64, waker int64) lanes.Interval {
	iv := at(lanes.Waiting, from, to)
	iv.Reason, iv.Place, iv.Waker = reason, place, waker
	return iv
}

// run is a run of a caller, goroutine 1, and the others.
func run(length float64, goroutines ...lanes.Goroutine) lanes.Run {
	return lanes.Run{Length: duration(length), Procs: 64, Goroutines: goroutines}
}

func calls(intervals ...lanes.Interval) lanes.Goroutine {
	return lanes.Goroutine{ID: 1, Caller: true, Intervals: intervals}
}

func goes(id int64, intervals ...lanes.Interval) lanes.Goroutine {
	return lanes.Goroutine{ID: id, Parent: 1, Intervals: intervals}
}

// serial is a base: one goroutine works for so long.
func serial(length float64) *Account {
	a := Of(run(length, calls(busy(0, length))), 1)
	return &a
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-6) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func check(t *testing.T, f Factors, balance, communication, computation float64) {
	t.Helper()
	near(t, "load balance", f.LoadBalance, balance)
	near(t, "communication", f.Communication, communication)
	near(t, "computation", f.Computation, computation)
}

// largest checks the largest loss.
func largest(t *testing.T, all []Loss, name string, share float64) Loss {
	t.Helper()
	if len(all) == 0 {
		t.Fatalf("there are no losses, want %q", name)
	}
	if all[0].Name() != name {
		t.Errorf("the largest loss is %q, want %q", all[0].Name(), name)
	}
	near(t, "its share", all[0].Share, share)
	return all[0]
}

// sum checks that losses and useful time are all of the core time.
func sum(t *testing.T, a Account, base *Account) {
	t.Helper()
	all := a.Factors(base).Product()
	for _, l := range a.Losses(base) {
		all += l.Share
	}
	near(t, "product and losses together", all, 1)
	all = 0
	for _, p := range a.Parts(base) {
		all += p.Share
	}
	near(t, "the sum of the parts", all, 1)
}

// predicts checks the length of the run without a loss.
func predicts(t *testing.T, r lanes.Run, a Account, base *Account, l Loss, want float64) {
	t.Helper()
	got, ok := Without(r, a, base, l)
	if !ok {
		t.Fatalf("there is no prediction without %v", l)
	}
	near(t, "the length without the loss, in ms,", float64(got)/float64(ms), want)
}
