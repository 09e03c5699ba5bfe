package exercise

import (
	"testing"

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

func TestFasterSerial(t *testing.T) {
	for _, free := range []bool{true, false} {
		coresFree(t, free || raceDetector) // which slows down the sieve, not trial division
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
	for _, free := range []bool{true, false} { // half the speed of two workers, or the same where they share a core
		slow := []string{"is right, but on one core takes", "times as long as parallel trial division with 2 workers"}
		coresFree(t, free)
		if !free {
			slow = append(slow, "two cores are not free here")
		} else if !measureTwoCores() {
			continue
		}
		wrong{"starter", func() Verdict { return FasterSerial(countStarter) }, slow}.run(t)
		wrong{"remembered", func() Verdict { return FasterSerial(countRemembers()) }, slow}.run(t)
		wrong{"goroutines", func() Verdict { return FasterSerial(countGoroutines) }, append(slow, "; it starts 8 goroutines, which share that one core")}.run(t)
	}
}
