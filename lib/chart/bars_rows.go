package chart

import (
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/go-gota/gota/dataframe"

	"multiprocessing/lib/display"
	"multiprocessing/lib/internal/verdict"
)

// bar is one row of the chart.
type bar struct {
	label            string
	value, low, high float64 // NaN is missing
	guess            float64 // of the value
	base, wrong      bool
}

// read takes the bars out of df.
func read(df dataframe.DataFrame, s settings) ([]bar, error) {
	if df.Err == nil && df.Nrow() == 0 {
		return nil, errors.New("the data frame has no rows")
	}
	needed := slices.DeleteFunc([]string{s.label, s.value, s.low, s.high}, func(name string) bool { return name == "" })
	if err := usable(df, needed...); err != nil {
		return nil, err
	}
	names := df.Names()
	number := func(column string, row int) float64 {
		if column == "" {
			return math.NaN()
		}
		return df.Elem(row, slices.Index(names, column)).Float()
	}
	var rows []bar
	for i := range df.Nrow() {
		said := verdictOf(df, i)
		rows = append(rows, bar{
			label: df.Elem(i, slices.Index(names, s.label)).String(),
			value: number(s.value, i), low: number(s.low, i), high: number(s.high, i),
			guess: guessOf(df, i, s.value, number(s.value, i)),
			base:  verdict.IsBase(said), wrong: verdict.IsWrong(said),
		})
	}
	if !slices.ContainsFunc(rows, func(b bar) bool { return !b.base }) {
		for i := range rows { // each is compared with itself: nothing is compared
			rows[i].base = false
		}
	}
	return rows, nil
}

// guessOf is what the reader expected of a value: of a speedup as it is, and of
// a time what it would be with that speedup. NaN is no guess.
func guessOf(df dataframe.DataFrame, row int, column string, value float64) float64 {
	if usable(df, "speedup", "speedup guess") != nil {
		return math.NaN()
	}
	guess := df.Col("speedup guess").Elem(row).Float()
	switch unit := column[strings.LastIndexByte(column, ' ')+1:]; {
	case column == "speedup":
		return guess
	case unit == "ns" || unit == "µs" || unit == "ms" || unit == "s":
		return value * df.Col("speedup").Elem(row).Float() / guess
	}
	return math.NaN()
}

// describe says the chart in words.
func describe(rows []bar, axis string) string {
	var parts []string
	for _, b := range rows {
		parts = append(parts, name(b)+" "+valueText(b)+intervalText(b)+guessText(b))
	}
	return "Bar chart of " + axis + ": " + strings.Join(parts, "; ") + "."
}

func name(b bar) string {
	if b.base {
		return b.label + " (base)"
	}
	return b.label
}

func valueText(b bar) string {
	switch {
	case math.IsNaN(b.value) || math.IsInf(b.value, 0):
		return "no result"
	case b.wrong:
		return display.Number(b.value) + " (wrong answer)"
	}
	return display.Number(b.value)
}

func intervalText(b bar) string {
	if math.IsNaN(b.value) || math.IsNaN(b.low) || math.IsNaN(b.high) {
		return ""
	}
	return " [" + display.Number(b.low) + " to " + display.Number(b.high) + "]"
}

func guessText(b bar) string {
	if math.IsNaN(b.guess) {
		return ""
	}
	return ", guessed " + display.Number(b.guess)
}

// labels are those of all rows.
func labels(rows []bar) string {
	var all []string
	for _, b := range rows {
		all = append(all, b.label)
	}
	return strings.Join(all, ", ")
}
