package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-gota/gota/dataframe"
	"gonum.org/v1/plot/vg"

	"multiprocessing/lib/display"
	"multiprocessing/lib/scaling"
)

// Speedup shows measured speedups against the number of workers, with their
// 95% intervals, the ideal line, and the curves of fitted laws:
//
//	chart.Speedup(c.DataFrame())            // with Amdahl's law, fitted here
//	chart.Speedup(c.DataFrame(), usl)       // with another fit instead
//
// df has the columns "workers" and "speedup", and "speedup low" and "speedup
// high" for the intervals. Points with more workers than cores are drawn, but
// do not count in a fit; with a single other one, Amdahl's curve goes through
// it, and with none there is no curve. The description says so. Crosses mark
// the reader's guesses, if df has columns of timing.Guess. If a verdict says
// that the cores were not free, the picture says so across its width, and there
// is no curve.
//
// It panics if df carries an error, lacks one of the first two columns, or has
// no speedup.
func Speedup(df dataframe.DataFrame, fits ...*scaling.Fit) {
	svg, description, err := speedup(df, fits)
	if err != nil {
		panic("chart: Speedup: " + err.Error())
	}
	display.SVG(svg, description)
}

func speedup(df dataframe.DataFrame, fits []*scaling.Fit) (svg, description string, err error) {
	if err := usable(df, "workers", "speedup"); err != nil {
		return "", "", err
	}
	points := scaling.Points(df)
	if len(points) == 0 {
		return "", "", fmt.Errorf("the data frame has no row with a speedup")
	}
	slices.SortStableFunc(points, func(a, b scaling.Point) int { return int(a.Workers - b.Workers) })
	busy := busyIn(df)
	description = describeSpeedup(points)
	switch {
	case busy != "":
		description, fits = notAResult(busy, description+" No curve."), nil
	case len(fits) == 0:
		f, err := scaling.FitAmdahl(points)
		if err != nil {
			f, err = scaling.AmdahlThrough(points)
		}
		if err != nil {
			description += " No curve: " + strings.TrimPrefix(err.Error(), "scaling: ") + "."
		} else {
			fits = append(fits, f)
		}
	}
	for _, f := range fits {
		description += " " + f.String() + "."
	}
	lines := speedupLines(points, fits)
	if guess := guessLine(df); len(guess.points) > 0 {
		lines = append(lines, guess)
		description += " " + describeGuess(guess)
	}
	svg, err = render(linesPlot(lines, "workers", "speedup"), lineHeight, "speedup against workers", description, busy)
	return svg, description, err
}

func describeSpeedup(points []scaling.Point) string {
	var parts []string
	for _, q := range points {
		parts = append(parts, fmt.Sprintf("%s %s%s", workers(q.Workers), display.Number(q.Speedup), intervalText(bar{value: q.Speedup, low: q.Low, high: q.High})))
	}
	return "Speedup against workers: " + strings.Join(parts, "; ") + "."
}

func workers(n float64) string {
	if n == 1 {
		return "1 worker"
	}
	return plain(n) + " workers"
}

func speedupLines(points []scaling.Point, fits []*scaling.Fit) []line {
	most := 2.0
	measured := line{label: "measured", color: colors[0], marks: shapes[0]}
	for _, q := range points {
		most = max(most, q.Workers)
		measured.points = append(measured.points, xy{q.Workers, q.Speedup, q.Low, q.High, false})
	}
	// Two cases may have the same number of workers: no line through them.
	measured.dashes = []vg.Length{0, 1e6}
	lines := []line{{label: "ideal", faint: true, dashes: []vg.Length{2, 4}, points: []xy{{1, 1, math.NaN(), math.NaN(), false}, {most, most, math.NaN(), math.NaN(), false}}}}
	for i, f := range fits {
		l := line{label: curveName(f), color: colors[(i+1)%len(colors)], dashes: [][]vg.Length{nil, {6, 3}, {8, 3, 2, 3}}[i%3]}
		for k := range 101 {
			n := 1 + (most-1)*float64(k)/100
			l.points = append(l.points, xy{n, f.Speedup(n), math.NaN(), math.NaN(), false})
		}
		lines = append(lines, l)
	}
	return append(lines, measured)
}

// guessLine has the speedups that the reader expected.
func guessLine(df dataframe.DataFrame) line {
	guess := line{label: "your guess", color: guessed, marks: cross{}, dashes: []vg.Length{0, 1e6}}
	if usable(df, "speedup guess") != nil {
		return guess
	}
	for i, v := range df.Col("speedup guess").Float() {
		if !math.IsNaN(v) {
			guess.points = append(guess.points, xy{df.Col("workers").Elem(i).Float(), v, math.NaN(), math.NaN(), false})
		}
	}
	return guess
}

func describeGuess(guess line) string {
	var parts []string
	for _, q := range guess.points {
		parts = append(parts, workers(q.x)+" "+display.Number(q.y))
	}
	return "Guessed: " + strings.Join(parts, "; ") + "."
}

// curveName is a law with its first parameter in per cent.
func curveName(f *scaling.Fit) string {
	names := map[string]string{"Amdahl": "Amdahl's law", "Gustafson": "Gustafson's law", "USL": "scalability law"}
	return fmt.Sprintf("%s, %s%% %s", names[f.Law], percent(f.Parameters[0].Value), f.Parameters[0].Name)
}

// percent has two digits, or three for 100.
func percent(v float64) string {
	if v >= 0.0995 {
		return fmt.Sprintf("%.0f", 100*v)
	}
	return fmt.Sprintf("%.2g", 100*v)
}
