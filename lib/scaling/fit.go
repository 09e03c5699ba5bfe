package scaling

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/internal/verdict"
)

// Fit is a law with the parameters that come nearest to measured speedups.
type Fit struct {
	Law        string // "Amdahl", "Gustafson" or "USL"
	Parameters []Parameter
	Points     int      // how many were fitted, those with one worker left out
	Error      float64  // typical distance from the points, as a fraction of the speedup
	Doubts     []string // what speaks against it, in words
	form       form
}

// Parameter is one of a law, with its 95% interval. Low and High are NaN if
// the points leave it open.
type Parameter struct {
	Name             string // "serial", or "contention" and "coherency"
	Value, Low, High float64
}

// form is a law as the fit sees it: a speedup and its slope in each
// parameter.
type form struct {
	law   string
	names []string
	at    func(t []float64, n float64) (speedup float64, slope []float64)
}

var (
	amdahl = form{"Amdahl", []string{"serial"}, func(t []float64, n float64) (float64, []float64) {
		s := n / (1 + t[0]*(n-1))
		return s, []float64{-s * s / n * (n - 1)}
	}}
	gustafson = form{"Gustafson", []string{"serial"}, func(t []float64, n float64) (float64, []float64) {
		return n - t[0]*(n-1), []float64{1 - n}
	}}
	universal = form{"USL", []string{"contention", "coherency"}, func(t []float64, n float64) (float64, []float64) {
		s := n / (1 + t[0]*(n-1) + t[1]*n*(n-1))
		return s, []float64{-s * s / n * (n - 1), -s * s / n * n * (n - 1)}
	}}
)

// FitAmdahl finds the serial fraction for which Amdahl's law comes nearest to
// the points. It is an error if fewer than two numbers of workers above 1
// were measured: KarpFlatt says what one of them can tell. So it is, for all
// fits, if a point is Busy.
//
// All fits make the sum of the squares of the relative errors least, by
// Gauss-Newton steps. A parameter's interval is the wider of two: what the
// points' distances from the curve say, by Student's t, and what their own
// intervals say. Parameters do not leave the range that has a meaning, 0 to 1
// and for the coherency 0 and more; a doubt says when the points lie beyond.
func FitAmdahl(points []Point) (*Fit, error) { return fit(amdahl, points, relative) }

// FitGustafson does the same for Gustafson's law, whose points must have been
// measured on problems that grow with the workers.
func FitGustafson(points []Point) (*Fit, error) { return fit(gustafson, points, relative) }

// FitUSL finds contention and coherency of the Universal Scalability Law. It
// wants three numbers of workers above 1 at least; Gunther advises six.
func FitUSL(points []Point) (*Fit, error) { return fit(universal, points, relative) }

// relative is what the distance of a point is measured in.
func relative(p Point) float64 { return p.Speedup }

func fit(f form, points []Point, unit func(Point) float64) (*Fit, error) {
	used, crowded, err := fitting(points)
	if err != nil {
		return nil, fmt.Errorf("scaling: fitting %s: %w", f.law, err)
	}
	different := map[float64]bool{}
	for _, p := range used {
		different[p.Workers] = true
	}
	if want := len(f.names) + 1; len(different) < want {
		return nil, fmt.Errorf("scaling: fitting %s to %s above 1: too few, measure %d or more", f.law, numbers(len(different)), want)
	}
	t, held := search(f, used, unit)
	out := &Fit{Law: f.law, Points: len(used), form: f}
	out.Error = misfit(f, t, used)
	low, high := intervals(f, t, held, used, unit)
	for i, name := range f.names {
		out.Parameters = append(out.Parameters, Parameter{name, t[i], low[i], high[i]})
	}
	out.doubt(held, used, crowded)
	return out, nil
}

