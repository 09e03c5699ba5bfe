package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/display"
	"multiprocessing/lib/internal/verdict"
)

// mostLines is how many a chart shows; more would not be told apart.
const mostLines = 6

// History shows a named comparison beside the earlier ones. A table has one row
// for each case and set of parameters, those of a case side by side: how many
// runs there were and what the last one measured. It has only the parameters
// that were not the same in all runs. A chart has one line for each of these
// rows, the oldest run at the left.
//
//	chart.History(timing.History("primes", "serial", "pool"))
//
// Times are in ms, or in the unit in which the longest is 1 or more: µs or ns.
// Times that are further apart than 50 times are on a logarithmic scale, so
// that both the short and the long ones are seen.
//
// Runs that were measured while the cores were not free are gray. The picture
// draws no conclusion from the difference of two runs: much may have changed
// between them.
//
// Of more than 6 lines the chart shows the 6 that ran last and says how many
// others there are: filter the frame to see those. With no runs yet it says so.
// It panics if df carries an error or is not one of timing.History.
func History(df dataframe.DataFrame) {
	if df.Err == nil && df.Nrow() == 0 {
		display.Markdown("No runs of this notebook are kept under this name yet: run a `timing.Compare` with `timing.Record` first.")
		return
	}
	svg, description, err := history(df)
	if err != nil {
		panic("chart: History: " + err.Error())
	}
	display.Table(historyTable(df), display.Rows(10))
	display.SVG(svg, description)
}

func history(df dataframe.DataFrame) (svg, description string, err error) {
	if err := usable(df, "time", "case", "median ms", "low ms", "high ms"); err != nil {
		return "", "", err
	}
	df, unit := inReadableUnit(df)
	lines := historyLines(df, unit)
	y := "time per run, " + unit
	if n := len(lines) - mostLines; n > 0 {
		ran := func(l historyLine) float64 { return l.points[len(l.points)-1].x }
		slices.SortStableFunc(lines, func(a, b historyLine) int { return cmp.Compare(ran(b), ran(a)) })
		lines = lines[:mostLines]
		y += fmt.Sprintf(" (%d other lines not shown)", n)
	}
	drawn := make([]line, len(lines))
	for i, l := range lines {
		l.color, l.marks = colors[i], shapes[i]
		drawn[i] = l.line
	}
	description = describeHistory(drawn, y)
	x := "run, the oldest first"
	if anyBusy(drawn) {
		x += "; gray: the cores were not free"
	}
	svg, err = render(wideLinesPlot(drawn, x, y), lineHeight, y+", run by run", description, "")
	return svg, description, err
}

// inReadableUnit gives the times in µs or ns if the longest is below 1 ms or 1 µs.
func inReadableUnit(df dataframe.DataFrame) (dataframe.DataFrame, string) {
	longest := 0.0
	for _, ms := range df.Col("median ms").Float() {
		longest = max(longest, ms) // NaN is a case that failed
	}
	unit, size := "ms", 1.0
	switch {
	case longest > 0 && longest < 1e-3:
		unit, size = "ns", 1e6
	case longest > 0 && longest < 1:
		unit, size = "µs", 1e3
	default:
		return df, unit
	}
	for _, name := range []string{"median", "low", "high"} {
		times := df.Col(name + " ms").Float()
		for i := range times {
			times[i] *= size
		}
		df = df.Mutate(series.New(times, series.Float, name+" ms")).Rename(name+" "+unit, name+" ms")
	}
	return df, unit
}

// historyLine is the line of one case with one set of parameters.
type historyLine struct {
	line
	last int // its last row
}

