package chart

import (
	"fmt"
	"math"

	"github.com/go-gota/gota/dataframe"

	"multiprocessing/lib/display"
)

// Option changes how a chart is drawn.
type Option func(*settings)

type settings struct {
	label, value, low, high string
	scale                   scale
}

type scale int

const (
	chosen scale = iota
	linear
	logarithmic
)

// Columns names the columns that Bars draws; the default is timing's "case",
// "median ms", "low ms" and "high ms". If there are no intervals, low and high are
// empty.
func Columns(label, value, low, high string) Option {
	return func(s *settings) { s.label, s.value, s.low, s.high = label, value, low, high }
}

// Linear makes Bars draw bars from zero, however far the values are apart.
func Linear() Option { return func(s *settings) { s.scale = linear } }

// Log makes Bars draw points on a logarithmic scale.
func Log() Option { return func(s *settings) { s.scale = logarithmic } }

// farApart is the ratio of the largest to the smallest value from which Bars
// takes a logarithmic scale by itself: a bar of 2% is hard to see.
const farApart = 50

// Bars shows one horizontal bar for each row of df, with its 95% interval and
// its value: chart.Bars(df, "time per run, ms"). The base of a comparison is
// gray and says so.
//
// If the largest value is more than 50 times the smallest, Bars draws points on a
// logarithmic scale, because such a scale has no zero from which a bar could
// begin. Linear and Log override this, and the last one given wins. With Log, Bars
// panics if a value is zero or negative.
//
// If the values are speedups, a line marks 1: as fast as the base.
//
// A cross marks the reader's guess, if df has columns of timing.Guess. If a
// verdict says that the cores were not free, the picture says so instead of
// showing which case is faster.
//
// Bars panics if df carries an error (df.Err), has no rows or lacks a column.
func Bars(df dataframe.DataFrame, axis string, opts ...Option) {
	svg, description, err := bars(df, axis, opts...)
	if err != nil {
		panic("chart: Bars: " + err.Error())
	}
	display.SVG(svg, description)
}

func bars(df dataframe.DataFrame, axis string, opts ...Option) (svg, description string, err error) {
	s := settings{label: "case", value: "median ms", low: "low ms", high: "high ms"}
	for _, o := range opts {
		o(&s)
	}
	rows, err := read(df, s)
	if err != nil {
		return "", "", err
	}
	if s.scale == chosen {
		s.scale = choose(rows)
	}
	if s.scale == logarithmic && !positive(rows) {
		return "", "", fmt.Errorf("a logarithmic scale needs values above zero in column %q; use chart.Linear()", s.value)
	}
	busy := busyIn(df)
	description = describe(rows, axis)
	if busy != "" {
		description = notAResult(busy, "No bars of "+axis+" are drawn for "+labels(rows)+".")
	}
	svg, err = render(layout(rows, axis, s, busy), rowHeight*float64(len(rows))+56, axis, description, busy)
	return svg, description, err
}

func choose(rows []bar) scale {
	least, most := extent(rows)
	if positive(rows) && most > farApart*least {
		return logarithmic
	}
	return linear
}

func positive(rows []bar) bool {
	least, _ := extent(rows)
	return least > 0
}

// extent is the least and the greatest of the values, intervals and guesses; 1
// and 1 if there is no value.
func extent(rows []bar) (least, most float64) {
	least, most = math.Inf(1), math.Inf(-1)
	for _, b := range rows {
		for _, v := range []float64{b.value, b.low, b.high, b.guess} {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				least, most = min(least, v), max(most, v)
			}
		}
	}
	if math.IsInf(least, 1) {
		return 1, 1
	}
	return least, most
}
