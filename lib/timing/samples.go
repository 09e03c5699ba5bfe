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

// estimate is a value and its 95% interval, NaN where there is none.
type estimate struct{ median, low, high float64 }

// summarize returns the median and its interval between order statistics. No
// distribution is assumed.
func summarize(values []float64) estimate {
	if len(values) == 0 {
		return estimate{math.NaN(), math.NaN(), math.NaN()}
	}
	s := benchmath.AssumeNothing.Summary(sample(values), 0.95)
	if math.IsInf(s.Lo, 0) || math.IsInf(s.Hi, 0) {
		return estimate{s.Center, math.NaN(), math.NaN()}
	}
	return estimate{s.Center, s.Lo, s.Hi}
}

func median(values []float64) float64 { return summarize(values).median }

// over returns e / of. Its interval is made from theirs on a logarithmic
// scale, where the squares of the distances from the estimate add up (Zou and
// Donner, "Construction of confidence limits about effect measures", 2008).
// Dividing the ends by each other would give one that is much too wide.
func (e estimate) over(of estimate) estimate {
	ratio := e.median / of.median
	down := math.Hypot(math.Log(e.median/e.low), math.Log(of.high/of.median))
	up := math.Hypot(math.Log(e.high/e.median), math.Log(of.median/of.low))
	return estimate{ratio, ratio * math.Exp(-down), ratio * math.Exp(up)}
}

// speedup is that of a row against its base; that of a base is 1, not
// measured.
func (r *row) speedup() estimate {
	own := summarize(r.samples.wall)
	if r.base == r {
		one := own.median / own.median // or NaN
		return estimate{one, own.low / own.low, own.high / own.high}
	}
	return summarize(r.base.samples.wall).over(own)
}

// outliers counts the values outside of Tukey's fences: more than 1.5 times
// the distance between the quartiles below the first or above the third.
func outliers(values []float64) float64 {
	if len(values) < minRounds {
		return math.NaN()
	}
	s := sample(values) // sorted
	first, third := quantile(s.Values, 0.25), quantile(s.Values, 0.75)
	fence := 1.5 * (third - first)
	n := 0
	for _, v := range values {
		if v < first-fence || v > third+fence {
			n++
		}
	}
	return float64(n)
}

// quantile of sorted values, between two of them if need be.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// within reports whether the interval of the wall times reaches at most the
// given fraction of the median to either side.
func (s *samples) within(fraction float64) bool {
	e := summarize(s.wall)
	return e.high-e.median <= fraction*e.median && e.median-e.low <= fraction*e.median // false for NaN
}

// differ reports whether two cases' times differ: the Mann-Whitney U test at 5%.
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
