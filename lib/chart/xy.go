package chart

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/go-gota/gota/dataframe"
	"gonum.org/v1/plot/vg"

	"multiprocessing/lib/display"
)

// strokesOf are the dashes of lines, in order.
var strokesOf = [mostLines][]vg.Length{nil, {7, 4}, {2, 3}, {8, 3, 2, 3}, {12, 3}, {2, 7}}

// Lines draws one line for each of the columns over the column x, such as the
// length of two queues over the items taken:
//
//	chart.Lines(df, "items in the queue", "item", "capacity 8", "no limit")
//
// The axis is what the lines' values are. Missing values are left out. Lines
// panics if df carries an error, has no rows or lacks a column, or if there
// are no columns or more than 6.
func Lines(df dataframe.DataFrame, axis, x string, columns ...string) {
	svg, description, err := xyLines(df, axis, x, columns)
	if err != nil {
		panic("chart: Lines: " + err.Error())
	}
	display.SVG(svg, description)
}

func xyLines(df dataframe.DataFrame, axis, x string, columns []string) (svg, description string, err error) {
	if len(columns) == 0 || len(columns) > mostLines {
		return "", "", fmt.Errorf("give 1 to %d columns, not %d: more lines could not be told apart", mostLines, len(columns))
	}
	if err := usable(df, append([]string{x}, columns...)...); err != nil {
		return "", "", err
	}
	if df.Nrow() == 0 {
		return "", "", errors.New("the data frame has no rows")
	}
	var lines []line
	at := df.Col(x).Float()
	for i, name := range columns {
		l := line{label: name, color: colors[i], dashes: strokesOf[i]}
		for j, y := range df.Col(name).Float() {
			l.points = append(l.points, xy{at[j], y, math.NaN(), math.NaN(), false})
		}
		lines = append(lines, l)
	}
	description = describeLines(lines, axis, x)
	svg, err = render(linesPlot(lines, x, axis), lineHeight, axis+" by "+x, description, "")
	return svg, description, err
}

// describeLines says where each line begins and ends and how high it gets; all
// of its points are in the table.
func describeLines(lines []line, axis, x string) string {
	var parts []string
	for _, l := range lines {
		var there []xy
		highest := xy{y: math.Inf(-1)}
		for _, q := range l.points {
			if math.IsNaN(q.y) {
				continue
			}
			there = append(there, q)
			if q.y > highest.y {
				highest = q
			}
		}
		if len(there) == 0 {
			parts = append(parts, l.label+" has no values")
			continue
		}
		n := plain
		parts = append(parts, fmt.Sprintf("%s begins with %s, is highest with %s at %s %s, and ends with %s",
			l.label, n(there[0].y), n(highest.y), x, n(highest.x), n(there[len(there)-1].y)))
	}
	return "Line chart of " + axis + " by " + x + ": " + strings.Join(parts, "; ") + "."
}
