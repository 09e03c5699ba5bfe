package exercise

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"multiprocessing/lib/primes"
)

// FasterSerial checks a function that counts the primes up to n, and compares
// its time with parallel trial division by 2 workers. The reader's function
// has one core only: GOMAXPROCS is 1 while it runs. Where the 2 workers have
// not two cores, it must be faster than they would be with them.
func FasterSerial(countPrimes func(n int) int) (verdict Verdict) {
	defer begin("FasterSerial", countPrimes == nil)(&verdict)
	var trials []func() string
	for _, n := range []int{10, 0, 1, 2, 3, 4, 9, 25, 30, 49, 97, 121, 1000, 7919, 7920, 20_000} {
		trials = append(trials, named(fmt.Sprintf("up to %d", n), func() string { return tryCount(countPrimes, n) }))
	}
	var praise string
	trials = append(trials, named("faster than two workers", func() (problem string) {
		problem, praise = tryFaster(countPrimes)
		return problem
	}))
	return judge("the counts are right.", trials...).adding(praise)
}

func tryCount(countPrimes func(int) int, n int) string {
	call := fmt.Sprintf("countPrimes(%d)", n)
	var got int
	if problem := attempt(call, func() { got = countPrimes(n) }); problem != "" {
		return problem
	}
	if want := parallelCount(n, 1); got != want {
		return fmt.Sprintf("%s is %d; the number of primes up to %d is %d", call, got, n, want)
	}
	return ""
}

// parallelCount is the rival: every number is tested by trial division, in
// chunks that the workers take.
func parallelCount(n, workers int) int {
	const chunk = 1000
	var next, count atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				from := int(next.Add(chunk)) - chunk
				if from > n {
					return
				}
				for i := from; i < min(from+chunk, n+1); i++ {
					if primes.IsPrime(i) {
						count.Add(1)
					}
				}
			}
		})
	}
	wg.Wait()
	return int(count.Load())
}

// contestTimes measures the two of a contest. Tests replace it.
var contestTimes = medians

// contest is the reader's function against parallel trial division. Every
// round has another n, so that remembered answers do not help.
type contest struct {
	countPrimes func(int) int
	n           int
	want        int
	wrong       string // what is wrong with the reader's answer, if it is
}

func (c *contest) rival() {
	c.n += 1000
	c.want = parallelCount(c.n, 2)
}

func (c *contest) reader() {
	withProcessors(1, func() {
		if got := c.countPrimes(c.n); got != c.want {
			c.wrong = fmt.Sprintf("countPrimes(%d) is %d; the number of primes up to there is %d", c.n, got, c.want)
		}
	})
}

// tryFaster compares medians, unless a first round leaves no doubt.
func tryFaster(countPrimes func(int) int) (problem, praise string) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0)) // in case a run does not end
	c := &contest{countPrimes: countPrimes, n: 300_000}
	var times []time.Duration
	var begun int
	problem = attempt(fmt.Sprintf("countPrimes(%d)", c.n), func() {
		c.rival()
		begun = started(c.reader)
		if times = contestTimes(1, c.rival, c.reader); times[1] < 3*times[0] {
			times = contestTimes(5, c.rival, c.reader)
		}
	})
	if problem == "" {
		problem = c.wrong
	}
	if problem != "" {
		return problem, ""
	}
	return c.compare(times[1].Seconds()/times[0].Seconds(), begun)
}

// compare judges by the reader's time as a multiple of the rival's.
func (c *contest) compare(ratio float64, begun int) (problem, praise string) {
	limit, unfree := 0.9, ""
	if !twoCoresFree() {
		limit, unfree = 0.45, "; two cores are not free here, with them the parallel one would take half as long"
	}
	if ratio < limit {
		return "", fmt.Sprintf("One core took %.2g of the time that parallel trial division took with 2 workers%s.", ratio, unfree)
	}
	problem = fmt.Sprintf("countPrimes(%d) is right, but on one core takes %.1f times as long as parallel trial division with 2 workers%s", c.n, ratio, unfree)
	if begun > 0 {
		problem += fmt.Sprintf("; it started %s: on one core that is no help", some(begun, "goroutine"))
	}
	return problem, ""
}
