package exercise

import (
	"sync"
	"sync/atomic"
	"testing"
)

// histogramStarter has all workers count in the same bins.
func histogramStarter(data []int, bins, workers int) []int {
	counts := make([]int, bins)
	forParts(data, workers, func(part []int) {
		for _, n := range part {
			counts[n]++
		}
	})
	return counts
}

func forParts(data []int, workers int, work func(part []int)) {
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() { work(data[w*len(data)/workers : (w+1)*len(data)/workers]) })
	}
	wg.Wait()
}

func histogramSolution(data []int, bins, workers int) []int {
	counts := make([]int, bins)
	var mu sync.Mutex // guards counts
	forParts(data, workers, func(part []int) {
		own := make([]int, bins)
		for _, n := range part {
			own[n]++
		}
		mu.Lock()
		defer mu.Unlock()
		for bin, n := range own {
			counts[bin] += n
		}
	})
	return counts
}

// histogramMerge counts alone, but adds up without a lock.
func histogramMerge(data []int, bins, workers int) []int {
	counts := make([]int, bins)
	forParts(data, workers, func(part []int) {
		own := make([]int, bins)
		for _, n := range part {
			own[n]++
		}
		for bin, n := range own {
			counts[bin] += n
		}
	})
	return counts
}

// histogramMutex locks for every number.
func histogramMutex(data []int, bins, workers int) []int {
	counts := make([]int, bins)
	var mu sync.Mutex
	forParts(data, workers, func(part []int) {
		for _, n := range part {
			mu.Lock()
			counts[n]++
			mu.Unlock()
		}
	})
	return counts
}

// histogramAtomic adds one by one.
func histogramAtomic(data []int, bins, workers int) []int {
	shared := make([]atomic.Int64, bins)
	forParts(data, workers, func(part []int) {
		for _, n := range part {
			shared[n].Add(1)
		}
	})
	counts := make([]int, bins)
	for bin := range shared {
		counts[bin] = int(shared[bin].Load())
	}
	return counts
}

// histogramRest forgets the numbers that are left over.
func histogramRest(data []int, bins, workers int) []int {
	return histogramSolution(data[:len(data)/workers*workers], bins, workers)
}

// histogramSerial is right, and not parallel.
func histogramSerial(data []int, bins, workers int) []int { return count(data, bins) }

// histogramFew has as many bins as the greatest number needs.
func histogramFew(data []int, bins, workers int) []int {
	greatest := 0
	for _, n := range data {
		greatest = max(greatest, n)
	}
	return histogramSolution(data, greatest+1, workers)
}

func TestHistogram(t *testing.T) {
	solution(t, func() Verdict { return Histogram(histogramSolution) })
	hurried(t)
	coresFree(t, true)
	for _, w := range []wrong{
		{"atomic", func() Verdict { return Histogram(histogramAtomic) }, []string{"histogram(1048576 numbers, 256, 1) is right, but takes", "times as long as a serial loop: it does too much for each number; a lock, an atomic addition or a division"}},
		{"the rest is forgotten", func() Verdict { return Histogram(histogramRest) }, []string{"histogram([", "], 4, 3) is [", "; the counts in order are ["}},
		{"serial", func() Verdict { return Histogram(histogramSerial) }, []string{"histogram(1000 numbers, 4, 4) is right, but started 0 goroutines, with 4 workers"}},
		{"too few bins", func() Verdict { return Histogram(histogramFew) }, []string{" counts, not "}},
	} {
		w.run(t)
	}
}

// TestHistogramFindsALockForEachNumberOnAnyMachine finds it where no two cores are free.
func TestHistogramFindsALockForEachNumberOnAnyMachine(t *testing.T) {
	hurried(t)
	coresFree(t, false)
	slow := []string{"histogram(1048576 numbers, 256, 1) is right, but takes", "times as long as a serial loop: it does too much for each number; a lock, an atomic addition or a division"}
	if !raceDetector { // which makes such a lock slower still
		wrong{"a lock for each number", func() Verdict { return Histogram(histogramMutex) }, slow}.run(t)
	}
	wrong{"an atomic addition for each number", func() Verdict { return Histogram(histogramAtomic) }, slow}.run(t)
}

func TestHistogramSaysWhenSpeedCannotBeJudged(t *testing.T) {
	coresFree(t, false)
	solution(t, func() Verdict { return Histogram(histogramSolution) }, "Two cores are not free here, though", "could not be judged")
}

func TestHistogramFindsLostCounts(t *testing.T) {
	skipRacy(t)
	lost := []string{" was called ", " times, and the last time it counted ", " lost"}
	wrong{"starter", seen(func() Verdict { return Histogram(histogramStarter) }), lost[2:]}.run(t)
	wrong{"added up without a lock", seen(func() Verdict { return Histogram(histogramMerge) }), lost}.run(t)
}
