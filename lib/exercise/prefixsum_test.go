package exercise

import (
	"sync"
	"sync/atomic"
	"testing"
)

func prefixStarter(sums, numbers []int, workers int, add func(a, b int) int) {
	sum := 0
	for i, n := range numbers {
		sum = add(sum, n)
		sums[i] = sum
	}
}

func prefixSolution(sums, numbers []int, workers int, add func(a, b int) int) {
	before := make([]int, workers) // of each worker's part: first its sum, then that of all parts before it
	parts := func(do func(worker, from, to int)) {
		var wg sync.WaitGroup
		for w := range workers {
			wg.Go(func() { do(w, w*len(numbers)/workers, (w+1)*len(numbers)/workers) })
		}
		wg.Wait()
	}
	parts(func(w, from, to int) {
		sum := 0
		for _, n := range numbers[from:to] {
			sum = add(sum, n)
		}
		before[w] = sum
	})
	sum := 0
	for w, part := range before {
		before[w], sum = sum, add(sum, part)
	}
	parts(func(w, from, to int) {
		sum := before[w]
		for i := from; i < to; i++ {
			sum = add(sum, numbers[i])
			sums[i] = sum
		}
	})
}

// prefixRest forgets the numbers that are left over when they are divided among workers.
func prefixRest(sums, numbers []int, workers int, add func(a, b int) int) {
	n := len(numbers) / workers * workers
	prefixSolution(sums[:n], numbers[:n], workers, add)
}

// prefixParts leaves out the offsets: each part has its own prefix sum.
func prefixParts(sums, numbers []int, workers int, add func(a, b int) int) {
	for w := range workers {
		from, to := w*len(numbers)/workers, (w+1)*len(numbers)/workers
		prefixStarter(sums[from:to], numbers[from:to], 1, add)
	}
}

// prefixReversed adds the offset at the wrong side.
func prefixReversed(sums, numbers []int, workers int, add func(a, b int) int) {
	prefixSolution(sums, numbers, workers, func(a, b int) int { return add(b, a) })
}

// prefixSteps adds what stands 1, 2, 4 and so on before: log2 n passes.
func prefixSteps(sums, numbers []int, workers int, add func(a, b int) int) {
	now, next := append([]int(nil), numbers...), make([]int, len(numbers))
	for distance := 1; distance < len(numbers); distance *= 2 {
		var wg sync.WaitGroup
		for w := range workers {
			wg.Go(func() {
				for i := w * len(numbers) / workers; i < (w+1)*len(numbers)/workers; i++ {
					if next[i] = now[i]; i >= distance {
						next[i] = add(now[i-distance], now[i])
					}
				}
			})
		}
		wg.Wait()
		now, next = next, now
	}
	copy(sums, now)
}

// prefixCopy makes a list of its own.
func prefixCopy(sums, numbers []int, workers int, add func(a, b int) int) {
	own := make([]int, len(numbers))
	prefixSolution(own, numbers, workers, add)
	copy(sums, own)
}

// prefixBoxes allocates something small for each number.
func prefixBoxes(sums, numbers []int, workers int, add func(a, b int) int) {
	prefixSolution(sums, numbers, workers, func(a, b int) int {
		sum := new(int)
		*sum = add(a, b)
		box.Store(sum)
		return *sum
	})
}

var box atomic.Pointer[int]

// prefixEager reads the parts' sums without waiting for them.
func prefixEager(sums, numbers []int, workers int, add func(a, b int) int) {
	totals := make([]int, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			from, to := w*len(numbers)/workers, (w+1)*len(numbers)/workers
			for _, n := range numbers[from:to] {
				totals[w] = add(totals[w], n)
			}
			sum := 0
			for _, part := range totals[:w] {
				sum = add(sum, part)
			}
			for i := from; i < to; i++ {
				sum = add(sum, numbers[i])
				sums[i] = sum
			}
		})
	}
	wg.Wait()
}

func TestPrefixSum(t *testing.T) {
	solution(t, func() Verdict { return PrefixSum(prefixSolution) })
	hurried(t)
	for _, w := range []wrong{
		{"starter", func() Verdict { return PrefixSum(prefixStarter) }, []string{"prefixSum(sums, 40 numbers, 4, add) is right, but it called add for one pair at a time"}},
		{"the rest is forgotten", func() Verdict { return PrefixSum(prefixRest) }, []string{`in the case "numbers that the workers cannot share evenly"`, "the sums in order are [1 3 6 10 15 21 28 29 31 34]"}},
		{"parts without offsets", func() Verdict { return PrefixSum(prefixParts) }, []string{`in the case "two equal parts"`, "is [1 3 6 10 5 11 18 19]"}},
		{"arguments exchanged", func() Verdict { return PrefixSum(prefixReversed) }, []string{`in the case "an addition with an order"`, "the last number that is not 0"}},
		{"many passes", func() Verdict { return PrefixSum(prefixSteps) }, []string{"is right, but called add 8977 times; two passes need twice the numbers, 2000"}},
		{"a box for each number", func() Verdict { return PrefixSum(prefixBoxes) }, []string{"allocations more than with 1024 numbers"}},
		{"a copy", func() Verdict { return PrefixSum(prefixCopy) }, []string{"prefixSum(sums, 262144 numbers, 4, +) is right, but allocated 8.0 bytes for each number"}},
		{"a panic", func() Verdict {
			return PrefixSum(func(sums, numbers []int, workers int, add func(a, b int) int) { panic("not written yet") })
		}, []string{"prefixSum(sums, [1 2 3 4 5], 1, +) panics: not written yet"}},
		{"the input is changed", func() Verdict {
			return PrefixSum(func(sums, numbers []int, workers int, add func(a, b int) int) {
				prefixSolution(sums, numbers, workers, add)
				copy(numbers, sums)
			})
		}, []string{"changes its input: element 1 of the numbers was 2 and is 3"}},
	} {
		w.run(t)
	}
}

func TestPrefixSumFindsSumsThatAreReadTooEarly(t *testing.T) {
	skipRacy(t)
	wrong{"eager", seen(func() Verdict { return PrefixSum(prefixEager) }), []string{"prefixSum("}}.run(t)
}
