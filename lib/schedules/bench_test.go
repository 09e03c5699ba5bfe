package schedules_test

import (
	"testing"

	"multiprocessing/lib/schedules"
)

// twice is two goroutines that each increment a counter so often. With five times each has ten steps.
func twice(times int) func() {
	return func() {
		count := schedules.NewVar("count", 0)
		var wg schedules.WaitGroup
		for range 2 {
			wg.Go(func() {
				for range times {
					count.Set(count.Get() + 1)
				}
			})
		}
		wg.Wait()
		schedules.Check(count.Get() == 2*times)
	}
}

// BenchmarkTenStepsEach explores two goroutines of ten steps with the default limits.
func BenchmarkTenStepsEach(b *testing.B) {
	for b.Loop() {
		r := schedules.Explore(twice(5))
		b.ReportMetric(float64(r.Runs), "runs")
	}
}

// BenchmarkRun is one run of 21 steps.
func BenchmarkRun(b *testing.B) {
	n := 0
	for b.Loop() {
		n += schedules.Explore(twice(5), schedules.Runs(1000), schedules.Unreduced()).Runs
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/run")
}

// BenchmarkPlay prepares the player of 924 schedules.
func BenchmarkPlay(b *testing.B) {
	size := 0
	for b.Loop() {
		size = len(schedules.Play(twice(3)).HTML())
	}
	b.ReportMetric(float64(size), "bytes")
}
