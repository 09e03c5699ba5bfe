package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-gota/gota/dataframe"

	"multiprocessing/lib/display"
	"multiprocessing/lib/internal/verdict"
)

// mostLines is how many a chart shows; more would not be told apart.
const mostLines = 6

// History shows a named comparison beside the earlier ones: in a table, the
// last run first, with the parameters that were not the same in all of them,
// and in a chart, the oldest run at the left, with one line for each case and
// set of parameters.
//
//	chart.History(timing.History("primes", "serial", "pool"))
//
// Times that are further apart than 50 times are on a logarithmic scale, so
// that both the short and the long ones are seen.
//
// Runs that were measured while the cores were not free are gray. The picture
// draws no conclusion from the difference of two runs: much may have changed
// between them.
//
// Of more than 6 lines it shows the 6 that ran last and says how many others
// there are: filter the frame to see those. With no runs yet it says so. It
// panics if df carries an error or is not one of timing.History.
func History(df dataframe.DataFrame) {
	if df.Err == nil && df.Nrow() == 0 {
		display.Markdown("No runs of this notebook are kept under this name yet: run a `timing.Compare` with `timing.Record` first.")
		return
	}
	svg, description, err := history(df)
	if err != nil {
		panic("chart: History: " + err.Error())
	}
	display.Table(lastFirst(df), display.Only(historyColumns(df)...), display.Rows(10))
	display.SVG(svg, description)
}

// historyColumns are those to show: what differs between the runs, and what
// came out.
func historyColumns(df dataframe.DataFrame) []string {
	names := df.Names()
	columns := []string{"time"}
	for _, c := range varying(df, slices.Index(names, "time")+1, slices.Index(names, "case")) {
		columns = append(columns, names[c])
	}
	columns = append(columns, "case", "median ms")
	if slices.ContainsFunc(speedupsOf(df), func(s float64) bool { return !math.IsNaN(s) && s != 1 }) {
		columns = append(columns, "speedup")
	}
	return columns
}

// speedupsOf returns those of a history, none if it has no such column. That of a
// case that is compared with itself is 1.
func speedupsOf(df dataframe.DataFrame) []float64 {
	if !slices.Contains(df.Names(), "speedup") {
		return nil
	}
	return df.Col("speedup").Float()
}

// lastFirst has the runs of df in the other order, each with its rows in the
// same one.
func lastFirst(df dataframe.DataFrame) dataframe.DataFrame {
	at := slices.Index(df.Names(), "time")
	var rows []int
	for end := df.Nrow(); end > 0; {
		begin := end - 1
		for begin > 0 && df.Elem(begin-1, at).String() == df.Elem(end-1, at).String() {
			begin--
		}
		for i := begin; i < end; i++ {
			rows = append(rows, i)
		}
		end = begin
	}
	return df.Subset(rows)
}

func history(df dataframe.DataFrame) (svg, description string, err error) {
	if err := usable(df, "time", "case", "median ms", "low ms", "high ms"); err != nil {
		return "", "", err
	}
	lines := historyLines(df)
	y := "time per run, ms"
	if n := len(lines) - mostLines; n > 0 {
		slices.SortStableFunc(lines, func(a, b line) int {
			return int(b.points[len(b.points)-1].x - a.points[len(a.points)-1].x)
		})
		lines = lines[:mostLines]
		y += fmt.Sprintf(" (%d other lines not shown)", n)
	}
	for i := range lines {
		lines[i].color, lines[i].marks = colors[i], shapes[i]
	}
	description = describeHistory(lines, y)
	x := "run, the oldest first"
	if anyBusy(lines) {
		x += "; gray: the cores were not free"
	}
	svg, err = render(wideLinesPlot(lines, x, y), lineHeight, y+", run by run", description, "")
	return svg, description, err
}

// historyLines puts the rows together that have the same case and parameters.
func historyLines(df dataframe.DataFrame) []line {
	names := df.Names()
	column := func(name string) int { return slices.Index(names, name) }
	// timing.History has the parameters between the time and the case.
	params := varying(df, column("time")+1, column("case"))
	var lines []line
	byLabel := map[string]int{}
	run, before := 0, ""
	seen := map[string]bool{} // lines that have a point in this run
	for i := range df.Nrow() {
		set := ""
		for _, c := range params {
			if e := df.Elem(i, c); !e.IsNA() {
				set += fmt.Sprintf(", %s %s", names[c], display.Plain(e))
			}
		}
		label := df.Elem(i, column("case")).String() + set
		// Other parameters, or a case that comes again, begin a new run of the same second.
		if t := df.Elem(i, column("time")).String() + set; t != before || seen[label] {
			run, before, seen = run+1, t, map[string]bool{}
		}
		seen[label] = true
		at, known := byLabel[label]
		if !known {
			at = len(lines)
			byLabel[label] = at
			lines = append(lines, line{label: label})
		}
		number := func(name string) float64 { return df.Elem(i, column(name)).Float() }
		lines[at].points = append(lines[at].points, xy{float64(run), number("median ms"), number("low ms"), number("high ms"), verdict.FindBusy(verdictOf(df, i)) != ""})
	}
	return lines
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
