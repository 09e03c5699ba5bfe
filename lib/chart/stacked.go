package chart

import (
	"fmt"
	"math"
	"strings"

	"github.com/go-gota/gota/dataframe"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"multiprocessing/lib/display"
)

// legendRows is the room for the names of the parts, in rows of bars.
const legendRows = 0.8

// Stacked shows one bar for each row of df, made of the parts that the
// columns hold, end to end, and their sum:
//
//	chart.Stacked(df, "memory, MiB", "process", "shared MiB", "own MiB")
//
// The names of the parts, without their units, stand above the bars. Stacked
// panics if df carries an error, has no rows, lacks a column or has a negative
// value in one, or if there are no parts or more than 6.
func Stacked(df dataframe.DataFrame, axis, label string, parts ...string) {
	svg, description, err := stacked(df, axis, label, parts)
	if err != nil {
		panic("chart: Stacked: " + err.Error())
	}
	display.SVG(svg, description)
}

func stacked(df dataframe.DataFrame, axis, label string, parts []string) (svg, description string, err error) {
	if len(parts) == 0 || len(parts) > mostLines {
		return "", "", fmt.Errorf("give 1 to %d columns, not %d: more parts could not be told apart", mostLines, len(parts))
	}
	rows, err := read(df, settings{label: label, value: parts[0]})
	if err == nil {
		err = usable(df, parts...)
	}
	if err != nil {
		return "", "", err
	}
	stack := stack{names: make([]string, len(parts)), values: make([][]float64, len(rows))}
	var said []string
	for i := range rows {
		rows[i].value, rows[i].base, rows[i].wrong = 0, false, false
		var words []string
		for k, column := range parts {
			v := df.Col(column).Elem(i).Float()
			if !(v >= 0) || math.IsInf(v, 0) {
				return "", "", fmt.Errorf("column %q has %v in row %d; parts must not be negative", column, v, i)
			}
			stack.names[k] = unitless(column)
			stack.values[i] = append(stack.values[i], v)
			rows[i].value += v
			words = append(words, stack.names[k]+" "+display.Number(v))
		}
		said = append(said, fmt.Sprintf("%s %s (%s)", rows[i].label, display.Number(rows[i].value), strings.Join(words, ", ")))
	}
	description = "Bar chart of " + axis + ": " + strings.Join(said, "; ") + "."
	p := layout(rows, axis, settings{scale: linear}, "")
	p.Y.Max += legendRows
	p.Add(stack)
	svg, err = render(p, rowHeight*(float64(len(rows))+legendRows)+56, axis, description, "")
	return svg, description, err
}

// unitless is a column's name without the unit at its end.
func unitless(column string) string {
	if at := strings.LastIndexByte(column, ' '); at > 0 {
		return column[:at]
	}
	return column
}

// stack draws the parts of each bar over the bar of their sum.
type stack struct {
	names  []string
	values [][]float64
}

func (s stack) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	bar := func(from, to, at vg.Length, k int) {
		c.FillPolygon(colors[k], []vg.Point{
			{X: from, Y: at - barHeight/2}, {X: to, Y: at - barHeight/2},
			{X: to, Y: at + barHeight/2}, {X: from, Y: at + barHeight/2},
		})
	}
	for i, values := range s.values {
		sum, at := 0.0, y(float64(len(s.values)-1-i))
		for k, v := range values {
			bar(x(sum), x(sum+v), at, k)
			sum += v
		}
	}
	text := p.X.Tick.Label
	text.XAlign, text.YAlign = draw.XLeft, draw.YCenter
	at, left := y(float64(len(s.values))-0.5+legendRows/2), c.Min.X
	for k, name := range s.names {
		bar(left, left+barHeight, at, k)
		left += barHeight + labelGap
		c.FillText(text, vg.Point{X: left, Y: at + text.FontExtents().Descent}, name)
		left += text.Width(name) + 3*labelGap
	}
}
