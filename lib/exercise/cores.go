package exercise

import (
	"runtime"
	"slices"
	"time"

	"multiprocessing/lib/internal/cores"
)

// twoCoresFree reports whether two goroutines run side by side here. Tests
// replace it.
var twoCoresFree = measureTwoCores

func measureTwoCores() bool { return runtime.GOMAXPROCS(0) >= 2 && cores.Free(2) > 1.5 }

// medians runs the functions in turn, so many rounds, and returns the median
// time of each. In turn, so that what else the machine does slows down all.
func medians(rounds int, functions ...func()) []time.Duration {
	times := make([][]time.Duration, len(functions))
	for range rounds {
		for i, f := range functions {
			begin := time.Now()
			f()
			times[i] = append(times[i], time.Since(begin))
		}
	}
	middle := make([]time.Duration, len(functions))
	for i := range times {
		slices.Sort(times[i])
		middle[i] = times[i][rounds/2]
	}
	return middle
}

// least is medians with the least time of each.
func least(rounds int, functions ...func()) []time.Duration {
	times := make([]time.Duration, len(functions))
	for round := range rounds {
		for i, f := range functions {
			begin := time.Now()
			f()
			if took := time.Since(begin); round == 0 || took < times[i] {
				times[i] = took
			}
		}
	}
	return times
}

// withProcessors runs f with another GOMAXPROCS.
func withProcessors(n int, f func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
	f()
}