// historyLines puts the rows together that have the same case and parameters,
// those of a case side by side, in ascending order of the parameters.
func historyLines(df dataframe.DataFrame, unit string) []historyLine {
	names := df.Names()
	column := func(name string) int { return slices.Index(names, name) }
	params := historyParameters(df)
	var lines []historyLine
	byLabel := map[string]int{}
	byCase := map[string]int{}
	run, before := 0, ""
	seen := map[string]bool{} // lines that have a point in this run
	busy := map[string]bool{} // times of runs with a row that was measured while the cores were not free
	for i := range df.Nrow() {
		if verdict.FindBusy(verdictOf(df, i)) != "" {
			busy[df.Elem(i, column("time")).String()] = true
		}
	}
	for i := range df.Nrow() {
		set := ""
		for _, c := range params {
			if e := df.Elem(i, c); !e.IsNA() {
				set += fmt.Sprintf(", %s %s", names[c], display.Plain(e))
			}
		}
		name := df.Elem(i, column("case")).String()
		label := name + set
		// Other parameters, or a case that comes again, begin a new run of the same second.
		if t := df.Elem(i, column("time")).String() + set; t != before || seen[label] {
			run, before, seen = run+1, t, map[string]bool{}
		}
		seen[label] = true
		at, known := byLabel[label]
		if !known {
			at = len(lines)
			byLabel[label] = at
			lines = append(lines, historyLine{line: line{label: label}})
		}
		if _, known := byCase[name]; !known {
			byCase[name] = len(byCase)
		}
		number := func(name string) float64 { return df.Elem(i, column(name+" "+unit)).Float() }
		lines[at].last = i
		lines[at].points = append(lines[at].points, xy{float64(run), number("median"), number("low"), number("high"), busy[df.Elem(i, column("time")).String()]})
	}
	slices.SortStableFunc(lines, func(a, b historyLine) int {
		order := func(l historyLine) int { return byCase[df.Elem(l.last, column("case")).String()] }
		if c := cmp.Compare(order(a), order(b)); c != 0 {
			return c
		}
		for _, c := range params {
			if c := compareValues(df.Elem(a.last, c), df.Elem(b.last, c)); c != 0 {
				return c
			}
		}
		return 0
	})
	return lines
}

// compareValues orders numbers by their size and everything else as text.
func compareValues(a, b series.Element) int {
	if a.Type() == series.Int || a.Type() == series.Float {
		return cmp.Compare(a.Float(), b.Float()) // NaN, a missing value, is first
	}
	return cmp.Compare(a.String(), b.String())
}

// historyTable has a row for each line, with what its last run measured.
func historyTable(df dataframe.DataFrame) dataframe.DataFrame {
	df, unit := inReadableUnit(df)
	var rows, counts []int
	for _, l := range historyLines(df, unit) {
		rows, counts = append(rows, l.last), append(counts, len(l.points))
	}
	names := df.Names()
	columns := []string{"case"}
	for _, c := range historyParameters(df) {
		columns = append(columns, names[c])
	}
	columns = append(columns, "runs", "median "+unit)
	if slices.ContainsFunc(speedupsOf(df), func(s float64) bool { return !math.IsNaN(s) && s != 1 }) {
		columns = append(columns, "speedup")
	}
	columns = append(columns, "time")
	return df.Subset(rows).Mutate(series.New(counts, series.Int, "runs")).Select(columns).Rename("last run", "time")
}

// historyParameters are the columns of parameters that differ between the runs:
// timing.History has them between the time and the case.
func historyParameters(df dataframe.DataFrame) []int {
	return varying(df, slices.Index(df.Names(), "time")+1, slices.Index(df.Names(), "case"))
}

// speedupsOf returns those of a history, none if it has no such column. That of a
// case that is compared with itself is 1.
func speedupsOf(df dataframe.DataFrame) []float64 {
	if !slices.Contains(df.Names(), "speedup") {
		return nil
	}
	return df.Col("speedup").Float()
}

// varying are the columns from..to-1 that have more than one value: what is
// the same in all runs need not be said at each line.
func varying(df dataframe.DataFrame, from, to int) []int {
	var out []int
	for c := from; c < to; c++ {
		values := map[string]bool{}
		for i := range df.Nrow() {
			values[display.Plain(df.Elem(i, c))] = true // gota's own text of a float has six decimals
		}
		if len(values) > 1 {
			out = append(out, c)
		}
	}
	return out
}

func anyBusy(lines []line) bool {
	return slices.ContainsFunc(lines, func(l line) bool {
		return slices.ContainsFunc(l.points, func(q xy) bool { return q.busy })
	})
}

func describeHistory(lines []line, y string) string {
	var parts []string
	for _, l := range lines {
		var values []string
		for _, q := range l.points {
			if !math.IsNaN(q.y) {
				text := fmt.Sprintf("run %.0f %s", q.x, display.Number(q.y))
				if q.busy {
					text += " (the cores were not free)"
				}
				values = append(values, text)
			}
		}
		parts = append(parts, l.label+": "+strings.Join(values, ", "))
	}
	return "Line chart of " + y + ", run by run. " + strings.Join(parts, "; ") + "."
}
