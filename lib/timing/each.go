package timing

import (
	"fmt"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// inMilliseconds are the units that Each knows.
var inMilliseconds = map[string]float64{"ms": 1, "µs": 1e-3, "ns": 1e-6}

// Each returns DataFrame with times per step instead of per run: each time is
// divided by the Steps of its case. Each("addition", "ns") has the columns
// "addition ns", "low ns" and "high ns" where DataFrame has "median ms", "low ms"
// and "high ms", and "min ns" with Minimum. It panics if the unit is not ms, µs or
// ns.
func (c *Comparison) Each(step, unit string) dataframe.DataFrame {
	size, known := inMilliseconds[unit]
	if !known {
		panic(fmt.Sprintf("timing: Each: the unit must be ms, µs or ns, got %q", unit))
	}
	renamed := map[string]string{"median ms": step + " " + unit, "low ms": "low " + unit, "high ms": "high " + unit, "min ms": "min " + unit}
	df := c.DataFrame()
	var all []series.Series
	for _, name := range df.Names() {
		s := df.Col(name)
		if own := renamed[name]; own != "" {
			s = series.New(c.perStep(s.Float(), size), series.Float, own)
		}
		all = append(all, s)
	}
	return frameOf(all...)
}

// perStep divides each row's time by its steps, in a unit of so many ms.
func (c *Comparison) perStep(times []float64, unit float64) []float64 {
	for i, r := range c.rows {
		times[i] /= float64(r.Steps) * unit
	}
	return times
}
