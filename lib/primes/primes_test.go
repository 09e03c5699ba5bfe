package primes

import (
	"fmt"
	"math"
	"math/big"
	"testing"
	"testing/quick"
)

func ExampleNth() {
	fmt.Println(Nth(1), Nth(2), Nth(3), Nth(20000))
	// Output: 2 3 5 224737
}

func ExampleNthCountingOne() {
	fmt.Println(NthCountingOne(1), NthCountingOne(2), NthCountingOne(3), NthCountingOne(20000))
	// Output: 1 2 3 224729
}

func ExampleIsPrime() {
	fmt.Println(IsPrime(1), IsPrime(2), IsPrime(9), IsPrime(224737))
	// Output: false true false true
}

func TestNumbersBelowTwoAreNotPrime(t *testing.T) {
	for _, n := range []int{1, 0, -1, -7, math.MinInt} {
		if IsPrime(n) {
			t.Errorf("IsPrime(%d) = true", n)
		}
	}
}

func TestIsPrimeAgreesWithMathBig(t *testing.T) {
	agrees := func(n uint32) bool {
		return IsPrime(int(n)) == big.NewInt(int64(n)).ProbablyPrime(20)
	}
	for n := range uint32(2000) {
		if !agrees(n) {
			t.Fatalf("IsPrime(%d) is wrong", n)
		}
	}
	if err := quick.Check(agrees, nil); err != nil {
		t.Error(err)
	}
}

func TestSquaresOfPrimesAreNotPrime(t *testing.T) {
	for _, p := range []int{2, 3, 5, 46337, 99999989} {
		if IsPrime(p * p) {
			t.Errorf("IsPrime(%d * %d) = true: the square root was missed", p, p)
		}
	}
}

func TestNthIsTheTrueNthPrime(t *testing.T) {
	for i, want := range []int{224737, 224743, 224759, 224771} {
		if got := Nth(20000 + i); got != want {
			t.Errorf("Nth(%d) = %d, want %d", 20000+i, got, want)
		}
	}
}

func TestNthCountingOneGivesTheDecksAnswers(t *testing.T) {
	for i, want := range []int{224729, 224737, 224743, 224759} {
		if got := NthCountingOne(20000 + i); got != want {
			t.Errorf("NthCountingOne(%d) = %d, want %d", 20000+i, got, want)
		}
	}
}

func TestTheDecksCountingIsOnePrimeBehind(t *testing.T) {
	for n := 1; n < 500; n++ {
		if a, b := NthCountingOne(n+1), Nth(n); a != b {
			t.Fatalf("NthCountingOne(%d) = %d, but Nth(%d) = %d", n+1, a, n, b)
		}
	}
}

func TestThereIsNoZerothPrime(t *testing.T) {
	for name, nth := range map[string]func(int) int{"Nth": Nth, "NthCountingOne": NthCountingOne} {
		want := "primes: " + name + ": n must be at least 1, got 0"
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic value is %v, want %q", got, want)
				}
			}()
			nth(0)
		}()
	}
}

func TestNumbersAbove32BitsAreTestedToo(t *testing.T) {
	for n, want := range map[int]bool{
		1<<32 + 15:    true,  // the first prime above 32 bits
		1<<32 + 1:     false, // 641 * 6700417, as Euler found
		65537 * 65537: false, // its only divisor is its root
	} {
		if got := IsPrime(n); got != want {
			t.Errorf("IsPrime(%d) = %v, want %v", n, got, want)
		}
	}
}

func BenchmarkNth(b *testing.B) {
	for b.Loop() {
		Nth(20000)
	}
}

// One operation is one test; the numbers tested are 1 to 200,000.
func BenchmarkIsPrime(b *testing.B) {
	n := 0
	for b.Loop() {
		n = n%200000 + 1
		IsPrime(n)
	}
}

func BenchmarkDivisionBits(b *testing.B) {
	b.Run("32", func(b *testing.B) { benchmarkDivides[uint32](b) })
	b.Run("64", func(b *testing.B) { benchmarkDivides[uint64](b) })
}

func benchmarkDivides[T uint32 | uint64](b *testing.B) {
	n := T(224737) // a prime: every divisor is tried
	for b.Loop() {
		if divides(n) {
			b.Fatal("224737 has a divisor")
		}
	}
}
