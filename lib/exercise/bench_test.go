package exercise

import "testing"

// One operation is the check of a right answer.
func BenchmarkChecks(b *testing.B) {
	for _, check := range []struct {
		name string
		run  func() Verdict
	}{
		{"ParallelFraction", func() Verdict { return ParallelFraction(fractionSolution) }},
		{"Integral", func() Verdict { return Integral(integralSolution) }},
		{"PrefixSum", func() Verdict { return PrefixSum(prefixSolution) }},
		{"Downloads", func() Verdict { return Downloads(downloadsSolution) }},
		{"OtherProcess", func() Verdict { return OtherProcess(squaresSolution) }},
		{"PrimeTable", func() Verdict { return PrimeTable(tableSolution) }},
		{"Chunks", func() Verdict { return Chunks(chunksSolution) }},
		{"Pipeline", func() Verdict { return Pipeline(pipelineSolution) }},
		{"Histogram", func() Verdict { return Histogram(histogramSolution) }},
		{"FirstAnswer", func() Verdict { return FirstAnswer(firstSolution) }},
		{"FasterSerial", func() Verdict { return FasterSerial(countSolution) }},
	} {
		b.Run(check.name, func(b *testing.B) {
			for b.Loop() {
				if v := check.run(); !v.Right() {
					b.Fatal(v)
				}
			}
		})
	}
}
