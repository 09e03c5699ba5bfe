package display

import (
	"fmt"
	"strings"

	"github.com/go-gota/gota/dataframe"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/lib/internal/exact"
	"multiprocessing/lib/internal/notebook"
)

// Option changes how Table, Timeline, Profile and Graph show what they show. An
// option that does not apply to a function is ignored.
type Option func(*settings)

type settings struct {
	caption string
	only    []string
	rows    int
	workers int
	stages  []string
	waits   bool
	marks   []mark
	path    []string
}

// Caption sets the line below a table, timeline or profile: where and how it was
// measured.
func Caption(text string) Option {
	return func(s *settings) { s.caption = text }
}

// Rows sets how many rows Table shows at once; the default is 20. The others can
// be unfolded below them. It panics if n is less than 1.
func Rows(n int) Option {
	if n < 1 {
		panic(fmt.Sprintf("display: Rows: must be at least 1, got %d", n))
	}
	return func(s *settings) { s.rows = n }
}

// Only sets which columns Table shows, and in which order. A column brings its
// interval and guess:
//
//	display.Table(c.DataFrame(), display.Only("case", "median ms", "speedup", "verdict"))
func Only(columns ...string) Option {
	return func(s *settings) { s.only = columns }
}

// Table shows df as a table.
//
// Integers have all of their digits, and so have floats in a column of whole
// numbers, up to 2^53. Other floats have three significant digits and their
// points below each other. Missing values are a dash. A column without any value
// is left out, unless Only names it.
//
// Names of columns have a meaning. Rename a column to avoid it:
//
//	median ms              a last word ns, µs, ms, s, %, B, kB, MB, GB or /s is the
//	                       unit, and set apart
//	low ms, high ms        the two columns after a number are its 95% interval, and
//	speedup low, ... high  stand below it, if they are named "low" and "high" before
//	                       its unit or after its name
//	speedup guess off %    the column after "speedup guess" stands below that
//	verdict                the row "base" is bold, and wrong or failed rows are marked
//
// The same table goes along as CSV, unseen and with exact numbers, for programs
// that read the notebook.
//
// It panics if df carries an error (df.Err), such as that of an unknown
// column in a Select before, lacks a column of Only, or has two of that name.
func Table(df dataframe.DataFrame, opts ...Option) {
	if df.Err != nil {
		panic("display: Table: the data frame carries an error: " + df.Err.Error())
	}
	s := settings{rows: 20}
	for _, o := range opts {
		o(&s)
	}
	if s.only != nil {
		df = pick(df, chosen(df.Names(), s.only))
	}
	show(notebook.Bundle{
		protocol.MIMETextHTML:  tableHTML(df, s),
		protocol.MIMETextPlain: tableText(df, s),
		mimeCSV:                tableCSV(df),
	})
}

// mimeCSV is shown by no front end; it is for programs that read notebooks,
// which would else have to take numbers from what is formatted for the eye.
const mimeCSV protocol.MIMEType = "text/csv"

// tableCSV is the table with its numbers exact.
func tableCSV(df dataframe.DataFrame) string {
	var b strings.Builder
	_ = exact.WriteCSV(&b, df) // a Builder takes all
	return b.String()
}
