package main

import (
	"runtime"
	"sync"
	"time"

	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/primes"
)

// freeCores is how many cores the machine really gives, beside all else that
// runs: how much more work as many goroutines as GOMAXPROCS do than one.
func freeCores() float64 {
	n := runtime.GOMAXPROCS(0)
	one, all := make([]int, 1), make([]int, n)
	work := func(int) int { return primes.Nth(10_000) }
	var ratios []float64
	for range 9 {
		begin := time.Now()
		goroutine.Map(one, work)
		between := time.Now()
		goroutine.Map(all, work)
		ratios = append(ratios, float64(n)*float64(between.Sub(begin))/float64(time.Since(between)))
	}
	return median(ratios)
}

// spread keeps all cores busy for some milliseconds. An operating system may
// wake a thread on the core of the one that woke it, and part them only
// later: without this, work of a few milliseconds was seen to run on one core
// of two, whoever did it.
func spread() {
	until := time.Now().Add(5 * time.Millisecond)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for time.Now().Before(until) {
			}
		})
	}
	wg.Wait()
}
