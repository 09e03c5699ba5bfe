package exercise

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

type histogramer func(data []int, bins, workers int) []int

// Histogram checks a function that counts with several goroutines how often
// each number from 0 to bins-1 is in the data, none lost, and in not much
// more time than a serial loop takes. With one worker that is judged on any
// machine, so a lock or an atomic addition for each number never passes.
func Histogram(histogram func(data []int, bins, workers int) []int) (verdict Verdict) {
	defer begin("Histogram", histogram == nil)(&verdict)
	random := rand.New(rand.NewPCG(8, 0))
	numbers := func(n, bins int) []int {
		data := make([]int, n)
		for i := range data {
			data[i] = random.IntN(bins)
		}
		return data
	}
	var trials []func() string
	for _, c := range []struct{ n, bins, workers int }{{8, 3, 1}, {10, 4, 3}, {9, 5, 4}, {2, 3, 5}, {1, 1, 1}, {0, 4, 2}, {1003, 7, 8}} {
		data := numbers(c.n, c.bins)
		trials = append(trials, func() string { return tryHistogram(histogram, data, c.bins, c.workers) })
	}
	var remark string
	trials = append(trials,
		func() string { return tryWorkers(histogram, numbers(1000, 4)) },
		func() string { return tryLostCounts(histogram, slices.Repeat([]int{2}, 1<<19), 4, 8) },
		func() string { return tryLostCounts(histogram, slices.Repeat([]int{0, 1, 2, 3}, 128), 4, 512) },
		func() string { return tryAlone(histogram, numbers(1<<20, 256), 256) },
		func() (problem string) {
			problem, remark = tryNotSlower(histogram, numbers(1<<20, 256), 256)
			return problem
		})
	return judge("every number is counted once, and none is lost.", trials...).adding(remark)
}

func count(data []int, bins int) []int {
	counts := make([]int, bins)
	for _, n := range data {
		counts[n]++
	}
	return counts
}

func tryHistogram(histogram histogramer, data []int, bins, workers int) string {
	call := fmt.Sprintf("histogram(%s, %d, %d)", show(data, 0), bins, workers)
	input := slices.Clone(data)
	var got []int
	if problem := attempt(call, func() { got = histogram(input, bins, workers) }); problem != "" {
		return problem
	}
	if problem := changed(call, input, data, "data"); problem != "" {
		return problem
	}
	problem := differ(call, got, count(data, bins), "count")
	if lost := len(data) - sum(got); problem != "" && lost > 0 && len(got) == bins {
		problem += "; " + lostCounts(lost)
	}
	return problem
}

func lostCounts(n int) string {
	if n == 1 {
		return "1 is lost"
	}
	return fmt.Sprintf("%d are lost", n)
}

// tryWorkers counts the goroutines that a call starts.
func tryWorkers(histogram histogramer, data []int) (problem string) {
	call := fmt.Sprintf("histogram(%d numbers, 4, 4)", len(data))
	workers := started(func() {
		problem = attempt(call, func() { histogram(data, 4, 4) })
	}) - 1 // that of the attempt
	if problem == "" && workers < 3 { // the caller may be the fourth
		problem = fmt.Sprintf("%s is right, but started %s, with 4 workers", call, some(workers, "goroutine"))
	}
	return problem
}

// tryLostCounts calls it again and again, with data that go into the same few
// bins, until a count is not the serial one: with much work for each worker,
// and with so little that many end at the same time.
func tryLostCounts(histogram histogramer, data []int, bins, workers int) string {
	call := fmt.Sprintf("histogram(%s, %d, %d) with %d numbers", show(data, 0), bins, workers, len(data))
	want := count(data, bins)
	return againAndAgain(func(run int) string {
		var got []int
		problem := attempt(call, func() { got = histogram(data, bins, workers) })
		if lost := len(data) - sum(got); problem == "" && lost != 0 && len(got) == bins {
			return fmt.Sprintf("%s was called %d times, and the last time it counted %d of them: %s", call, run, sum(got), lostCounts(lost))
		}
		return cmp.Or(problem, differ(call, got, want, "count"))
	})
}

func sum(counts []int) (total int) {
	for _, n := range counts {
		total += n
	}
	return total
}

// tryAlone compares one worker with a serial loop. Both need one core, so a
// busy machine disturbs both, and the least times of several rounds tell how
// much is done for each number. A lock takes 5 to 10 times as long as the
// loop, an atomic addition 3 to 5 times.
func tryAlone(histogram histogramer, data []int, bins int) (problem string) {
	const rounds, tries = 7, 3
	call := fmt.Sprintf("histogram(%d numbers, %d, 1)", len(data), bins)
	for range tries {
		var times []time.Duration
		problem = attempt(call, func() {
			times = least(rounds, func() { count(data, bins) }, func() { histogram(data, bins, 1) })
		})
		if problem != "" {
			return problem
		}
		slower := float64(times[1]) / float64(times[0])
		if slower < 2 {
			return ""
		}
		problem = fmt.Sprintf("%s is right, but takes %.1f times as long as a serial loop: it does too much for each number; a lock, an atomic addition or a division in the condition of the loop is too much", call, slower)
	}
	return problem
}

// tryNotSlower compares with a serial loop. Who is a little slower may have
// had a busy machine, so it takes three times to be sure.
func tryNotSlower(histogram histogramer, data []int, bins int) (problem, remark string) {
	const workers, rounds = 2, 5
	call := fmt.Sprintf("histogram(%d numbers, %d, %d)", len(data), bins, workers)
	for range 3 {
		if !twoCoresFree() {
			return "", "Two cores are not free here, though: a lost count may go unseen, and whether it is slower than a serial loop could not be judged."
		}
		var times []time.Duration
		problem = attempt(call, func() {
			times = medians(rounds, func() { count(data, bins) }, func() { histogram(data, bins, workers) })
		})
		if problem != "" {
			return problem, ""
		}
		slower := float64(times[1]) / float64(times[0])
		if slower < 1.3 {
			return "", "It is not slower than a serial loop."
		}
		problem = fmt.Sprintf("%s is right, but takes %.1f times as long as a serial loop", call, slower)
		if slower > 4 {
			break
		}
	}
	return problem, ""
}
