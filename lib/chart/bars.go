package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-gota/gota/dataframe"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"multiprocessing/lib/display"
	"multiprocessing/lib/internal/named"
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

// Columns names the columns that are drawn, where they are not timing's
// "case", "median ms", "low ms" and "high ms". Without intervals low and high
// are empty.
func Columns(label, value, low, high string) Option {
	return func(s *settings) { s.label, s.value, s.low, s.high = label, value, low, high }
}

// Linear has Bars draw bars from zero, however far the values are apart.
func Linear() Option { return func(s *settings) { s.scale = linear } }

// Log has Bars draw on a logarithmic scale.
func Log() Option { return func(s *settings) { s.scale = logarithmic } }

// farApart is the ratio of the largest to the smallest value from which Bars
// takes a logarithmic scale by itself: a bar of 2% is hard to see.
const farApart = 50

// bar is one row of the chart.
type bar struct {
	label            string
	value, low, high float64 // NaN is missing
	base, wrong      bool
}

// Bars shows one horizontal bar for each row of df, with its 95% interval and
// its value: chart.Bars(df, "time per run, ms"). The base of a comparison is
// gray and says so.
//
// Values further apart than 50 times are shown as points on a logarithmic
// scale, unless Linear or Log says otherwise: such a scale has no zero from
// which a bar could begin. Values of zero and less need a linear scale.
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
	description = describe(rows, axis)
	p := layout(rows, axis, s.scale)
	svg, err = render(p, rowHeight*float64(len(rows))+56, axis, description)
	return svg, description, err
}

