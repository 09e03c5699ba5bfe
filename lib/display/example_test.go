package display_test

import (
	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/display"
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
