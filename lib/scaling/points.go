package scaling

import (
	"math"
	"slices"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/internal/named"
	"multiprocessing/lib/internal/verdict"
)

// Point is a measured speedup; without an interval Low and High are NaN.
type Point struct {
	Workers, Speedup, Low, High float64

	// Crowded says that there were more workers than cores: what was
	// measured is then the cores, and no fit counts it.
	Crowded bool

	// Busy says how many cores were free if they were too few: what was
	// measured is then the load of the machine, and nothing is fitted.
	Busy string
}

// Points takes the speedups out of a DataFrame: the columns "workers" and
// "speedup", and if they are there "speedup low" and "speedup high", as
// timing gives them. Rows without a speedup, and those whose "verdict" says
// wrong, are left out; one that says "more workers than cores" makes the
// point Crowded, and one that says that the cores were not free makes it Busy.
//
// It panics if df carries an error, lacks one of the first two, or has two
// columns of one of these names.
func Points(df dataframe.DataFrame) []Point {
	if df.Err != nil {
		panic("scaling: Points: the data frame carries an error: " + df.Err.Error())
	}
	names := df.Names()
	for i, name := range []string{"workers", "speedup", "speedup low", "speedup high", "verdict"} {
		if _, err := named.Column(names, name); err != nil && (i < 2 || slices.Contains(names, name)) {
			panic("scaling: Points: " + err.Error())
		}
	}
	get := func(row int, name string) float64 {
		if col := slices.Index(names, name); col >= 0 {
			return df.Elem(row, col).Float()
		}
		return math.NaN()
	}
	var points []Point
	for i := range df.Nrow() {
		said := ""
		if col := slices.Index(names, "verdict"); col >= 0 {
			said = df.Elem(i, col).String()
		}
		p := Point{get(i, "workers"), get(i, "speedup"), get(i, "speedup low"), get(i, "speedup high"), verdict.IsCrowded(said), verdict.FindBusy(said)}
		if p.usable() && !verdict.IsWrong(said) {
			points = append(points, p)
		}
	}
	return points
}

func (p Point) usable() bool {
	return p.Workers >= 1 && p.Speedup > 0 && !math.IsInf(p.Workers, 0) && !math.IsInf(p.Speedup, 0)
}

// SerialFractions returns Karp and Flatt's serial fraction of each point with
// more than one worker that was measured on free cores, with its 95% interval where the speedup has one:
// columns "workers", "speedup", "serial", "serial low" and "serial high".
func SerialFractions(points []Point) dataframe.DataFrame {
	var cols [5][]float64
	for _, p := range points {
		if !p.usable() || p.Workers == 1 || p.Busy != "" {
			continue
		}
		e := Point{Low: math.NaN(), High: math.NaN()}
		if p.Low > 0 && p.High > 0 { // the more speedup, the less is serial
			e.Low, e.High = KarpFlatt(p.High, p.Workers), KarpFlatt(p.Low, p.Workers)
		}
		for i, v := range []float64{p.Workers, p.Speedup, KarpFlatt(p.Speedup, p.Workers), e.Low, e.High} {
			cols[i] = append(cols[i], v)
		}
	}
	var all []series.Series
	for i, name := range []string{"workers", "speedup", "serial", "serial low", "serial high"} {
		all = append(all, series.New(cols[i], series.Float, name))
	}
	return dataframe.New(all...)
}