// read takes the bars out of df.
func read(df dataframe.DataFrame, s settings) ([]bar, error) {
	if df.Err != nil {
		return nil, fmt.Errorf("the data frame carries an error: %w", df.Err)
	}
	if df.Nrow() == 0 {
		return nil, fmt.Errorf("the data frame has no rows")
	}
	names := df.Names()
	for _, name := range []string{s.label, s.value, s.low, s.high} {
		if name == "" {
			continue
		}
		if _, err := named.Column(names, name); err != nil {
			return nil, err
		}
	}
	number := func(column string, row int) float64 {
		if column == "" {
			return math.NaN()
		}
		return df.Elem(row, slices.Index(names, column)).Float()
	}
	verdict := slices.Index(names, "verdict")
	var rows []bar
	for i := range df.Nrow() {
		b := bar{
			label: df.Elem(i, slices.Index(names, s.label)).String(),
			value: number(s.value, i), low: number(s.low, i), high: number(s.high, i),
		}
		if verdict >= 0 {
			said := df.Elem(i, verdict).String()
			b.base = said == "base" || strings.HasPrefix(said, "base;")
			b.wrong = strings.HasPrefix(said, "wrong") || strings.Contains(said, "; wrong")
		}
		rows = append(rows, b)
	}
	return rows, nil
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

// extent is the least and the greatest of the values and their intervals; 1
// and 1 if there is no value.
func extent(rows []bar) (least, most float64) {
	least, most = math.Inf(1), math.Inf(-1)
	for _, b := range rows {
		for _, v := range []float64{b.value, b.low, b.high} {
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

// describe says the chart in words.
func describe(rows []bar, axis string) string {
	var parts []string
	for _, b := range rows {
		parts = append(parts, name(b)+" "+valueText(b)+intervalText(b))
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

// Sizes in pixels.
const (
	rowHeight  = 30
	barHeight  = 16
	capHeight  = 8
	pointSize  = 4.5
	labelGap   = 7
	longestRow = 40 // runes of a label
)

func layout(rows []bar, axis string, s scale) *plot.Plot {
	p := newPlot()
	p.X.Label.Text = axis
	p.X.Label.Padding = 4
	p.X.LineStyle.Width = 0
	p.X.Tick.LineStyle.Width = 0
	p.X.Tick.Length = 2
	least, most := extent(rows)
	// Room on the right for the widest value.
	room := 0.0
	for _, b := range rows {
		room = max(room, float64(p.X.Tick.Label.Width(valueText(b))+2*labelGap))
	}
	room /= 0.7 * width
	if s == logarithmic {
		p.X.Label.Text += " (logarithmic scale)"
		p.X.Scale = plot.LogScale{}
		p.X.Tick.Marker = decades{}
		p.X.Min = least / 1.5
		p.X.Max = most * math.Pow(most/p.X.Min, room/(1-room))
	} else {
		p.X.Tick.Marker = round{}
		p.X.Min, p.X.Max = min(least, 0), max(most, 0)/(1-room)
		if p.X.Max <= p.X.Min {
			p.X.Max = p.X.Min + 1
		}
	}
	p.Y.LineStyle.Width = 0.7
	p.Y.Tick.LineStyle.Width = 0
	p.Y.Tick.Length = 4
	p.Y.Tick.Marker = names(rows)
	p.Y.Min, p.Y.Max = -0.5, float64(len(rows))-0.5
	p.Add(grid{}, marks{rows, s})
	return p
}

// grid draws a faint line at each labeled tick of the value axis.
type grid struct{}

func (grid) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	style := draw.LineStyle{Color: thin, Width: 1}
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if t.Label != "" && t.Value >= p.X.Min && t.Value <= p.X.Max {
			c.StrokeLine2(style, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
		}
	}
}

// marks draws the bars or points, their intervals and their values.
type marks struct {
	rows  []bar
	scale scale
}

func (m marks) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	text := p.X.Tick.Label
	text.XAlign, text.YAlign = draw.XLeft, draw.YCenter
	descent := text.FontExtents().Descent // centered text stands this much too low
	for i, b := range m.rows {
		at := y(float64(len(m.rows) - 1 - i))
		end := c.Min.X
		if !math.IsNaN(b.value) && !math.IsInf(b.value, 0) {
			end = m.mark(c, b, x, at)
		}
		c.FillText(text, vg.Point{X: end + labelGap, Y: at + descent}, valueText(b))
	}
}

// mark draws one value and returns where its label may begin.
func (m marks) mark(c draw.Canvas, b bar, x func(float64) vg.Length, at vg.Length) vg.Length {
	paint := blue
	if b.base {
		paint = gray
	}
	end := x(b.value)
	if m.scale == logarithmic {
		c.StrokeLine2(draw.LineStyle{Color: thin, Width: 1, Dashes: []vg.Length{1, 3}}, c.Min.X, at, end, at)
		high := interval(c, b, x, at)
		c.DrawGlyph(draw.GlyphStyle{Color: paint, Radius: pointSize, Shape: draw.CircleGlyph{}}, vg.Point{X: end, Y: at})
		return max(end+pointSize, high)
	}
	zero := x(0)
	c.FillPolygon(paint, []vg.Point{
		{X: zero, Y: at - barHeight/2}, {X: end, Y: at - barHeight/2},
		{X: end, Y: at + barHeight/2}, {X: zero, Y: at + barHeight/2},
	})
	return max(end, zero, interval(c, b, x, at))
}

// interval draws one, if it is known, and returns its right end.
func interval(c draw.Canvas, b bar, x func(float64) vg.Length, at vg.Length) vg.Length {
	if math.IsNaN(b.low) || math.IsNaN(b.high) {
		return c.Min.X
	}
	line := draw.LineStyle{Color: ink, Width: 1.2}
	low, high := x(b.low), x(b.high)
	c.StrokeLine2(line, low, at, high, at)
	c.StrokeLine2(line, low, at-capHeight/2, low, at+capHeight/2)
	c.StrokeLine2(line, high, at-capHeight/2, high, at+capHeight/2)
	return high
}

// names puts the labels on the other axis, the first on top.
type names []bar

func (n names) Ticks(_, _ float64) []plot.Tick {
	var ticks []plot.Tick
	for i, b := range n {
		label := []rune(name(b))
		if len(label) > longestRow {
			label = append(label[:longestRow-1], '…')
		}
		ticks = append(ticks, plot.Tick{Value: float64(len(n) - 1 - i), Label: string(label)})
	}
	return ticks
}

// decades ticks the powers of ten, and 2 and 5 times these where they are few.
type decades struct{}

func (decades) Ticks(least, most float64) []plot.Tick {
	steps := []float64{1}
	if most/least < 200 {
		steps = []float64{1, 2, 5}
	}
	var ticks []plot.Tick
	for e := math.Floor(math.Log10(least)); e <= math.Log10(most); e++ {
		for _, s := range steps {
			if v := s * math.Pow(10, e); v >= least && v <= most {
				ticks = append(ticks, plot.Tick{Value: v, Label: plain(v)})
			}
		}
	}
	return ticks
}

// round ticks 1, 2 or 5 times a power of ten, four to eight times.
type round struct{}

func (round) Ticks(least, most float64) []plot.Tick {
	step := math.Pow(10, math.Floor(math.Log10((most-least)/4)))
	for _, s := range []float64{5, 2} {
		if (most-least)/(s*step) >= 4 {
			step *= s
			break
		}
	}
	var ticks []plot.Tick
	for i := math.Ceil(least / step); i*step <= most; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: plain(i * step)})
	}
	return ticks
}

// plain is a tick's number without zeros at its end.
func plain(v float64) string {
	s := display.Number(v)
	if strings.Contains(s, ".") && !strings.Contains(s, "e") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