// fitting are the points that say something about a law: with one worker all
// say 1. It counts those that are crowded. It is an error if one was measured
// on a busy machine.
func fitting(points []Point) (used []Point, crowded int, err error) {
	for _, p := range points {
		switch {
		case p.Busy != "":
			return nil, 0, errors.New(verdict.NotAResult(p.Busy))
		case !p.usable() || p.Workers == 1:
		case p.Crowded:
			crowded++
		default:
			used = append(used, p)
		}
	}
	return used, crowded, nil
}

// AmdahlThrough returns Amdahl's law with the serial fraction of the one
// point that can be fitted, by KarpFlatt: it passes through it, and nothing
// says how well the law holds. It is for machines with two cores. It is an
// error if there is no such point or more than one.
func AmdahlThrough(points []Point) (*Fit, error) {
	used, crowded, err := fitting(points)
	if err != nil {
		return nil, fmt.Errorf("scaling: Amdahl's law through one point: %w", err)
	}
	if len(used) != 1 {
		return nil, fmt.Errorf("scaling: Amdahl's law through one point: there are %s to choose from; with several use FitAmdahl", pointCount(len(used)))
	}
	p := used[0]
	serial := func(speedup float64) float64 {
		if !(speedup > 0) {
			return math.NaN()
		}
		return within(amdahl, 0, KarpFlatt(speedup, p.Workers))
	}
	f := &Fit{Law: "Amdahl", Points: 1, form: amdahl, Doubts: []string{"one point only: nothing says whether the law holds"}}
	f.Parameters = []Parameter{{"serial", serial(p.Speedup), serial(p.High), serial(p.Low)}}
	f.doubt([]bool{false}, used, crowded)
	return f, nil
}

func pointCount(n int) string {
	if n == 1 {
		return "1 point"
	}
	return fmt.Sprintf("%d points", n)
}

func numbers(n int) string {
	if n == 1 {
		return "1 number of workers"
	}
	return fmt.Sprintf("%d numbers of workers", n)
}

// search takes Gauss-Newton steps, halved while they do not help. A
// parameter that would leave its range is held at the end of it.
func search(f form, points []Point, unit func(Point) float64) (t []float64, held []bool) {
	t, held = make([]float64, len(f.names)), make([]bool, len(f.names))
	for i := range t {
		t[i] = 0.01 / math.Pow(10, 3*float64(i))
	}
	best := loss(f, t, points, unit)
	for range 200 {
		normal, right := equations(f, t, points, unit)
		next := solve(normal, right, held)
		moved := false
		for scale := 1.0; scale > 1e-6; scale /= 2 {
			try := make([]float64, len(t))
			for i := range t {
				try[i] = within(f, i, t[i]+scale*next[i])
			}
			if l := loss(f, try, points, unit); l < best {
				moved = best-l > 1e-15*best
				t, best = try, l
				break
			}
		}
		if moved {
			continue
		}
		if !hold(f, t, held, right) {
			break
		}
	}
	for i := range t {
		held[i] = t[i] == within(f, i, math.Inf(-1)) || t[i] == within(f, i, math.Inf(1))
	}
	return t, held
}

// hold fixes the parameters that are at an end of their range and pulled
// beyond it. It reports whether there was another one.
func hold(f form, t []float64, held []bool, pull []float64) bool {
	another := false
	for i := range t {
		out := t[i] == within(f, i, math.Inf(-1)) && pull[i] < 0 || t[i] == within(f, i, math.Inf(1)) && pull[i] > 0
		another = another || out && !held[i]
		held[i] = held[i] || out
	}
	return another
}

// within keeps parameter i of a law in its range.
func within(f form, i int, v float64) float64 {
	most := 1.0
	if f.names[i] == "coherency" {
		most = math.MaxFloat64
	}
	return min(max(v, 0), most)
}

func loss(f form, t []float64, points []Point, unit func(Point) float64) float64 {
	sum := 0.0
	for _, p := range points {
		s, _ := f.at(t, p.Workers)
		d := (p.Speedup - s) / unit(p)
		sum += d * d
	}
	return sum
}

