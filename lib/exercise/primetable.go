package exercise

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"multiprocessing/lib/primes"
)

// PrimeTable checks a function that returns the count primes from the
// first-th on, in order, with at most atOnce calls of nth at the same time,
// and leaves no goroutine behind.
func PrimeTable(primeTable func(first, count, atOnce int, nth func(int) int) []int) (verdict Verdict) {
	defer begin("PrimeTable", primeTable == nil)(&verdict)
	trial := func(name string, first, count, atOnce int) func() string {
		return named(name, func() string { return tryPrimeTable(primeTable, first, count, atOnce) })
	}
	trials := []func() string{
		trial("30 primes", 12, 30, 4), trial("from the first prime on", 1, 7, 3), trial("no prime", 5, 0, 2),
		trial("a single prime", 9, 1, 4), trial("one at a time", 3, 5, 1),
	}
	random := rand.New(rand.NewPCG(5, 0))
	for range 5 {
		trials = append(trials, trial("any numbers", 1+random.IntN(500), random.IntN(40), 2+random.IntN(6)))
	}
	return judge("the primes are in order, and the tasks ran side by side.", trials...)
}

func tryPrimeTable(primeTable func(first, count, atOnce int, nth func(int) int) []int, first, count, atOnce int) string {
	call := fmt.Sprintf("primeTable(%d, %d, %d)", first, count, atOnce)
	tasks, asked, before := newCrowd(min(2, count, atOnce)), newTally[int](), goroutines()
	nth := func(n int) int {
		tasks.enter()
		defer tasks.leave()
		asked.add(n)
		return primes.Nth(max(1, n)) // a panic in the reader's goroutine would end the program
	}
	var got []int
	if problem := attempt(call, func() { got = primeTable(first, count, atOnce, nth) }); problem != "" {
		return problem
	}
	for _, n := range asked.keys() {
		if n < first || n >= first+count {
			return fmt.Sprintf("%s computed nth(%d), which is not in the table", call, n)
		}
	}
	want := make([]int, count)
	for i := range want {
		want[i] = primes.Nth(first + i)
	}
	if problem := differ(call, got, want, "prime"); strings.Contains(problem, "in another order") {
		return problem + "; without a lock, append from several goroutines is a data race, too"
	} else if problem != "" {
		return problem
	}
	if together := tasks.together(); together > atOnce {
		return fmt.Sprintf("%s had %d tasks running at the same time, not at most %d", call, together, atOnce)
	}
	if n, times := asked.repeated(); times > 1 {
		return fmt.Sprintf("%s gives the right primes, but it computed nth(%d) %d times", call, n, times)
	}
	if count >= 2*atOnce && atOnce > 1 && tasks.together() < 2 {
		return fmt.Sprintf("%s gives the right primes, but it ran one task at a time", call)
	}
	if left := leftBehind(before); left != "" {
		return fmt.Sprintf("%s gives the right primes, but leaves %s behind", call, left)
	}
	return ""
}
