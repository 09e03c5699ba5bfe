package timing

import (
	"math"
	"runtime"
	"slices"
	"time"

	"golang.org/x/perf/benchmath"
)

// samples are the figures of a case, one a round, times in ms.
type samples struct {
	wall, start, cpu, allocs []float64
	starts                   bool // whether start was measured at all
}

func (s *samples) add(r round, starts bool) {
	s.wall = append(s.wall, ms(r.elapsed))
	s.start = append(s.start, ms(r.start))
	s.cpu = append(s.cpu, ms(r.cpu))
	s.allocs = append(s.allocs, r.allocs)
	s.starts = s.starts || (starts && r.start > 0)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// sample copies the values: benchmath sorts what it is given.
func sample(values []float64) *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds)
}

// summary is the median and its 95% interval, NaN where there is none. No
// distribution is assumed.
func summary(values []float64) (median, low, high float64) {
	if len(values) == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	s := benchmath.AssumeNothing.Summary(sample(values), 0.95)
	if math.IsInf(s.Lo, 0) || math.IsInf(s.Hi, 0) {
		return s.Center, math.NaN(), math.NaN()
	}
	return s.Center, s.Lo, s.Hi
}

func median(values []float64) float64 {
	m, _, _ := summary(values)
	return m
}

// within says whether the interval of the wall times reaches at most the
// given fraction of the median to either side.
func (s *samples) within(fraction float64) bool {
	m, low, high := summary(s.wall)
	return high-m <= fraction*m && m-low <= fraction*m // false for NaN
}

// differ says whether two cases' times differ: the Mann-Whitney U test at 5%.
func differ(a, b []float64) bool {
	c := benchmath.AssumeNothing.Compare(sample(a), sample(b))
	return c.P <= c.Alpha
}

// allocations is how many heap objects the program has allocated so far.
func allocations() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Mallocs)
}
