package chart

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// line is one line of a chart with two number axes.
type line struct {
	label  string
	points []xy
	color  color.NRGBA
	marks  draw.GlyphDrawer // nil for a curve without points
	dashes []vg.Length
	faint  bool
}

// xy is a point with its interval in y; NaN is missing.
type xy struct {
	x, y, low, high float64
	busy            bool // measured while the cores were not free
}

// there reports whether the point has a place.
func (q xy) there() bool { return !math.IsNaN(q.y) && !math.IsInf(q.y, 0) }

// paint is the color of the point, if the cores were free.
func (q xy) paint(free color.Color) color.Color {
	if q.busy {
		return gray
	}
	return free
}

// lineHeight of charts with two number axes, in pixels.
const lineHeight = 340

// colors of lines, in order. All have a contrast of 3:1 and more on white and
// on #111; shapes and dashes tell them apart as well.
var colors = []color.NRGBA{
	blue,
	{0xc8, 0x5a, 0x1e, 255}, // orange
	{0x2b, 0x8a, 0x57, 255}, // green
	{0xa8, 0x5c, 0xb5, 255}, // purple
	{0x9a, 0x7d, 0x0a, 255}, // ocher
	{0xcc, 0x4a, 0x5c, 255}, // red
}

// shapes of points, in order; all filled, to be seen at their size.
var shapes = []draw.GlyphDrawer{draw.CircleGlyph{}, polygon{4, 45}, polygon{3, 90}, polygon{4, 0}, polygon{3, 270}, polygon{6, 0}}

// polygon is a filled one, with so many corners, the first at an angle in
// degrees.
type polygon struct {
	corners int
	first   float64
}

func (g polygon) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	var path []vg.Point
	for i := range g.corners {
		angle := g.first*math.Pi/180 + 2*math.Pi*float64(i)/float64(g.corners)
		r := style.Radius * 1.2
		path = append(path, vg.Point{X: at.X + r*vg.Length(math.Cos(angle)), Y: at.Y + r*vg.Length(math.Sin(angle))})
	}
	c.FillPolygon(style.Color, path)
}

// linesPlot lays out lines, with room for their labels at the right.
func linesPlot(lines []line, x, y string) *plot.Plot {
	p := newPlot()
	p.X.Label.Text, p.Y.Label.Text = x, y
	p.X.Label.Padding, p.Y.Label.Padding = 4, 6
	p.X.LineStyle.Width, p.Y.LineStyle.Width = 0.7, 0
	p.X.Tick.LineStyle.Width, p.Y.Tick.LineStyle.Width = 0.7, 0
	p.Y.Tick.Marker = round{}
	p.X.Min, p.X.Max = math.Inf(1), math.Inf(-1)
	p.Y.Min, p.Y.Max = 0, 0
	room := vg.Length(0)
	for _, l := range lines {
		room = max(room, p.X.Tick.Label.Width(l.label))
		for _, q := range l.points {
			p.X.Min, p.X.Max = min(p.X.Min, q.x), max(p.X.Max, q.x)
			for _, v := range []float64{q.y, q.low, q.high} {
				if !math.IsNaN(v) && !math.IsInf(v, 0) {
					p.Y.Min, p.Y.Max = min(p.Y.Min, v), max(p.Y.Max, v)
				}
			}
		}
	}
	if p.X.Max <= p.X.Min {
		p.X.Min, p.X.Max = p.X.Min-0.5, p.X.Max+0.5
	}
	if p.Y.Max <= p.Y.Min {
		p.Y.Max = p.Y.Min + 1
	}
	p.X.Tick.Marker = whole{p.X.Max}
	p.Y.Max += 0.04 * (p.Y.Max - p.Y.Min)
	span := p.X.Max - p.X.Min
	share := float64(room+3*labelGap) / (0.9 * width)
	p.X.Min -= 0.02 * span
	p.X.Max += span*share/(1-share) + 0.01*span
	p.Add(horizontal{}, strokes(lines))
	return p
}

// wideLinesPlot is linesPlot with a logarithmic scale if the values are far
// apart.
func wideLinesPlot(lines []line, x, y string) *plot.Plot {
	p := linesPlot(lines, x, y)
	least, most := math.Inf(1), 0.0
	for _, l := range lines {
		for _, q := range l.points {
			for _, v := range []float64{q.y, q.low, q.high} {
				if !math.IsNaN(v) && !math.IsInf(v, 0) {
					least, most = min(least, v), max(most, v)
				}
			}
		}
	}
	if least > 0 && most > farApart*least {
		p.Y.Label.Text += " (logarithmic scale)"
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, decades{}
		p.Y.Min, p.Y.Max = least/1.5, most*1.5
	}
	return p
}

// horizontal draws a faint line at each tick of the y axis.
type horizontal struct{}

