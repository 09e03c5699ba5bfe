package chart

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"github.com/go-gota/gota/dataframe"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"multiprocessing/lib/display"
	"multiprocessing/lib/internal/verdict"
)

// Efficiency draws where the core time of each case went, workers x time, as a bar of
// parts: what part was the work that the base does, too, and what the rest was lost
// to:
//
//	c := timing.Compare(cases, explain.Traces())
//	chart.Efficiency(c.CoreTime())
//
// df is the result of Comparison.CoreTime, or is like it: each column whose name
// ends in " %" is a part. Parts of less than half a percent in
// each case are left out, and cases without an explanation have no bar. If a verdict
// says that the cores were not free, the picture says so across its width. If no
// case has an explanation, a line says so instead of a picture. Efficiency panics if
// df carries an error, has no rows, or lacks the column "case".
func Efficiency(df dataframe.DataFrame) {
	svg, description, err := efficiency(df)
	if errors.Is(err, errNoParts) {
		display.Markdown("No case is explained, so there is no picture of core time. The column *lost to* of the comparison says why.")
		return
	}
	if err != nil {
		panic("chart: Efficiency: " + err.Error())
	}
	display.SVG(svg, description)
}

const coreTime = "core time, %"

var errNoParts = errors.New(`no column whose name ends in "%" has values; give Compare the option explain.Traces()`)

func efficiency(df dataframe.DataFrame) (svg, description string, err error) {
	if err := usable(df, "case"); err != nil {
		return "", "", err
	}
	if df.Nrow() == 0 {
		return "", "", errors.New("the data frame has no rows")
	}
	u := usage{rows: make([]bar, df.Nrow())}
	for i := range u.rows {
		u.rows[i] = bar{label: df.Col("case").Elem(i).String(), base: verdict.IsBase(verdictOf(df, i))}
	}
	for _, name := range df.Names() {
		part, found := strings.CutSuffix(name, " %")
		if !found {
			continue
		}
		values := df.Col(name).Float()
		if slices.ContainsFunc(values, func(v float64) bool { return v >= leastPart }) {
			u.parts = append(u.parts, partOf(part, len(u.parts), values))
		}
	}
	if len(u.parts) == 0 {
		return "", "", errNoParts
	}
	busy := busyIn(df)
	description = u.describe()
	if busy != "" {
		description = notAResult(busy, description)
	}
	legend := u.legendRows()
	svg, err = render(u.layout(legend), rowHeight*float64(len(u.rows)+legend)+56, coreTime, description, busy)
	return svg, description, err
}

// leastPart is the share, in percent, below which a part is not drawn.
const leastPart = 0.5

// usage is a chart of bars in parts.
type usage struct {
	rows  []bar
	parts []part
}

// part is one kind of use, of all rows.
type part struct {
	name   string
	color  color.NRGBA
	values []float64
}

// partColors are those of the parts of timing.CoreTime; others take turns.
var partColors = map[string]color.NRGBA{
	"the work": blue, "uneven": colors[1], "garbage collection": colors[2], "more core time": colors[3],
	"serial part": colors[4], "waits": colors[5], "cores not free": gray, "other": thin,
}

func partOf(name string, index int, values []float64) part {
	c, known := partColors[name]
	if !known {
		c = colors[1+(index+len(colors)-2)%(len(colors)-1)]
	}
	return part{name, c, values}
}

func (u usage) describe() string {
	var cases []string
	for i, r := range u.rows {
		var parts []string
		for _, p := range u.parts {
			if v := p.values[i]; v >= leastPart {
				parts = append(parts, fmt.Sprintf("%s %.0f%%", p.name, v))
			}
		}
		text := strings.Join(parts, ", ")
		if text == "" {
			text = "not explained"
		}
		cases = append(cases, name(r)+" "+text)
	}
	return "Bar chart of where the core time went: " + strings.Join(cases, "; ") + "."
}

// perRow is how many entries of the legend stand in a row.
const perRow = 4

func (u usage) legendRows() int { return (len(u.parts) + perRow - 1) / perRow }

func (u usage) layout(legend int) *plot.Plot {
	p := newPlot()
	p.X.Label.Text = coreTime
	p.X.Label.Padding = 4
	p.X.LineStyle.Width = 0
	p.X.Tick.LineStyle.Width = 0
	p.X.Tick.Length = 2
	p.X.Tick.Marker = round{}
	p.X.Min, p.X.Max = 0, 100
	p.Y.LineStyle.Width = 0
	p.Y.Tick.LineStyle.Width = 0
	p.Y.Tick.Length = 4
	p.Y.Tick.Marker = names(u.rows)
	p.Y.Min, p.Y.Max = -0.5, float64(len(u.rows)+legend)-0.5
	p.Add(grid{}, u)
	return p
}

// Plot draws the bars and, above them, the legend.
func (u usage) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	text := p.X.Tick.Label
	text.XAlign, text.YAlign = draw.XCenter, draw.YCenter
	descent := text.FontExtents().Descent
	for i := range u.rows {
		at, from := y(float64(len(u.rows)-1-i)), 0.0
		for _, part := range u.parts {
			v := part.values[i]
			if math.IsNaN(v) || v <= 0 {
				continue
			}
			to := min(100, from+v)
			box(c, part.color, x(from), x(to), at, barHeight)
			if label := fmt.Sprintf("%.0f%%", v); x(to)-x(from) > text.Width(label)+4 {
				c.FillText(text, vg.Point{X: (x(from) + x(to)) / 2, Y: at + descent}, label)
			}
			from = to
		}
	}
	text.XAlign = draw.XLeft
	width := (c.Max.X - c.Min.X) / perRow
	for i, part := range u.parts {
		at := y(float64(len(u.rows) + u.legendRows() - 1 - i/perRow))
		left := c.Min.X + width*vg.Length(i%perRow)
		box(c, part.color, left, left+12, at, 10)
		c.FillText(text, vg.Point{X: left + 18, Y: at + descent}, part.name)
	}
}

// box draws a filled rectangle around a height.
func box(c draw.Canvas, paint color.Color, from, to, at, height vg.Length) {
	c.FillPolygon(paint, []vg.Point{{X: from, Y: at - height/2}, {X: to, Y: at - height/2}, {X: to, Y: at + height/2}, {X: from, Y: at + height/2}})
}
