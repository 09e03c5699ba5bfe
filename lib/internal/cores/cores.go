// Package cores measures how many cores are free. What the system counts, and
// what a container may have, says only how many there are: other programs, or
// other guests of the same machine, may be using them.
package cores

import (
	"runtime"
	"slices"
	"sync"
	"time"
)

// rounds is how often Free measures; it takes the median.
const rounds = 3

// Free returns how much n goroutines that compute get done in the time that one
// takes: n when n cores are free, 1 when they share one. Two hardware threads
// of one core count about 1.2 together. It takes 0.1 s when the cores are free,
// and up to n times that when they are not.
func Free(n int) float64 {
	var free []float64
	for range rounds {
		one, all := spin(1), spin(n)
		free = append(free, float64(n)*one.Seconds()/all.Seconds())
	}
	slices.Sort(free)
	return min(free[rounds/2], float64(n))
}

// fewFree is the part of the cores below which what is measured is the
// machine's load, and not the mechanism.
const fewFree = 0.75

// Few reports whether so many free cores are too few for a program that could
// use n of them.
func Few(free float64, n int) bool { return n > 1 && free < fewFree*float64(n) }

// spin is how long so many goroutines take that count for about 16 ms each. In
// a tenth of that the threads of a program that has just waited are still on
// the core on which they were woken, though another is free.
func spin(goroutines int) time.Duration {
	begin := time.Now()
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			x := uint64(1)
			for range 10_000_000 {
				x ^= x << 13
				x ^= x >> 7
				x ^= x << 17
			}
			runtime.KeepAlive(x)
		})
	}
	wg.Wait()
	return time.Since(begin)
}
