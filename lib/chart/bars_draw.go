package chart

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes in pixels.
const (
	rowHeight  = 30
	barHeight  = 16
	capHeight  = 8
	pointSize  = 4.5
	labelGap   = 7
	longestRow = 40 // runes of a label
)

// layout draws the rows; on a busy machine only their names.
func layout(rows []bar, axis string, s settings, busy string) *plot.Plot {
	p := newPlot()
	p.X.Label.Text = axis
	speedups := s.value == "speedup" && busy == ""
	if speedups {
		p.X.Label.Text += "; the line is at 1"
	}
	if hasGuess(rows) {
		p.X.Label.Text += "; \u00d7 is your guess"
	}
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
	if speedups {
		least, most = min(least, 1), max(most, 1)
	}
	if s.scale == logarithmic {
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
	p.Add(grid{})
	if busy == "" {
		p.Add(marks{rows, s.scale})
	}
	if speedups {
		p.Add(one{}) // over the bars
	}
	return p
}

func hasGuess(rows []bar) bool {
	return slices.ContainsFunc(rows, func(b bar) bool { return !math.IsNaN(b.guess) })
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

// one draws a line at 1 on the value axis.
type one struct{}

func (one) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	c.StrokeLine2(draw.LineStyle{Color: ink, Width: 1}, x(1), c.Min.Y, x(1), c.Max.Y)
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
		if !math.IsNaN(b.guess) {
			end = max(end, x(b.guess)+crossSize)
			cross{}.DrawGlyph(&c, draw.GlyphStyle{Color: guessed}, vg.Point{X: x(b.guess), Y: at})
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
