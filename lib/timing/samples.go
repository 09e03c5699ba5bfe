package timing

import (
	"math"
	"slices"
	"time"
)

// samples are the figures of a case, one a round, times in ms.
type samples struct {
	wall, start, cpu, allocs, gc []float64
	starts                       bool // whether start was measured at all
}

// add appends the figures of a round, those of one of its runs.
func (s *samples) add(r round, starts bool) {
	runs := float64(r.runs)
	s.wall = append(s.wall, r.net()/runs)
	s.start = append(s.start, ms(r.start))
	s.cpu = append(s.cpu, ms(r.used.cpu)/runs)
	s.allocs = append(s.allocs, r.used.allocs/runs)
	s.gc = append(s.gc, ms(r.used.gc)/runs)
	s.starts = s.starts || (starts && r.start > 0)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// estimate is a value and its 95% interval, NaN where there is none.
type estimate struct{ value, low, high float64 }

var unknown = estimate{math.NaN(), math.NaN(), math.NaN()}

// within reports whether the interval reaches at most the given fraction of
// the value to either side.
func (e estimate) within(fraction float64) bool {
	return e.high-e.value <= fraction*e.value && e.value-e.low <= fraction*e.value // false for NaN
}

// summarize returns the median and its interval between order statistics. No
// distribution is assumed.
func summarize(values []float64) estimate {
	n := len(values)
	if n == 0 {
		return unknown
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	e := estimate{quantile(sorted, 0.5), math.NaN(), math.NaN()}
	if k := outside(n); k >= 0 {
		e.low, e.high = sorted[k], sorted[n-1-k]
	}
	return e
}

// outside is how many of n sorted values may be left out at each end of an
// interval that holds the median in 95% of samples; -1 if n are too few. Each
// value is below the median with a probability of one half.
func outside(n int) int {
	k, exactly := -1, math.Pow(0.5, float64(n)) // the probability of exactly k+1 values below
	for atMost := exactly; 2*atMost <= 0.05; atMost += exactly {
		k++
		exactly *= float64(n-k) / float64(k+1)
	}
	return k
}

func median(values []float64) float64 { return summarize(values).value }

// outliers counts the values outside of Tukey's fences: more than 1.5 times
// the distance between the quartiles below the first or above the third.
func outliers(values []float64) float64 {
	if len(values) < minRounds {
		return math.NaN()
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	first, third := quantile(sorted, 0.25), quantile(sorted, 0.75)
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
