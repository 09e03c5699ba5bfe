package explore

import (
	"github.com/go-gota/gota/dataframe"

	"multiprocessing/lib/display"
)

// Output shows a run's results below the controls, where all that package
// display and package chart show during the run appears too.
type Output struct{}

// Table shows df as display.Table does.
func (*Output) Table(df dataframe.DataFrame, opts ...display.Option) { display.Table(df, opts...) }

// Markdown shows text as display.Markdown does.
func (*Output) Markdown(text string) { display.Markdown(text) }
