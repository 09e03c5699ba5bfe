// Package cores measures how many cores are free. What the system counts, and
// what a container may have, says only how many there are: other programs, or
// other guests of the same machine, may be using them.
package cores

import (
	"runtime"
	"slices"
	"sync"
	"time"

	"multiprocessing/lib/internal/cputime"
)

// rounds is how often Free measures; it takes the median.
const rounds = 3

// Free returns how many cores n goroutines that compute have: n when n cores are
// free, 1 when they share one. Two hardware threads of one core count about 1.2
// together: it takes the smaller of what the goroutines get done, compared with
// one alone, and the core time that the system gives them, where it says so. It
// takes 0.1 s when the cores are free, and up to n times that when they are not.
func Free(n int) float64 {
	var free []float64
	for range rounds {
		one := spin(1)
		before := cputime.Self()
		all := spin(n)
		cores := float64(n)
		if had := cputime.Self() - before; had > 0 {
			cores = min(cores, had.Seconds()/all.Seconds())
		}
		if n > 1 {
			cores = min(cores, float64(n)*one.Seconds()/all.Seconds())
		}
		free = append(free, cores)
	}
	slices.Sort(free)
	return free[rounds/2]
}

// fewFree is the part of the cores below which what is measured is the
// machine's load, and not the mechanism.
const fewFree = 0.75

// Few reports whether so many free cores are too few for a program that could
// use n of them.
func Few(free float64, n int) bool { return free < fewFree*float64(n) }

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
