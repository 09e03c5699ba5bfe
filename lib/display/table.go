package display

import (
	"errors"
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/lib/display/monospace"
	"multiprocessing/lib/internal/exact"
	"multiprocessing/lib/internal/named"
	"multiprocessing/lib/internal/notebook"
)

// Option changes how Table, Timeline and Profile show what they show.
type Option func(*settings)

type settings struct {
	caption string
	only    []string
	rows    int
	workers int
}

// Caption sets the line below the table or picture: where and how it was measured.
func Caption(text string) Option {
	return func(s *settings) { s.caption = text }
}

// Rows sets how many rows are shown at once, 20 if it is not given; the
// others are folded away below them. It panics if n is less than 1.
func Rows(n int) Option {
	if n < 1 {
		panic(fmt.Sprintf("display: Rows: must be at least 1, got %d", n))
	}
	return func(s *settings) { s.rows = n }
}

// Only sets which columns Table shows, and in which order; those of their
// intervals come along:
//
//	display.Table(c.DataFrame(), display.Only("case", "median ms", "speedup", "verdict"))
func Only(columns ...string) Option {
	return func(s *settings) { s.only = columns }
}

// Table shows df as a table.
//
// Integers have all of their digits, and so have floats in a column of whole
// numbers, up to 2^53. Other floats have three significant digits and their
// points below each other. Missing values are a dash, and a column without any
// value is left out. The last word of a column's name is taken as its unit if
// it is one ("median ms"). The 95% interval of a number, in two columns after
// it ("low ms" and "high ms", "speedup low" and "speedup high"), stands below
// it. In a column "verdict", the row "base" is set bold, and wrong or failed
// rows are marked.
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

// column is one column, its cells as text.
type column struct {
	name      string
	numeric   bool
	cells     []string
	intervals []string // "low to high" of each cell, where the next two columns hold it; "" is none
}

