package schedules_test

import (
	"fmt"
	"strings"
	"testing"

	"multiprocessing/lib/schedules"
)

// explored explores all schedules of body, or fails.
func explored(t *testing.T, body func(), opts ...schedules.Option) *schedules.Result {
	t.Helper()
	r := schedules.Explore(body, opts...)
	if !r.All || r.Preemptions >= 0 {
		t.Fatalf("not all schedules were explored: %v", r)
	}
	return r
}

func increments(n int) func() {
	return func() {
		count := schedules.NewVar("count", 0)
		var wg schedules.WaitGroup
		for range n {
			wg.Go(func() { count.Set(count.Get() + 1) })
		}
		wg.Wait()
		got := count.Get()
		schedules.Checkf(got == n, "count is %d", got)
	}
}

func TestTwoIncrementsHave6OrdersAnd4LoseOne(t *testing.T) {
	r := explored(t, increments(2), schedules.Unreduced())
	if r.Runs != 6 || r.FailedRuns != 4 {
		t.Errorf("without reduction: %d runs, %d of them fail", r.Runs, r.FailedRuns)
	}
	r = explored(t, increments(2))
	if r.Schedules != 6 || r.Failed != 4 || r.Runs != 4 || r.FailedRuns != 2 {
		t.Errorf("with reduction: %v of %v schedules fail, %d of %d runs", r.Failed, r.Schedules, r.FailedRuns, r.Runs)
	}
	if !strings.HasPrefix(r.String(), "4 of 6 schedules fail; data race on count at line ") {
		t.Errorf("%v", r)
	}
}

func TestThreeStepsAgainstThreeHave20Orders(t *testing.T) {
	body := func() {
		v := schedules.NewVar("v", 0)
		for range 2 {
			schedules.Go(func() {
				for range 3 {
					v.Set(1)
				}
			})
		}
	}
	if r := explored(t, body, schedules.Unreduced()); r.Runs != 20 {
		t.Errorf("%d", r.Runs)
	}
	if r := explored(t, body); r.Runs != 20 || r.Schedules != 20 {
		t.Errorf("with reduction %d, for %v: each order of the writes is another", r.Runs, r.Schedules)
	}
}

func TestIndependentGoroutinesNeedOneRun(t *testing.T) {
	for n := 1; n <= 6; n++ {
		r := explored(t, func() {
			var wg schedules.WaitGroup
			results := make([]schedules.Var[int], n)
			for i := range n {
				wg.Go(func() { results[i].Set(i) })
			}
			wg.Wait()
		})
		orders := 1
		for i := range n {
			orders *= i + 1
		}
		if r.Runs != 1 || r.Schedules != float64(orders) || !r.OK() {
			t.Errorf("%d goroutines: %d runs for %v schedules, want 1 for %d: %v", n, r.Runs, r.Schedules, orders, r)
		}
	}
}

// philosophers sit around a table, and take the fork on their left and the one on their right, in this order or in the
// order of the forks' numbers.
func philosophers(n int, ordered bool) func() {
	return func() {
		forks := make([]schedules.Mutex, n)
		for i := range n {
			schedules.SetName(fmt.Sprint("fork ", i), &forks[i])
		}
		var wg schedules.WaitGroup
		for i := range n {
			first, second := i, (i+1)%n
			if ordered && first > second {
				first, second = second, first
			}
			wg.Go(func() {
				forks[first].Lock()
				defer forks[first].Unlock()
				forks[second].Lock()
				defer forks[second].Unlock()
			})
		}
		wg.Wait()
	}
}

func TestPhilosophersDeadlockUnlessForksAreOrdered(t *testing.T) {
	r := explored(t, philosophers(3, false))
	if len(r.Failures) != 1 || r.Failures[0].Kind != schedules.Deadlock {
		t.Fatalf("%v", r)
	}
	want := "deadlock: main waits for the goroutines of waitgroup 1; goroutine 2 waits for Lock of fork 1, which goroutine 3 holds; " +
		"goroutine 3 waits for Lock of fork 2, which goroutine 4 holds; goroutine 4 waits for Lock of fork 0, which goroutine 2 holds"
	if r.Failures[0].Message != want || len(r.Shortest().Steps) != 3 {
		t.Errorf("%d steps: %s", len(r.Shortest().Steps), r.Failures[0].Message)
	}
	for n := 3; n <= 4; n++ {
		if r := explored(t, philosophers(n, true)); !r.OK() {
			t.Errorf("%d ordered: %v", n, r)
		}
	}
}

