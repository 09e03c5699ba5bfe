package display

import (
	"math"
	"slices"
	"strconv"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/display/monospace"
	"multiprocessing/lib/internal/digits"
)

// column is one column, its cells as text.
type column struct {
	name    string
	numeric bool
	cells   []string
	about   string   // what its notes are about, "" if it has none
	notes   []string // below each cell: what the columns behind it say; "" is none
}

// columns renders the cells of df; digit and point pad its numbers. Columns
// without a value are there only if they were asked for.
func columns(df dataframe.DataFrame, asked []string, digit, point string) []column {
	var cols []column
	for i := range df.Ncol() { // by number: two columns may have the same name
		if c, any := render(df, i); any || df.Nrow() == 0 || slices.Contains(asked, df.Names()[i]) {
			if c.numeric {
				alignPoints(c.cells, digit, point)
			}
			cols = append(cols, c)
		}
	}
	return cols
}

// render writes the cells of a column; filled reports whether one has a value.
func render(df dataframe.DataFrame, number int) (c column, filled bool) {
	kind := df.Types()[number]
	c = column{name: monospace.Line(df.Names()[number]), numeric: kind == series.Int || kind == series.Float}
	write := writer(df, number)
	for i := range df.Nrow() {
		e := df.Elem(i, number)
		text := digits.Missing
		if !e.IsNA() {
			filled = filled || e.String() != ""
			text = write(e)
		}
		c.cells = append(c.cells, text)
	}
	return c, filled
}

// writer returns what writes the values of a column.
func writer(df dataframe.DataFrame, number int) func(series.Element) string {
	switch df.Types()[number] {
	case series.Int:
		return integer
	case series.Float:
		if allWhole(df, number) {
			return whole
		}
		return func(e series.Element) string { return Number(e.Float()) }
	}
	return func(e series.Element) string { return monospace.Line(e.String()) }
}

// integer writes all digits, which a float64 does not have.
func integer(e series.Element) string {
	n, err := e.Int()
	if err != nil {
		return digits.Missing
	}
	return digits.Group(strconv.Itoa(n))
}

// mostExact is the first whole number that a float64 cannot tell from the next.
const mostExact = 1 << 53

// whole writes a whole float64 with all of its digits, as far as they are exact.
func whole(e series.Element) string {
	v := e.Float()
	if math.Abs(v) >= mostExact {
		return Number(v)
	}
	return digits.Group(strconv.FormatInt(int64(v), 10))
}

func allWhole(df dataframe.DataFrame, number int) bool {
	for i := range df.Nrow() {
		v := df.Elem(i, number).Float()
		if v != math.Trunc(v) && !math.IsNaN(v) {
			return false
		}
	}
	return true
}
