package exercise

import "testing"

func fractionStarter(speedup float64, workers int) float64 {
	return speedup / float64(workers)
}

func fractionSolution(speedup float64, workers int) float64 {
	return (1 - 1/speedup) / (1 - 1/float64(workers))
}

func fractionSerial(speedup float64, workers int) float64 {
	n := float64(workers)
	return (1/speedup - 1/n) / (1 - 1/n)
}

func fractionIntegers(speedup float64, workers int) float64 {
	return (1 - 1/speedup) / (1 - float64(1/workers))
}

func fractionClamped(speedup float64, workers int) float64 {
	return min(1, fractionSolution(speedup, workers))
}

func fractionPercent(speedup float64, workers int) float64 {
	return 100 * fractionSolution(speedup, workers)
}

func TestParallelFraction(t *testing.T) {
	solution(t, func() Verdict { return ParallelFraction(fractionSolution) })
	for _, w := range []wrong{
		{"starter", func() Verdict { return ParallelFraction(fractionStarter) }, []string{"parallelFraction(2, 4) is 0.5;", "is 1.6 times as fast with 4 workers, not 2 times"}},
		{"the serial fraction", func() Verdict { return ParallelFraction(fractionSerial) }, []string{"parallelFraction(2, 4) is 0.3333, which is the serial fraction"}},
		{"a division of integers", func() Verdict { return ParallelFraction(fractionIntegers) }, []string{"parallelFraction(2, 4) is 0.5;", "1.6 times"}},
		{"cut off at 1", func() Verdict { return ParallelFraction(fractionClamped) }, []string{"parallelFraction(8, 4) is 1; but not even a program that is all parallel is 8 times as fast with 4 workers"}},
		{"percent", func() Verdict { return ParallelFraction(fractionPercent) }, []string{"is 66.67; a fraction between 0 and 1 would do"}},
	} {
		w.run(t)
	}
}
