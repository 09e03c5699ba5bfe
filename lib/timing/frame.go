package timing

import (
	"math"
	"slices"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// DataFrame returns one row per case, in the order in which they were given.
//
//	case        name
//	workers     as given in the case
//	rounds      how often it was measured, without the warm-up
//	median ms   median of the time of a run
//	low ms      its 95% interval; missing with fewer than 6 rounds
//	high ms
//	min ms      the shortest time, with Minimum
//	outliers    how many times lie outside of Tukey's fences; the median includes
//	            them; missing with fewer than 6 rounds
//	start ms    median of the time of Setup, or of Measurement.Start
//	cpu ms      median of the CPU time of a run, its setup and stop included,
//	            with that of child processes which ended in it
//	allocs      median of the heap objects allocated in a run; missing for
//	            cases with Measure
//	gc %        share of garbage collection in the CPU time of all rounds, in
//	            percent, by the runtime's estimate; missing for cases with Measure
//	speedup     geometric mean of time of the base / time of the case in the same
//	            round, over the rounds without the largest 20% and the smallest
//	            20% (a trimmed mean); it may differ from the ratio of the medians;
//	            missing with fewer than 3 rounds
//	speedup low   its 95% interval
//	speedup high
//	speedup guess        what the reader expected, if there is a Guess
//	speedup guess off %  how far that is from the speedup, in percent of it
//	efficiency  speedup / workers: 1 is as much as the workers can give
//	explained ... speedup without it   with explain.Traces only: see package explain
//	items/s     items or bytes of a run / its median time, if a case has Items
//	GB/s        or Bytes
//	result      the result, or its beginning and a hash of it: the value counts,
//	            not its type, and floats count to their last bit
//	verdict     "base" for the base; else how the case compares with its base;
//	            then the reasons to doubt the figures, separated by "; "
//
// Missing numbers are NaN.
//
// The verdict is "no difference seen" for a difference of less than 2% (see
// Difference), and for one that may be chance. The verdicts of a table are
// corrected for multiple comparisons: if all cases are equally fast, at most 5 of
// 100 tables call any of them different.
func (c *Comparison) DataFrame() dataframe.DataFrame {
	var all []series.Series
	for _, col := range columns() {
		if col.when == nil || col.when(c) {
			all = append(all, col.series(c))
		}
	}
	return frameOf(all...)
}

// column is one of DataFrame.
type column struct {
	name  string
	kind  series.Type
	value func(c *Comparison, r *row) any
	when  func(c *Comparison) bool // whether a table has it; nil is always
}

func (col column) series(c *Comparison) series.Series {
	values := make([]any, len(c.rows))
	for i, r := range c.rows {
		values[i] = col.value(c, r)
	}
	return series.New(values, col.kind, col.name)
}

// columns returns those of DataFrame, in order. It is a function because the
// linker would keep all that a variable refers to in cells without a table.
func columns() []column {
	all := []column{
		{"case", series.String, func(_ *Comparison, r *row) any { return r.Name }, nil},
		{"workers", series.Int, func(_ *Comparison, r *row) any { return r.Workers }, nil},
		{"rounds", series.Int, func(_ *Comparison, r *row) any { return len(r.samples.wall) }, nil},
		number("median ms", func(r *row) float64 { return summarize(r.samples.wall).value }),
		number("low ms", func(r *row) float64 { return summarize(r.samples.wall).low }),
		number("high ms", func(r *row) float64 { return summarize(r.samples.wall).high }),
		number("min ms", (*row).least).onlyIf(func(c *Comparison) bool { return c.settings.minimum }),
		number("outliers", func(r *row) float64 { return outliers(r.samples.wall) }),
		number("start ms", (*row).start),
		number("cpu ms", func(r *row) float64 { return median(r.samples.cpu) }),
		number("allocs", (*row).allocs),
		number("gc %", (*row).collected),
		number("speedup", func(r *row) float64 { return r.speedup().value }),
		number("speedup low", func(r *row) float64 { return r.speedup().low }),
		number("speedup high", func(r *row) float64 { return r.speedup().high }),
		{"speedup guess", series.Float, func(c *Comparison, r *row) any { return c.guess(r) }, (*Comparison).hasGuess},
		{"speedup guess off %", series.Float, func(c *Comparison, r *row) any { return c.guessOff(r) }, (*Comparison).hasGuess},
		number("efficiency", func(r *row) float64 { return r.speedup().value / float64(r.Workers) }),
	}
	all = append(all, explanationColumns()...)
	return append(all,
		number("items/s", (*row).itemRate).onlyIf(someCase(func(r *row) bool { return r.Items > 0 })),
		number("GB/s", (*row).byteRate).onlyIf(someCase(func(r *row) bool { return r.Bytes > 0 })),
		column{"result", series.String, func(_ *Comparison, r *row) any { return r.answer.Text }, nil},
		column{"verdict", series.String, func(c *Comparison, r *row) any { return c.verdict(r) }, nil},
	)
}

// number is a column of numbers that every table has.
func number(name string, value func(r *row) float64) column {
	return column{name, series.Float, func(_ *Comparison, r *row) any { return value(r) }, nil}
}

func (col column) onlyIf(when func(c *Comparison) bool) column {
	col.when = when
	return col
}

// someCase holds for a table in which a case has something.
func someCase(has func(r *row) bool) func(c *Comparison) bool {
	return func(c *Comparison) bool { return slices.ContainsFunc(c.rows, has) }
}

// least is the shortest time in ms.
func (r *row) least() float64 {
	if len(r.samples.wall) == 0 {
		return math.NaN()
	}
	return slices.Min(r.samples.wall)
}

func (r *row) start() float64 {
	if !r.samples.starts {
		return math.NaN()
	}
	return median(r.samples.start)
}

func (r *row) allocs() float64 {
	if r.Measure != nil {
		return math.NaN() // the work is not done in this process
	}
	return math.Round(median(r.samples.allocs))
}

// collected is the share of garbage collections in percent.
func (r *row) collected() float64 {
	if r.Measure != nil {
		return math.NaN()
	}
	return min(100, 100*mean(r.samples.gc)/mean(r.samples.cpu)) // NaN without rounds
}

func (r *row) itemRate() float64 { return r.perSecond(float64(r.Items)) }

func (r *row) byteRate() float64 { return r.perSecond(float64(r.Bytes) / 1e9) }

// perSecond is how much of what a run processes it does in a second, NaN for
// none of it.
func (r *row) perSecond(amount float64) float64 {
	if amount == 0 {
		return math.NaN()
	}
	return amount / median(r.samples.wall) * 1e3
}

// frameOf makes a frame of columns that are as long as each other.
func frameOf(columns ...series.Series) dataframe.DataFrame {
	df := dataframe.New(columns...)
	if df.Err != nil {
		panic("timing: making a data frame: " + df.Err.Error()) // cannot happen
	}
	return df
}
