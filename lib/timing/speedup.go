package timing

import (
	"math"
	"slices"

	"multiprocessing/lib/internal/student"
)

// minPairs is the fewest rounds that have a speedup. From two of them one
// cannot tell how far it may be off.
const minPairs = 3

// trimmed is the part of the rounds that is left out at each end.
const trimmed = 0.2

// nominal is the probability to compute intervals with, so that 95% of them hold
// the speedup. It is a little more, because the rounds end when an interval is
// narrow, and intervals that are narrow by chance miss more often (see the
// simulation in the tests).
const nominal = 0.96

// speedup is that of a case against its base, with its 95% interval; that of a
// base is 1, not measured.
func (r *row) speedup() estimate {
	if r.base != r {
		return speedupOf(r.pairs(), nominal)
	}
	if len(r.samples.wall) < minPairs {
		return unknown
	}
	return estimate{1, 1, 1}
}

// pairs are the speedups of the rounds in which both the case and its base
// were measured, as logarithms.
func (r *row) pairs() []float64 {
	base, own := r.base.samples.wall, r.samples.wall
	logs := make([]float64, min(len(base), len(own)))
	for i := range logs {
		logs[i] = math.Log(base[i] / own[i])
	}
	return logs
}

// speedupOf estimates a speedup from the logarithms of those of the rounds: the
// mean of them without the fifth at each end, and its interval by Student's t
// (Tukey and McLaughlin, "Less vulnerable confidence and significance procedures
// for location based on a single sample", 1963). For the standard error the
// rounds that are left out count as the outermost ones that are not. The plain
// mean would follow a single slow run. The median would need more rounds for the
// same interval, and at least 9 for the verdicts of a table of 10 cases.
func speedupOf(logs []float64, probability float64) estimate {
	n := len(logs)
	if n < minPairs {
		return unknown
	}
	sorted := slices.Clone(logs)
	slices.Sort(sorted)
	cut := int(trimmed * float64(n))
	inner := sorted[cut : n-cut]
	middle := mean(inner)
	for i := range cut {
		sorted[i], sorted[n-1-i] = inner[0], inner[len(inner)-1]
	}
	squares := 0.0
	for center, i := mean(sorted), 0; i < n; i++ {
		squares += (sorted[i] - center) * (sorted[i] - center)
	}
	left := float64(len(inner))
	reach := student.Within(probability, len(inner)-1) * math.Sqrt(squares/(left*(left-1)))
	return estimate{math.Exp(middle), math.Exp(middle - reach), math.Exp(middle + reach)}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// differs reports whether a case is faster or slower than its base. One of 20
// intervals misses its speedup by chance, and a table of many rows would often
// have such an interval. So the test is of all rows together: it widens the
// intervals with the number of rows (Bonferroni's correction), so that all of
// them hold their speedups in 95% of tables.
func (c *Comparison) differs(r *row) bool {
	all := speedupOf(r.pairs(), 1-(1-nominal)/float64(c.compared()))
	return all.low > 1 && all.value >= 1+c.settings.difference || all.high < 1 && 1/all.value >= 1+c.settings.difference
}

// compared is how many cases are compared with their bases.
func (c *Comparison) compared() int {
	n := 0
	for _, r := range c.rows {
		if r.base != r && len(r.pairs()) >= minPairs {
			n++
		}
	}
	return n
}
