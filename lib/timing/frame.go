package timing

import (
	"math"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// DataFrame returns one row a case, in the order in which they were given.
//
//	case        name
//	workers     as given in the case
//	rounds      how often it was measured, without the warm-up
//	median ms   median of the time of a run
//	low ms      its 95% interval; missing with less than 6 rounds
//	high ms
//	outliers    how many times lie outside of Tukey's fences; they count in the
//	            median all the same; missing with less than 6 rounds
//	start ms    median of the time of Setup, or of Measurement.Start
//	cpu ms      median of the CPU time of a round, its setup and stop included,
//	            with that of child processes which ended in it
//	allocs      median of the heap objects allocated in a round; missing for
//	            cases with Measure
//	speedup     median of the base / median of the case
//	speedup low   its 95% interval, from those of the two medians; missing if
//	speedup high  one of them is
//	efficiency  speedup / workers
//	result      the result, or its beginning and a hash of it: the value counts,
//	            not its type, and floats count to their last bit
//	verdict     "base" for the base; else how it stands to the base, and what
//	            speaks against the figures, separated by "; "
//
// Missing numbers are NaN.
func (c *Comparison) DataFrame() dataframe.DataFrame {
	t := columns{}
	for _, r := range c.rows {
		t.add(c, r)
	}
	return frameOf(t.series()...)
}

// columns are those of DataFrame.
type columns struct {
	names, results, verdicts                 []string
	workers, rounds                          []int
	medians, low, high, outliers             []float64
	start, cpu, allocs                       []float64
	speedup, speedupLow, speedupHigh, effect []float64
}

func (t *columns) add(c *Comparison, r *row) {
	put := func(to *[]float64, v float64) { *to = append(*to, v) }
	wall := summarize(r.samples.wall)
	up := r.speedup()
	t.names, t.workers, t.rounds = append(t.names, r.Name), append(t.workers, r.Workers), append(t.rounds, len(r.samples.wall))
	put(&t.medians, wall.median)
	put(&t.low, wall.low)
	put(&t.high, wall.high)
	put(&t.outliers, outliers(r.samples.wall))
	put(&t.start, r.samples.startMedian())
	put(&t.cpu, median(r.samples.cpu))
	put(&t.allocs, r.allocsMedian())
	put(&t.speedup, up.median)
	put(&t.speedupLow, up.low)
	put(&t.speedupHigh, up.high)
	put(&t.effect, up.median/float64(r.Workers))
	t.results, t.verdicts = append(t.results, r.answer.Text), append(t.verdicts, c.verdict(r))
}

func (t *columns) series() []series.Series {
	return []series.Series{
		series.New(t.names, series.String, "case"),
		series.New(t.workers, series.Int, "workers"),
		series.New(t.rounds, series.Int, "rounds"),
		series.New(t.medians, series.Float, "median ms"),
		series.New(t.low, series.Float, "low ms"),
		series.New(t.high, series.Float, "high ms"),
		series.New(t.outliers, series.Float, "outliers"),
		series.New(t.start, series.Float, "start ms"),
		series.New(t.cpu, series.Float, "cpu ms"),
		series.New(t.allocs, series.Float, "allocs"),
		series.New(t.speedup, series.Float, "speedup"),
		series.New(t.speedupLow, series.Float, "speedup low"),
		series.New(t.speedupHigh, series.Float, "speedup high"),
		series.New(t.effect, series.Float, "efficiency"),
		series.New(t.results, series.String, "result"),
		series.New(t.verdicts, series.String, "verdict"),
	}
}

// Samples returns every measured time, one a row, in the order of the rounds
// of each case: columns "case", "round" (from 1) and "ms".
func (c *Comparison) Samples() dataframe.DataFrame {
	var names []string
	var rounds []int
	var times []float64
	for _, r := range c.rows {
		for i, t := range r.samples.wall {
			names, rounds, times = append(names, r.Name), append(rounds, i+1), append(times, t)
		}
	}
	return frameOf(
		series.New(names, series.String, "case"),
		series.New(rounds, series.Int, "round"),
		series.New(times, series.Float, "ms"),
	)
}

// frameOf makes a frame of columns that are as long as each other.
func frameOf(columns ...series.Series) dataframe.DataFrame {
	df := dataframe.New(columns...)
	if df.Err != nil {
		panic("timing: making a data frame: " + df.Err.Error()) // cannot happen
	}
	return df
}

func (s *samples) startMedian() float64 {
	if !s.starts {
		return math.NaN()
	}
	return median(s.start)
}

func (r *row) allocsMedian() float64 {
	if r.Measure != nil {
		return math.NaN() // the work is not done in this process
	}
	return math.Round(median(r.samples.allocs))
}
