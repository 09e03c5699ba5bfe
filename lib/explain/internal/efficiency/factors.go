package efficiency

import (
	"math"
	"slices"
)

// Factors explain the efficiency of a run. NaN is unknown.
type Factors struct {
	LoadBalance   float64 // mean useful time of the lanes / that of the busiest
	Communication float64 // useful time of the busiest lane / length of the run
	Computation   float64 // useful time of the base / that of all lanes
}

// Product is the efficiency that the factors explain: useful time of the base /
// (workers x length of the run).
func (f Factors) Product() float64 { return f.LoadBalance * f.Communication * f.Computation }

// Factors returns those of a run. Without a base (nil) the computation is NaN. A
// run without useful time has none.
func (a Account) Factors(base *Account) Factors {
	total := float64(a.total())
	if total <= 0 || a.Length <= 0 {
		return Factors{math.NaN(), math.NaN(), math.NaN()}
	}
	busiest := float64(slices.Max(a.Useful))
	f := Factors{total / float64(a.Workers) / busiest, busiest / float64(a.Length), math.NaN()}
	if base != nil {
		f.Computation = float64(a.like(base)) / total
	}
	return f
}

// Own is the part of its own run time in which the account's base works: 1, but for
// waits, collections and, if the account is of a trace, cores that were not free.
func (a Account) Own(base *Account) float64 { return float64(a.like(base)) / float64(base.Length) }
