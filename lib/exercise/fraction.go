package exercise

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// ParallelFraction checks Amdahl's law (slide 2) solved for the fraction of
// the work that must be parallel, so that so many workers bring the speedup.
// Where no fraction would do, the answer must be above 1. The inputs have a
// speedup of at least 1.
func ParallelFraction(parallelFraction func(speedup float64, workers int) float64) (verdict Verdict) {
	defer begin("ParallelFraction", parallelFraction == nil)(&verdict)
	trial := func(name string, speedup float64, workers int) func() string {
		return named(name, func() string { return tryFraction(parallelFraction, speedup, workers) })
	}
	trials := []func() string{
		trial("half of the ideal", 2, 4), trial("half of the ideal, more workers", 4, 8), trial("no gain", 1, 8),
		trial("the ideal", 8, 8), trial("two workers", 1.5, 2), trial("more than the ideal", 8, 4), trial("one worker", 2, 1),
	}
	random := rand.New(rand.NewPCG(1, 0))
	for range 20 {
		workers := 2 + random.IntN(63)
		trials = append(trials, trial("any numbers", 1+float64(random.IntN(10*workers))/10, workers))
	}
	return judge("with that fraction the workers bring the speedup, and it is above 1 where none would do.", trials...)
}

// tolerance allows for rounding, and for answers found by trying.
const tolerance = 1e-6

func tryFraction(parallelFraction func(float64, int) float64, speedup float64, workers int) string {
	call := fmt.Sprintf("parallelFraction(%v, %d)", speedup, workers)
	var got float64
	if problem := attempt(call, func() { got = parallelFraction(speedup, workers) }); problem != "" {
		return problem
	}
	impossible := speedup > float64(workers)+tolerance
	want := (1 - 1/speedup) / (1 - 1/float64(workers)) // +Inf for 1 worker
	said := fmt.Sprintf("%s is %.4g", call, got)
	switch {
	case impossible && got > 1, math.Abs(got-want) <= tolerance:
		return ""
	case math.IsNaN(got):
		return said + ", which is no number"
	case impossible:
		return fmt.Sprintf("%s; but not even a program that is all parallel is %v times as fast with %s", said, speedup, some(workers, "worker"))
	case got < 0 || got > 1+tolerance:
		return said + "; a fraction between 0 and 1 would do"
	case math.Abs(got-(1-want)) <= tolerance:
		return said + ", which is the serial fraction"
	}
	return fmt.Sprintf("%s; a program of which that fraction is parallel is %.4g times as fast with %s, not %v times",
		said, 1/(1-got+got/float64(workers)), some(workers, "worker"), speedup)
}