// columns renders the cells of df; digit and point pad its numbers.
func columns(df dataframe.DataFrame, digit, point string) []column {
	var cols []column
	for i := range df.Ncol() { // by number: two columns may have the same name
		if c, any := render(df, i); any || df.Nrow() == 0 {
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
		text := missing
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
		return missing
	}
	return group(strconv.Itoa(n))
}

// mostExact is the first whole number that a float64 cannot tell from the next.
const mostExact = 1 << 53

// whole writes a whole float64 with all of its digits, as far as they are exact.
func whole(e series.Element) string {
	v := e.Float()
	if math.Abs(v) >= mostExact {
		return Number(v)
	}
	return group(strconv.FormatInt(int64(v), 10))
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

// withIntervals puts the columns of an interval below the numbers that they
// belong to: the table is not so wide then, and one sees at a glance which
// numbers can be told apart.
func withIntervals(cols []column) []column {
	var out []column
	for i := 0; i < len(cols); i++ {
		c := cols[i]
		if i+2 < len(cols) && c.numeric && cols[i+1].numeric && cols[i+2].numeric && isInterval(c.name, cols[i+1].name, cols[i+2].name) {
			for row := range c.cells {
				low, high := strings.TrimRight(cols[i+1].cells[row], "\u2007\u2008"), strings.TrimRight(cols[i+2].cells[row], "\u2007\u2008")
				text := low + " to " + high
				if low == missing || high == missing || low == high {
					text = ""
				}
				c.intervals = append(c.intervals, text)
			}
			i += 2
		}
		out = append(out, c)
	}
	return out
}

// isInterval reports whether two columns are the 95% interval of a third, as
// "low ms" and "high ms" are of "median ms", "speedup low" and "speedup high"
// of "speedup", and "low" and "high" of any.
func isInterval(name, low, high string) bool {
	if low == high || strings.Replace(low, "low", "high", 1) != high {
		return false
	}
	words := strings.Fields(low)
	at := slices.Index(words, "low")
	if at < 0 {
		return false
	}
	of := strings.Join(slices.Delete(words, at, at+1), " ")
	return of == "" || name == of || strings.HasSuffix(name, " "+of)
}

// chosen returns the numbers of the columns of Only, those of their intervals
// behind them.
func chosen(all, only []string) []int {
	var numbers []int
	for _, name := range only {
		i, err := named.Column(all, name)
		if err != nil {
			panic("display: Table: Only: " + err.Error())
		}
		numbers = append(numbers, i)
		if i+2 < len(all) && isInterval(name, all[i+1], all[i+2]) {
			numbers = append(numbers, i+1, i+2)
		}
	}
	return numbers
}

// pick returns the columns of these numbers, under the names that they have:
// gota's Select renames those that are the same.
func pick(df dataframe.DataFrame, numbers []int) dataframe.DataFrame {
	all := df.Names()
	df = df.Select(numbers)
	names := make([]string, len(numbers))
	for i, number := range numbers {
		names[i] = all[number]
	}
	if err := errors.Join(df.Err, df.SetNames(names...)); err != nil {
		panic("display: Table: Only: " + err.Error()) // cannot happen: the numbers are those of columns
	}
	return df
}

// units are the last words of column names that Table sets apart.
var units = map[string]bool{
	"ns": true, "µs": true, "ms": true, "s": true, "%": true,
	"B": true, "kB": true, "MB": true, "GB": true, "/s": true,
}

// style is scoped by its class. Its colors are JupyterLab's, in light and
// dark, with plain ones where the page has none.
const style = `<style>
.mp-table{max-width:100%;overflow-x:auto;margin:.5em 0;color:var(--jp-content-font-color1,inherit)}
.mp-table table.mp-grid{border-collapse:collapse;margin:0;font:var(--jp-ui-font-size1,13px)/1.45 var(--jp-ui-font-family,system-ui,sans-serif);font-variant-numeric:tabular-nums;table-layout:auto}
.mp-table table.mp-grid caption{caption-side:bottom;text-align:left;padding:.6em .5em;font-size:.92em;color:var(--jp-content-font-color2,inherit)}
.mp-table table.mp-grid tr{background:none}
.mp-table table.mp-grid tr>*{padding:.3em .5em;text-align:left;vertical-align:baseline;border:0;font-weight:400;max-width:22em;white-space:normal;overflow-wrap:break-word}
.mp-table table.mp-grid thead tr>*{font-weight:600;vertical-align:bottom;border-bottom:2px solid var(--jp-border-color1,#9e9e9e)}
.mp-table table.mp-grid tbody tr>*{border-bottom:1px solid var(--jp-border-color2,#bdbdbd)}
.mp-table table.mp-grid tbody tr>th{min-width:7em}
.mp-table table.mp-grid tbody tr>.mp-t{min-width:9.5em}
.mp-table table.mp-grid tbody tr>.mp-v{min-width:10em}
.mp-table table.mp-grid tr>.mp-n{text-align:right}
.mp-table table.mp-grid tbody tr>.mp-n{white-space:nowrap}
.mp-table table.mp-grid tbody tr:hover{background:var(--jp-rendermime-table-row-hover-background,#8882)}
.mp-table table.mp-grid tr.mp-base{background:var(--jp-rendermime-table-row-background,#8881)}
.mp-table table.mp-grid tr.mp-base>th,.mp-table table.mp-grid tr.mp-base>.mp-v,.mp-table table.mp-grid tr.mp-bad>.mp-v{font-weight:700}
.mp-table table.mp-grid tr.mp-bad>.mp-n{opacity:.7}
.mp-table .mp-u{font-weight:400;opacity:.8}
.mp-table .mp-i{font-weight:400;font-size:.88em;opacity:.8}
.mp-table summary{cursor:pointer;padding:.4em .5em;font:var(--jp-ui-font-size1,13px) var(--jp-ui-font-family,system-ui,sans-serif)}
</style>`

func tableHTML(df dataframe.DataFrame, s settings) string {
	// Figure space and punctuation space: as wide as a digit and a point.
	cols := withIntervals(columns(df, "\u2007", "\u2008"))
	var b strings.Builder
	b.WriteString(`<div class="mp-table">` + style)
	shown := min(df.Nrow(), s.rows)
	writeGrid(&b, cols, 0, shown, s.caption)
	if rest := df.Nrow() - shown; rest > 0 {
		fmt.Fprintf(&b, "<details><summary>%s</summary>", more(rest))
		writeGrid(&b, cols, shown, df.Nrow(), "")
		b.WriteString("</details>")
	}
	b.WriteString("</div>")
	return b.String()
}

func more(rows int) string {
	if rows == 1 {
		return "1 more row"
	}
	return group(fmt.Sprint(rows)) + " more rows"
}

// writeGrid writes one table with the rows from..to-1.
func writeGrid(b *strings.Builder, cols []column, from, to int, caption string) {
	b.WriteString(`<table class="mp-grid">`)
	if caption != "" {
		b.WriteString("<caption>" + html.EscapeString(caption) + "</caption>")
	}
	b.WriteString("<thead><tr>")
	for _, c := range cols {
		text := heading(c.name)
		if c.intervals != nil {
			text += `<br><span class="mp-i">low to high</span>`
		}
		fmt.Fprintf(b, `<th scope="col"%s>%s</th>`, classes(c), text)
	}
	b.WriteString("</tr></thead>\n<tbody>")
	for i := from; i < to; i++ {
		writeRow(b, cols, i)
	}
	b.WriteString("</tbody></table>")
}

func writeRow(b *strings.Builder, cols []column, i int) {
	v := verdictOf(cols, i)
	switch {
	case isBase(v):
		b.WriteString(`<tr class="mp-base">`)
	case isBad(v):
		b.WriteString(`<tr class="mp-bad">`)
	default:
		b.WriteString("<tr>")
	}
	for j, c := range cols {
		text := c.cells[i]
		if c.name == "verdict" && isBad(v) {
			text = "✗ " + text
		}
		text = html.EscapeString(text)
		if j == 0 && !c.numeric {
			b.WriteString(`<th scope="row">` + text + "</th>")
			continue
		}
		if c.intervals != nil && c.intervals[i] != "" {
			text += `<br><span class="mp-i">` + c.intervals[i] + "</span>"
		}
		b.WriteString("<td" + classes(c) + ">" + text + "</td>")
	}
	b.WriteString("</tr>\n")
}

func classes(c column) string {
	switch {
	case c.numeric:
		return ` class="mp-n"`
	case c.name == "verdict":
		return ` class="mp-v"`
	}
	return ` class="mp-t"`
}

// heading sets the unit apart from the rest of a column's name.
func heading(name string) string {
	i := strings.LastIndexByte(name, ' ')
	if i > 0 && units[name[i+1:]] {
		return html.EscapeString(name[:i]) + ` <span class="mp-u">` + html.EscapeString(name[i+1:]) + "</span>"
	}
	return html.EscapeString(name)
}

func verdictOf(cols []column, row int) string {
	for _, c := range cols {
		if c.name == "verdict" {
			return c.cells[row]
		}
	}
	return ""
}

func isBase(verdict string) bool {
	return verdict == "base" || strings.HasPrefix(verdict, "base;")
}

// isBad says whether a row must not be taken for a result. The words are
// those of package timing, which this package does not import.
func isBad(verdict string) bool {
	for part := range strings.SplitSeq(verdict, "; ") {
		for _, word := range []string{"wrong", "failed", "panicked", "did not return", "not run"} {
			if strings.HasPrefix(part, word) {
				return true
			}
		}
	}
	return false
}

// terminal is how many columns the text form may take: a terminal breaks wider
// lines inside words.
const terminal = 100

// tableText is the table for terminals.
func tableText(df dataframe.DataFrame, s settings) string {
	cols := columns(df, " ", " ")
	shown := min(df.Nrow(), s.rows)
	rows := make([][]string, 1+shown)
	for _, c := range cols {
		rows[0] = append(rows[0], c.name)
		for i := range shown {
			rows[1+i] = append(rows[1+i], c.cells[i])
		}
	}
	var b strings.Builder
	b.WriteString(monospace.Table(rows, func(j int) bool { return cols[j].numeric }, terminal))
	if rest := df.Nrow() - shown; rest > 0 {
		b.WriteString("... " + more(rest) + "\n")
	}
	for line := range strings.Lines(s.caption) {
		b.WriteString(strings.Join(monospace.Wrap(line, terminal), "\n") + "\n")
	}
	return b.String()
}