func TestExplorationIsDeterministic(t *testing.T) {
	for _, body := range []func(){increments(3), philosophers(3, false), twice(5)} {
		first := schedules.Explore(body, schedules.Runs(2000)).String()
		for range 3 {
			if again := schedules.Explore(body, schedules.Runs(2000)).String(); again != first {
				t.Errorf("first %s\nthen %s", first, again)
			}
		}
	}
}

func TestAScheduleRunsAgainByItsName(t *testing.T) {
	for _, body := range []func(){increments(2), increments(3), philosophers(3, false), producerConsumer} {
		for _, f := range schedules.Explore(body).Failures {
			s, err := schedules.Replay(body, f.Shortest.Name)
			if err != nil || s.Failure != f.Message || s.Name != f.Shortest.Name || s.Text() != f.Shortest.Text() {
				t.Errorf("%s: %v\n%s\n%s", f.Shortest.Name, err, f.Shortest.Text(), s.Text())
			}
		}
	}
	for _, name := range []string{"", "2", "2@0", "x@1", "2@3,1@2", "2.0@1", "2@"} {
		if _, err := schedules.Replay(increments(2), name); err == nil || !strings.Contains(err.Error(), "is not the name of a schedule") {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := schedules.Replay(increments(2), "3@77"); err == nil || !strings.Contains(err.Error(), "was it changed") {
		t.Errorf("a step that there is not: %v", err)
	}
}

// producerConsumer loses the last value: the consumer stops at the first that is ready.
func producerConsumer() {
	values, quit := schedules.NewChan[int](0), schedules.NewChan[int](0)
	schedules.SetName("values", values)
	schedules.SetName("quit", quit)
	schedules.Go(func() {
		values.Send(1)
		values.Send(2)
	})
	schedules.Go(func() { quit.Send(0) })
	for {
		if schedules.Select(values.OnRecv(nil, nil), quit.OnRecv(nil, nil)) == 1 {
			return
		}
	}
}

func TestALimitEndsAnExplorationAndSaysWhatWasCovered(t *testing.T) {
	if r := schedules.Explore(twice(4), schedules.Runs(10)); r.All || !strings.Contains(r.Covered(), "not all schedules") {
		t.Errorf("%v", r)
	}
	r := schedules.Explore(twice(5))
	if !r.All || r.Preemptions < 2 || !strings.Contains(r.Covered(), "all schedules with at most ") {
		t.Errorf("%+v", r)
	}
	if r := schedules.Explore(twice(2), schedules.Preemptions(0)); !r.All || r.Failed != 0 || r.Runs != 2 {
		t.Errorf("without preemptions: %v", r)
	}
	if r := schedules.Explore(twice(6), schedules.Within(1)); r.All {
		t.Errorf("within a nanosecond: %v", r)
	}
}

// TestAMeetingIsMovedBeforeAStepOnlyAfterItsPartnerIsThere has a goroutine that can receive what it has sent itself, or meet
// another one, which has a step to take first.
func TestAMeetingIsMovedBeforeAStepOnlyAfterItsPartnerIsThere(t *testing.T) {
	for name, last := range map[string]func(d *schedules.Chan[int]){
		"send":             func(d *schedules.Chan[int]) { d.Send(3) },
		"select of a send": func(d *schedules.Chan[int]) { schedules.Select(d.OnSend(3), schedules.NewChan[int](0).OnSend(1)) },
	} {
		body := func() {
			c, d := schedules.NewChan[int](1), schedules.NewChan[int](0)
			var x, y schedules.Int32
			schedules.Go(func() {
				c.Send(1)
				schedules.Select(c.OnRecv(nil, nil), d.OnRecv(nil, nil))
			})
			schedules.Go(func() {
				x.Store(1)
				c.Recv()
			})
			schedules.Go(func() {
				y.Store(1)
				last(d)
			})
		}
		every, some := explored(t, body, schedules.Unreduced()), explored(t, body)
		if every.Runs != 28 || every.FailedRuns != 12 || some.Schedules != 28 || some.Failed != 12 {
			t.Errorf("%s: %v of %v schedules fail; without reduction %d of %d", name, some.Failed, some.Schedules, every.FailedRuns, every.Runs)
		}
	}
}
