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
)

// Distribution shows every measured time of each case as a point, and the
// median as a line, so that one sees what a median and an interval hide: two
// speeds, a drift, a single slow run.
//
//	chart.Distribution(c.Samples())
//
// Times further apart than 50 times are shown on a logarithmic scale. It
// panics if df carries an error, lacks the columns "case" and "ms", or has no
// rows.
func Distribution(df dataframe.DataFrame) {
	svg, description, err := distribution(df)
	if err != nil {
		panic("chart: Distribution: " + err.Error())
	}
	display.SVG(svg, description)
}

// cloud is the samples of a case.
type cloud struct {
	name   string
	values []float64
}

func distribution(df dataframe.DataFrame) (svg, description string, err error) {
	if err := usable(df, "case", "ms"); err != nil {
		return "", "", err
	}
	clouds := readClouds(df)
	if len(clouds) == 0 {
		return "", "", fmt.Errorf("the data frame has no rows")
	}
	const axis = "time of each run, ms"
	var rows []bar // the median of each; Bars' layout does the rest
	for _, c := range clouds {
		rows = append(rows, bar{label: c.name, value: middle(c.values), low: slices.Min(c.values), high: slices.Max(c.values), guess: math.NaN()})
	}
	p := layout(rows, axis, settings{scale: choose(rows)}, "")
	if choose(rows) == linear { // points need no zero
		least, most := extent(rows)
		margin := max(0.03*(most-least), 1e-9*most)
		p.X.Min, p.X.Max = max(0, least-margin), most+margin
		if least < 0.3*most {
			p.X.Min = 0
		}
	}
	p2 := withoutMarks(p, dots(clouds))
	description = describeClouds(clouds, axis)
	busy := busyIn(df)
	if busy != "" {
		description = notAResult(busy, description)
	}
	svg, err = render(p2, 38*float64(len(rows))+56, axis, description, busy)
	return svg, description, err
}

// withoutMarks is p with other things drawn than bars.
func withoutMarks(p *plot.Plot, what plot.Plotter) *plot.Plot {
	q := newPlot()
	q.X, q.Y = p.X, p.Y
	q.Add(grid{}, what)
	q.X.Min, q.X.Max, q.Y.Min, q.Y.Max = p.X.Min, p.X.Max, p.Y.Min, p.Y.Max
	return q
}

func readClouds(df dataframe.DataFrame) []cloud {
	var clouds []cloud
	byName := map[string]int{}
	nameColumn, valueColumn := slices.Index(df.Names(), "case"), slices.Index(df.Names(), "ms")
	for i := range df.Nrow() {
		name, v := df.Elem(i, nameColumn).String(), df.Elem(i, valueColumn).Float()
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		at, known := byName[name]
		if !known {
			at = len(clouds)
			byName[name] = at
			clouds = append(clouds, cloud{name: name})
		}
		clouds[at].values = append(clouds[at].values, v)
	}
	return clouds
}

func middle(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// dots draws the samples of each row in the order of the rounds, the first on
// top: a drift of the machine is a slope.
type dots []cloud

func (d dots) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	const spread = 20 // pixels
	for i, cloud := range d {
		at := y(float64(len(d) - 1 - i))
		for k, v := range cloud.values {
			step := (float64(k)+0.5)/float64(len(cloud.values)) - 0.5
			c.DrawGlyph(draw.GlyphStyle{Color: blue, Radius: 2.6, Shape: draw.CircleGlyph{}}, vg.Point{X: x(v), Y: at - vg.Length(spread*step)})
		}
		m := x(middle(cloud.values))
		c.StrokeLine2(draw.LineStyle{Color: ink, Width: 1.6}, m, at-14, m, at+14)
	}
}

func describeClouds(clouds []cloud, axis string) string {
	var parts []string
	for _, c := range clouds {
		parts = append(parts, fmt.Sprintf("%s, %d runs from %s to %s with a median of %s", c.name, len(c.values),
			display.Number(slices.Min(c.values)), display.Number(slices.Max(c.values)), display.Number(middle(c.values))))
	}
	return "Each " + strings.TrimSuffix(strings.TrimPrefix(axis, "time of each "), ", ms") + " as a point, in ms: " + strings.Join(parts, "; ") + "."
}
