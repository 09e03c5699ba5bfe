package exercise

import (
	"testing"
	"time"

	"multiprocessing/lib/primes"
)

// countStarter is trial division on one core.
func countStarter(n int) int {
	count := 0
	for i := 2; i <= n; i++ {
		if primes.IsPrime(i) {
			count++
		}
	}
	return count
}

// countSolution is the sieve of Eratosthenes.
func countSolution(n int) int {
	composite, count := make([]bool, max(0, n)+1), 0
	for i := 2; i <= n; i++ {
		if composite[i] {
			continue
		}
		count++
		for multiple := i * i; multiple <= n; multiple += i {
			composite[multiple] = true
		}
	}
	return count
}

// countGoroutines is trial division by many.
func countGoroutines(n int) int { return parallelCount(n, 8) }

// countBelow does not count n itself.
func countBelow(n int) int { return countSolution(n - 1) }

// countOne takes 1 for a prime, as the deck does.
func countOne(n int) int { return countSolution(n) + min(1, max(0, n)) }

// countSquares stops one too early when it crosses out: squares of primes stay.
func countSquares(n int) int {
	composite, count := make([]bool, n+1), 0
	for i := 2; i <= n; i++ {
		if composite[i] {
			continue
		}
		count++
		for multiple := i*i + i; multiple <= n; multiple += i {
			composite[multiple] = true
		}
	}
	return count
}

// countTwo expects that there is a 2.
func countTwo(n int) int {
	composite := make([]bool, n+1)
	composite[0], composite[1] = true, true
	return countSolution(n)
}

// countRemembers answers from a table that the first call has filled.
func countRemembers() func(n int) int {
	known := map[int]int{}
	return func(n int) int {
		if _, found := known[n]; !found {
			known[n] = countStarter(n)
		}
		return known[n]
	}
}

// takes has a contest be run, and its two be said to have taken these times.
func takes(t *testing.T, rival, reader time.Duration) {
	old := contestTimes
	contestTimes = func(rounds int, both ...func()) []time.Duration {
		medians(rounds, both...)
		return []time.Duration{rival, reader}
	}
	t.Cleanup(func() { contestTimes = old })
}

func TestFasterSerial(t *testing.T) {
	for free, reader := range map[bool]time.Duration{true: 89, false: 44} {
		coresFree(t, free)
		takes(t, 100, reader)
		solution(t, func() Verdict { return FasterSerial(countSolution) }, "of the time that parallel trial division took with 2 workers")
	}
	for _, w := range []wrong{
		{"below n", func() Verdict { return FasterSerial(countBelow) }, []string{"countPrimes(2) is 0; the number of primes up to 2 is 1"}},
		{"1 is a prime", func() Verdict { return FasterSerial(countOne) }, []string{"countPrimes(10) is 5; the number of primes up to 10 is 4"}},
		{"squares of primes", func() Verdict { return FasterSerial(countSquares) }, []string{"countPrimes(10) is 6; the number of primes up to 10 is 4"}},
		{"no numbers", func() Verdict { return FasterSerial(countTwo) }, []string{"countPrimes(0) panics: runtime error: index out of range [1] with length 1"}},
	} {
		w.run(t)
	}
}

func TestFasterSerialIsNotImpressedByTrialDivision(t *testing.T) {
	for free, reader := range map[bool]time.Duration{true: 91, false: 46} {
		slow := []string{"is right, but on one core takes", "times as long as parallel trial division with 2 workers"}
		coresFree(t, free)
		takes(t, 100, reader)
		if !free {
			slow = append(slow, "two cores are not free here")
		}
		wrong{"starter", func() Verdict { return FasterSerial(countStarter) }, slow}.run(t)
		wrong{"remembered", func() Verdict { return FasterSerial(countRemembers()) }, slow}.run(t)
		wrong{"goroutines", func() Verdict { return FasterSerial(countGoroutines) }, append(slow, "; it started 8 goroutines: on one core that is no help")}.run(t)
	}
}

// TestFasterSerialMeasuresTheTwo needs one round in which nothing else takes
// the machine's time.
func TestFasterSerialMeasuresTheTwo(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector slows down the sieve, and not trial division")
	}
	var v Verdict
	for range 30 {
		if v = FasterSerial(countSolution); v.Right() {
			return
		}
	}
	t.Error(v)
}