func (horizontal) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	style := draw.LineStyle{Color: thin, Width: 1}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if t.Value >= p.Y.Min && t.Value <= p.Y.Max {
			c.StrokeLine2(style, c.Min.X, y(t.Value), c.Max.X, y(t.Value))
		}
	}
}

// strokes draws the lines and, beside their ends, what they are.
type strokes []line

func (s strokes) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, l := range s {
		var path []vg.Point
		for _, q := range l.points {
			if q.there() {
				path = append(path, vg.Point{X: x(q.x), Y: y(q.y)})
			}
		}
		paint := color.Color(l.color)
		if l.faint {
			paint = gray
		}
		if len(path) > 1 {
			c.StrokeLines(draw.LineStyle{Color: paint, Width: 1.6, Dashes: l.dashes}, path)
		}
		if l.marks == nil {
			continue
		}
		for _, q := range l.points {
			upright(c, q, q.paint(paint), x, y)
		}
		for _, q := range l.points {
			if q.there() {
				c.DrawGlyph(draw.GlyphStyle{Color: q.paint(paint), Radius: 4, Shape: l.marks}, vg.Point{X: x(q.x), Y: y(q.y)})
			}
		}
	}
	s.labels(c, p)
}

// upright draws the interval of a point.
func upright(c draw.Canvas, q xy, paint color.Color, x, y func(float64) vg.Length) {
	if math.IsNaN(q.low) || math.IsNaN(q.high) || math.IsNaN(q.y) {
		return
	}
	style := draw.LineStyle{Color: paint, Width: 1.2}
	at, low, high := x(q.x), y(q.low), y(q.high)
	c.StrokeLine2(style, at, low, at, high)
	c.StrokeLine2(style, at-capHeight/2, low, at+capHeight/2, low)
	c.StrokeLine2(style, at-capHeight/2, high, at+capHeight/2, high)
}

// labels writes each line's name at its right end. When one had to be moved
// away from there, all have their line's mark before them; beside the last
// point, a mark would be taken for one more.
func (s strokes) labels(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	text := p.X.Tick.Label
	text.XAlign, text.YAlign = draw.XLeft, draw.YCenter
	descent := text.FontExtents().Descent
	right := c.Min.X
	var ends, last []vg.Length
	for _, l := range s {
		end := vg.Point{X: c.Min.X, Y: c.Min.Y}
		for _, q := range l.points {
			right = max(right, x(q.x))
			if !math.IsNaN(q.y) && !math.IsInf(q.y, 0) {
				end = vg.Point{X: x(q.x), Y: y(q.y)}
			}
		}
		ends, last = append(ends, end.Y), append(last, end.X)
	}
	places := inside(apart(ends, labelHeight), labelHeight, c.Min.Y+labelHeight/2, c.Max.Y-labelHeight/2)
	moved := false
	for i, at := range places {
		moved = moved || last[i] != right || math.Abs(float64(at-ends[i])) > labelShift
	}
	for i, at := range places {
		l := s[i]
		paint := l.color
		if l.faint {
			paint = gray
		}
		from := right + labelGap + 5
		if !moved {
			c.FillText(text, vg.Point{X: from, Y: at + descent}, l.label)
			continue
		}
		if l.marks != nil {
			c.DrawGlyph(draw.GlyphStyle{Color: paint, Radius: 4, Shape: l.marks}, vg.Point{X: from + 4, Y: at})
		} else {
			c.StrokeLine2(draw.LineStyle{Color: paint, Width: 1.6, Dashes: l.dashes}, from-2, at, from+10, at)
		}
		c.FillText(text, vg.Point{X: from + 14, Y: at + descent}, l.label)
	}
}

const (
	labelHeight = 15 // how far labels must be from each other, in pixels
	labelShift  = 4  // how far a label may be moved and still stand beside its line's end
)

// inside moves positions that are apart between low and high, where their
// marks are drawn and nothing is cut off, and keeps them apart.
func inside(at []vg.Length, gap, low, high vg.Length) []vg.Length {
	order := make([]int, len(at))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(at[i], at[j]) })
	out := slices.Clone(at)
	for _, i := range order {
		out[i] = max(out[i], low)
		low = out[i] + gap
	}
	for _, i := range slices.Backward(order) {
		out[i] = min(out[i], high)
		high = out[i] - gap
	}
	return out
}

// apart moves positions so that neighbors are at least so far from each
// other, in the same order.
func apart(at []vg.Length, gap vg.Length) []vg.Length {
	out := append([]vg.Length(nil), at...)
	for range 100 {
		moved := false
		for i := range out {
			for j := range out {
				above := out[i] > out[j] || out[i] == out[j] && i < j
				if i == j || !above || out[i]-out[j] >= gap-0.01 {
					continue
				}
				push := (gap - (out[i] - out[j])) / 2
				out[i], out[j] = out[i]+push, out[j]-push
				moved = true
			}
		}
		if !moved {
			break
		}
	}
	return out
}
