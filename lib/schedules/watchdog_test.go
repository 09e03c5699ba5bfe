package schedules_test

import (
	"testing"
	"time"

	"multiprocessing/lib/schedules"
)

func TestALimitOfTimeEndsAnExplorationOfSlowRuns(t *testing.T) {
	r := schedules.Explore(func() {
		time.Sleep(5 * time.Millisecond)
		v := schedules.NewVar("v", 0)
		for range 3 {
			schedules.Go(func() {
				for range 5 {
					v.Set(v.Get() + 1)
				}
			})
		}
	}, schedules.Within(20*time.Millisecond))
	if r.All || r.Runs > 20 {
		t.Errorf("%d runs: %v", r.Runs, r)
	}
}
