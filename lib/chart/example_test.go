package chart_test

import (
	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/chart"
)

// Outside a notebook the description is printed.
func ExampleBars() {
	df := dataframe.New(
		series.New([]string{"serial", "threads", "processes"}, series.String, "test"),
		series.New([]float64{3.687, 5.649, 1.293}, series.Float, "took s"),
	)
	chart.Bars(df, "time, s", chart.Columns("test", "took s", "", ""))
	// Output: Bar chart of time, s: serial 3.69; threads 5.65; processes 1.29.
}
