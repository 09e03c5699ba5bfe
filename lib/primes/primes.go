// Package primes is the CPU-bound work of the deck (slide 7): is n prime,
// and which is the nth prime, both by trial division.
//
// It is slow on purpose. A course on parallel programs needs work that keeps
// a core busy without touching memory or disk; a sieve finds the same primes
// on one core faster than any number of cores do it this way.
//
// Finding the 20,000th prime took 18 ms where this was written
// (BenchmarkNth); one test of a number up to 200,000 took 0.07 µs on average
// (BenchmarkIsPrime).
package primes

import (
	"fmt"
	"math"
)

// IsPrime reports whether n is prime. It tries every divisor from 2 to the
// square root of n, as the deck's isprime does; unlike that one it knows
// that 1 is not prime, nor any number below.
func IsPrime(n int) bool {
	return n > 1 && !hasDivisor(n)
}

// Nth returns the nth prime: Nth(1) is 2. It panics if n is below 1.
func Nth(n int) int {
	if n < 1 {
		panic(fmt.Sprintf("primes: Nth: n must be at least 1, got %d", n))
	}
	return count(n, IsPrime)
}

// NthCountingOne is Nth as the deck counts on slide 7: its isprime(1) is
// True, so 1 is the first "prime" and every answer is one prime too early.
// The deck prints NthCountingOne(20000) = 224729; the true 20,000th prime is
// Nth(20000) = 224737. It panics if n is below 1.
func NthCountingOne(n int) int {
	if n < 1 {
		panic(fmt.Sprintf("primes: NthCountingOne: n must be at least 1, got %d", n))
	}
	return count(n, func(i int) bool { return !hasDivisor(i) })
}

// hasDivisor reports whether a number from 2 to the square root of n divides
// n. For 1 there is no such number, which is how the deck's 1 became prime.
//
// Numbers that fit are divided in 32 bits, as CPython does with small ones:
// many processors take nearly twice as long for 64 (BenchmarkDivisionBits).
func hasDivisor(n int) bool {
	if uint64(n) <= math.MaxUint32 {
		return divides(uint32(n))
	}
	return divides(uint64(n))
}

func divides[T uint32 | uint64](n T) bool {
	root := T(math.Sqrt(float64(n)))
	for d := T(2); d <= root; d++ {
		if n%d == 0 {
			return true
		}
	}
	return false
}

// count returns the nth number from 1 on that prime accepts.
func count(n int, prime func(int) bool) int {
	i := 0
	for found := 0; found < n; {
		i++
		if prime(i) {
			found++
		}
	}
	return i
}
