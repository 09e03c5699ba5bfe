package exercise

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"multiprocessing/lib/primes"
)

// Pipeline checks stages joined by channels that return the squares of the
// first want primes among the numbers, in the order of the numbers, or of
// all there are if there are fewer. When it has them it must stop: neither
// look at the numbers that are left, nor return before its goroutines have
// stopped.
func Pipeline(pipeline func(numbers []int, want int) []int) (verdict Verdict) {
	defer begin("Pipeline", pipeline == nil)(&verdict)
	small := make([]int, 40)
	for i := range small {
		small[i] = i - 2
	}
	trial := func(numbers []int, want int) func() string {
		return func() string { return trySquaresOfPrimes(pipeline, numbers, want) }
	}
	return judge("the squares are in order, and every stage stopped when there were enough.",
		trial([]int{2, 3, 4, 5, 6, 7}, 4),
		trial([]int{9, 7, 1, 2, 11, 4, 3, 7, 5, 13}, 3),
		trial(small, 5),
		trial([]int{4, 7, 8, 3}, 3),
		trial([]int{4, 6}, 1),
		trial(nil, 2),
		trial([]int{5, 3, 2}, 0),
		func() string { return tryEarlyStop(pipeline) },
		func() string { return tryReturnsLast(pipeline) },
		func() string { return tryStages(pipeline) })
}

func squaresOfPrimes(numbers []int, want int) []int {
	squares := []int{}
	for _, n := range numbers {
		if len(squares) == want {
			break
		}
		if primes.IsPrime(n) {
			squares = append(squares, n*n)
		}
	}
	return squares
}

func trySquaresOfPrimes(pipeline func([]int, int) []int, numbers []int, want int) string {
	call := fmt.Sprintf("pipeline(%s, %d)", show(numbers, 0), want)
	input, before := slices.Clone(numbers), goroutines()
	var got []int
	if problem := attempt(call, func() { got = pipeline(input, want) }); problem != "" {
		return problem
	}
	if problem := differ(call, got, squaresOfPrimes(numbers, want), "square"); problem != "" {
		return problem
	}
	if left := leftBehind(before); left != "" {
		return fmt.Sprintf("%s is right, but leaves %s behind", call, left)
	}
	return changed(call, input, numbers, "numbers")
}

// tryEarlyStop has three primes first, and then so many numbers that looking
// at all of them takes much longer than the grace.
func tryEarlyStop(pipeline func([]int, int) []int) string {
	numbers := slices.Concat([]int{2, 3, 5}, manyPrimes(4*grace))
	call := fmt.Sprintf("pipeline(%d numbers that begin with 2, 3, 5; 3)", len(numbers))
	before := goroutines()
	var got []int
	begin := time.Now()
	if problem := attempt(call, func() { got = pipeline(numbers, 3) }); problem != "" {
		return problem
	}
	if problem := differ(call, got, []int{4, 9, 25}, "square"); problem != "" {
		return problem
	}
	if took := time.Since(begin); took > 2*grace {
		return fmt.Sprintf("%s is right, but took %.1f s: it does not stop early", call, took.Seconds())
	}
	if left := leftBehind(before); left != "" {
		return fmt.Sprintf("%s is right, but leaves %s behind", call, left)
	}
	return ""
}

// largePrime takes tens of milliseconds to be found prime.
const largePrime = 1_000_000_000_000_037

// tryReturnsLast has a number after the primes that are wanted that takes
// long to look at. A pipeline that only asks its stages to stop, and does not
// wait for them, returns while a stage is still looking at it, or begins to
// shortly after: on a busy machine the stage waits for a core. Whether the stage
// has taken the number at all is chance, so there are several tries.
func tryReturnsLast(pipeline func([]int, int) []int) string {
	const tries = 5
	numbers := []int{2, 3, 5, largePrime, largePrime}
	call := fmt.Sprintf("pipeline(%s, 3)", show(numbers, 0))
	for range tries {
		busy := false
		problem := attempt(call, func() {
			pipeline(numbers, 3)
			for end := time.Now().Add(20 * time.Millisecond); !busy && time.Now().Before(end); time.Sleep(time.Millisecond) {
				busy = inPrimes()
			}
		})
		switch {
		case problem != "":
			return problem
		case busy:
			return call + " is right, but returns while one of its goroutines is still looking at a number"
		}
	}
	return ""
}

// inPrimes reports whether a goroutine tests a number now.
func inPrimes() bool {
	stacks := make([]byte, 1<<20)
	return strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "lib/primes.")
}

// manyPrimes is one prime so often that testing each takes this long.
func manyPrimes(d time.Duration) []int {
	const prime, sample = 1_000_003, 100
	begin := time.Now()
	for range sample {
		primes.IsPrime(prime)
	}
	each := max(time.Since(begin)/sample, 500*time.Nanosecond)
	return slices.Repeat([]int{prime}, int(d/each))
}

// tryStages counts the goroutines that a call starts.
func tryStages(pipeline func([]int, int) []int) string {
	const call = "pipeline([2 3 4 5 6 7], 4)"
	var problem string
	stages := started(func() {
		problem = attempt(call, func() { pipeline([]int{2, 3, 4, 5, 6, 7}, 4) })
	}) - 1 // that of the attempt
	if problem == "" && stages < 2 {
		problem = fmt.Sprintf("%s is right, but started %s; three stages need at least 2 beside the caller's", call, some(stages, "goroutine"))
	}
	return problem
}
