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
//	start ms    median of the time of Setup, or of Measurement.Start
//	cpu ms      median of the CPU time of a round, its setup and stop included,
//	            with that of child processes which ended in it
//	allocs      median of the heap objects allocated in a round; missing for
//	            cases with Measure
//	speedup     median of the base / median of the case
//	efficiency  speedup / workers
//	result      the result, or its beginning and a hash of it: the value counts,
//	            not its type, and floats count to their last bit
//	verdict     "base" for the base; else how it stands to the base, and what
//	            speaks against the figures, separated by "; "
//
// Missing numbers are NaN.
func (c *Comparison) DataFrame() dataframe.DataFrame {
	var names, results, verdicts []string
	var workers, rounds []int
	var medians, low, high, start, cpu, allocs, speedup, efficiency []float64
	for _, r := range c.rows {
		m, l, h := summary(r.samples.wall)
		s := median(r.base.samples.wall) / m
		names, workers, rounds = append(names, r.Name), append(workers, r.Workers), append(rounds, len(r.samples.wall))
		medians, low, high = append(medians, m), append(low, l), append(high, h)
		start = append(start, r.samples.startMedian())
		cpu = append(cpu, median(r.samples.cpu))
		allocs = append(allocs, r.allocsMedian())
		speedup, efficiency = append(speedup, s), append(efficiency, s/float64(r.Workers))
		results, verdicts = append(results, r.answer.text), append(verdicts, c.verdict(r))
	}
	df := dataframe.New(
		series.New(names, series.String, "case"),
		series.New(workers, series.Int, "workers"),
		series.New(rounds, series.Int, "rounds"),
		series.New(medians, series.Float, "median ms"),
		series.New(low, series.Float, "low ms"),
		series.New(high, series.Float, "high ms"),
		series.New(start, series.Float, "start ms"),
		series.New(cpu, series.Float, "cpu ms"),
		series.New(allocs, series.Float, "allocs"),
		series.New(speedup, series.Float, "speedup"),
		series.New(efficiency, series.Float, "efficiency"),
		series.New(results, series.String, "result"),
		series.New(verdicts, series.String, "verdict"),
	)
	if df.Err != nil {
		panic("timing: DataFrame: " + df.Err.Error()) // cannot happen: all columns are as long
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
