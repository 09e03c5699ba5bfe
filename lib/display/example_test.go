package display_test

import (
	"time"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/display"
	"multiprocessing/lib/pool"
)

// Outside a notebook the table is printed as text.
func ExampleTable() {
	df := dataframe.New(
		series.New([]string{"serial", "threads", "processes"}, series.String, "test"),
		series.New([]float64{3.687, 5.649, 1.293}, series.Float, "took s"),
	)
	display.Table(df, display.Caption("The deck's own times (slide 9)."))
	// Output:
	// test       took s
	// serial       3.69
	// threads      5.65
	// processes    1.29
	// The deck's own times (slide 9).
}

// The trace of a call of pool.Map comes from pool.Trace(&trace).
func ExampleTimeline() {
	trace := []pool.Span{
		{Worker: 1, First: 0, Items: 4, End: 100 * time.Millisecond},
		{Worker: 2, First: 4, Items: 4, End: 59 * time.Millisecond},
	}
	display.Timeline(trace)
	// Output:
	// 2 workers in 100 ms. Worker 1 idle for 0% of the time, worker 2 idle for 41% of the time.
}
