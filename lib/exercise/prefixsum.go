package exercise

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
)

type prefixer func(sums, numbers []int, workers int, add func(a, b int) int)

// PrefixSum checks a prefix sum: sums[i] is numbers[0] to numbers[i] added up,
// by several goroutines in two passes, so that add is called no more than about
// twice for each number, and with no memory allocated for each number. add may
// be any associative function with add(0, n) = n and add(n, 0) = n: two of its
// arguments must not be exchanged.
func PrefixSum(prefixSum func(sums, numbers []int, workers int, add func(a, b int) int)) (verdict Verdict) {
	defer begin("PrefixSum", prefixSum == nil)(&verdict)
	var trials []func() string
	for _, c := range []struct {
		name       string
		n, workers int
	}{
		{"one worker", 5, 1}, {"two equal parts", 8, 2}, {"numbers that the workers cannot share evenly", 10, 4},
		{"a single number", 1, 3}, {"fewer numbers than workers", 3, 8}, {"no number", 0, 2}, {"many numbers", 1003, 5},
	} {
		trials = append(trials, named(c.name, func() string { return tryPrefix(prefixSum, c.n, c.workers) }))
	}
	return judge("it equals the serial prefix sum, the workers ran side by side, and nothing is allocated for each number.", append(trials,
		named("an addition with an order", func() string { return tryOrder(prefixSum) }),
		named("workers side by side", func() string { return tryPrefixSideBySide(prefixSum) }),
		named("how often add is called", func() string { return tryAdditions(prefixSum) }),
		named("memory", func() string { return tryAllocations(prefixSum) }),
		named("no part is lost", func() string { return tryLostPrefix(prefixSum) }))...)
}

func plus(a, b int) int { return a + b }

// last is associative, and not commutative: the last number that is not 0.
func last(a, b int) int {
	if b != 0 {
		return b
	}
	return a
}

// prefixes is the serial prefix sum.
func prefixes(numbers []int, add func(a, b int) int) []int {
	sums, sum := make([]int, len(numbers)), 0
	for i, n := range numbers {
		sum = add(sum, n)
		sums[i] = sum
	}
	return sums
}

// someNumbers are 1 to 7, again and again.
func someNumbers(n int) []int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = 1 + i%7
	}
	return numbers
}

func tryPrefix(prefixSum prefixer, n, workers int) string {
	numbers := someNumbers(n)
	return callPrefix(prefixSum, fmt.Sprintf("prefixSum(sums, %s, %d, +)", show(numbers, 0), workers), numbers, workers, plus)
}

func tryOrder(prefixSum prefixer) string {
	numbers := []int{1, 0, 2, 0, 0, 3, 4, 0, 5, 0}
	call := fmt.Sprintf("prefixSum(sums, %v, 3, add) with an add that returns the last number that is not 0", numbers)
	return callPrefix(prefixSum, call, numbers, 3, last)
}

// callPrefix calls it once, and compares sums with the serial ones. What stands
// in sums before must not matter.
func callPrefix(prefixSum prefixer, call string, numbers []int, workers int, add func(a, b int) int) string {
	input, sums := slices.Clone(numbers), slices.Repeat([]int{-1}, len(numbers))
	if problem := attempt(call, func() { prefixSum(sums, input, workers, add) }); problem != "" {
		return problem
	}
	want := prefixes(numbers, add)
	return cmp.Or(changed(call, input, numbers, "numbers"), differ("sums after "+call, sums, want, "sum"))
}

func tryPrefixSideBySide(prefixSum prefixer) string {
	const n, workers = 40, 4
	call := fmt.Sprintf("prefixSum(sums, %d numbers, %d, add)", n, workers)
	return trySideBySide(call, "add", "pair", workers, func(calls *crowd) {
		prefixSum(make([]int, n), make([]int, n), workers, func(a, b int) int {
			calls.enter()
			defer calls.leave()
			return a + b
		})
	})
}

func tryAdditions(prefixSum prefixer) string {
	const n, workers = 1000, 4
	call := fmt.Sprintf("prefixSum(sums, %d numbers, %d, add)", n, workers)
	var calls atomic.Int64
	add := func(a, b int) int { calls.Add(1); return a + b }
	if problem := attempt(call, func() { prefixSum(make([]int, n), make([]int, n), workers, add) }); problem != "" {
		return problem
	}
	if times := calls.Load(); times > 2*n+4*workers*workers {
		return fmt.Sprintf("%s is right, but called add %d times; two passes need twice the numbers, %d", call, times, 2*n)
	}
	return ""
}

// tryAllocations compares the memory that is allocated for few numbers and for
// many: what a call needs for its workers is in both.
func tryAllocations(prefixSum prefixer) (problem string) {
	const few, many, workers, tries = 1 << 10, 1 << 18, 4, 3
	call := fmt.Sprintf("prefixSum(sums, %d numbers, %d, +)", many, workers)
	for range tries { // other goroutines of the program allocate, too
		var ofFew, ofMany memory
		problem = cmp.Or(attempt(call, func() {
			ofFew = allocated(func(sums, numbers []int) { prefixSum(sums, numbers, workers, plus) }, few)
			ofMany = allocated(func(sums, numbers []int) { prefixSum(sums, numbers, workers, plus) }, many)
		}))
		if problem != "" {
			return problem
		}
		bytes, objects := ofMany.bytes-ofFew.bytes, ofMany.objects-ofFew.objects
		switch {
		case bytes <= many/8 && objects <= many/64:
			return ""
		case objects > many/64:
			problem = fmt.Sprintf("%s is right, but made %d allocations more than with %d numbers", call, objects, few)
		default:
			problem = fmt.Sprintf("%s is right, but allocated %.1f bytes for each number", call, float64(bytes)/(many-few))
		}
	}
	return problem
}

// memory that was allocated.
type memory struct{ bytes, objects int64 }

// allocated returns what a call allocates.
func allocated(f func(sums, numbers []int), n int) memory {
	sums, numbers := make([]int, n), make([]int, n)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f(sums, numbers)
	runtime.ReadMemStats(&after)
	return memory{int64(after.TotalAlloc - before.TotalAlloc), int64(after.Mallocs - before.Mallocs)}
}

// tryLostPrefix calls it again and again: a part's sum that is read before it
// is written shows only now and then.
func tryLostPrefix(prefixSum prefixer) string {
	const n, workers = 256, 64
	call := fmt.Sprintf("prefixSum(sums, %d ones, %d, +)", n, workers)
	ones := slices.Repeat([]int{1}, n)
	want := prefixes(ones, plus)
	sums := make([]int, n)
	return againAndAgain(func(run int) string {
		clear(sums)
		if problem := attempt(call, func() { prefixSum(sums, ones, workers, plus) }); problem != "" {
			return problem
		}
		if i := firstDifference(sums, want); i < n {
			return fmt.Sprintf("after %s, sums[%d] is %d in run %d of the same call, not %d", call, i, sums[i], run, want[i])
		}
		return ""
	})
}