// equations are the normal equations of a step: slopes times slopes, and
// slopes times distances.
func equations(f form, t []float64, points []Point, unit func(Point) float64) (normal [][]float64, right []float64) {
	normal, right = make([][]float64, len(t)), make([]float64, len(t))
	for i := range normal {
		normal[i] = make([]float64, len(t))
	}
	for _, p := range points {
		s, slope := f.at(t, p.Workers)
		u := unit(p)
		for i := range t {
			right[i] += slope[i] / u * (p.Speedup - s) / u
			for j := range t {
				normal[i][j] += slope[i] / u * slope[j] / u
			}
		}
	}
	return normal, right
}

// solve is for one or two unknowns; those that are held are 0.
func solve(a [][]float64, b []float64, held []bool) []float64 {
	x := make([]float64, len(b))
	inverse := invert(a, held)
	for i := range x {
		for j := range b {
			x[i] += inverse[i][j] * b[j]
		}
	}
	return x
}

// invert inverts the rows and columns that are not held.
func invert(a [][]float64, held []bool) [][]float64 {
	out := make([][]float64, len(a))
	for i := range out {
		out[i] = make([]float64, len(a))
		if !held[i] {
			out[i][i] = 1 / a[i][i]
		}
	}
	if len(a) == 2 && !held[0] && !held[1] {
		det := a[0][0]*a[1][1] - a[0][1]*a[1][0]
		out = [][]float64{{a[1][1] / det, -a[0][1] / det}, {-a[1][0] / det, a[0][0] / det}}
	}
	return out
}

// misfit is the root of the mean square of the relative distances.
func misfit(f form, t []float64, points []Point) float64 {
	return math.Sqrt(loss(f, t, points, relative) / float64(len(points)))
}

// Speedup returns what the law says for so many workers. It panics if workers
// is less than 1.
func (f *Fit) Speedup(workers float64) float64 {
	if !(workers >= 1) {
		panic(fmt.Sprintf("scaling: Speedup: workers must be at least 1, got %v", workers))
	}
	var t []float64
	for _, p := range f.Parameters {
		t = append(t, p.Value)
	}
	s, _ := f.form.at(t, workers)
	return s
}

// String says the fit in words.
func (f *Fit) String() string {
	var parts []string
	for _, p := range f.Parameters {
		parts = append(parts, p.String())
	}
	text := f.Law + ": " + strings.Join(parts, ", ")
	if f.Points > 1 {
		text += fmt.Sprintf("; typically %.2g%% off at %d points", 100*f.Error, f.Points)
	}
	if len(f.Doubts) > 0 {
		text += "; " + strings.Join(f.Doubts, "; ")
	}
	return text
}

// String is the parameter with its interval: "serial 0.05 [0.04 to 0.06]".
func (p Parameter) String() string {
	text := fmt.Sprintf("%s %.3g", p.Name, p.Value)
	if !math.IsNaN(p.Low) && !math.IsNaN(p.High) {
		text += fmt.Sprintf(" [%.3g to %.3g]", p.Low, p.High)
	}
	return text
}

// DataFrame returns one row a parameter: "law", "parameter", "value", "low",
// "high", and "verdict" with the doubts.
func (f *Fit) DataFrame() dataframe.DataFrame {
	var laws, names, verdicts []string
	var values, low, high []float64
	for _, p := range f.Parameters {
		laws, names, verdicts = append(laws, f.Law), append(names, p.Name), append(verdicts, strings.Join(f.Doubts, "; "))
		values, low, high = append(values, p.Value), append(low, p.Low), append(high, p.High)
	}
	return dataframe.New(
		series.New(laws, series.String, "law"),
		series.New(names, series.String, "parameter"),
		series.New(values, series.Float, "value"),
		series.New(low, series.Float, "low"),
		series.New(high, series.Float, "high"),
		series.New(verdicts, series.String, "verdict"),
	)
}
