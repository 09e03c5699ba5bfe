package exercise

import (
	"runtime"
	"slices"
	"sync"
	"time"
)

// twoCoresFree reports whether two goroutines run side by side here. Tests
// replace it.
var twoCoresFree = spinSideBySide

// spinSideBySide measures it: with one core two goroutines take twice as long as one.
func spinSideBySide() bool {
	if runtime.GOMAXPROCS(0) < 2 {
		return false
	}
	times := medians(5, func() { spin(1) }, func() { spin(2) })
	return times[1] < times[0]*13/10
}

// spin has so many goroutines count for about 2 ms each.
func spin(goroutines int) {
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			x := uint64(1)
			for range 2_000_000 {
				x ^= x << 13
				x ^= x >> 7
				x ^= x << 17
			}
			runtime.KeepAlive(x)
		})
	}
	wg.Wait()
}

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

// withProcessors runs f with another GOMAXPROCS.
func withProcessors(n int, f func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
	f()
}
