package scaling

import (
	"fmt"
	"math"

	"multiprocessing/lib/internal/student"
)

// intervals returns the 95% interval of each parameter: the wider of what the
// residuals and what the points' own intervals say.
func intervals(f form, t []float64, held []bool, points []Point, unit func(Point) float64) (low, high []float64) {
	normal, _ := equations(f, t, points, unit)
	// A parameter at the end of its range could still move inwards.
	inverse := invert(normal, make([]bool, len(t)))
	freedom := len(points) - len(t)
	scatter := loss(f, t, points, unit) / float64(freedom)
	for i := range t {
		fromResiduals := student.Within(0.95, freedom) * math.Sqrt(scatter*inverse[i][i])
		half := math.Max(fromResiduals, fromPoints(f, t, i, inverse, points, unit))
		low = append(low, within(f, i, t[i]-half))
		high = append(high, within(f, i, t[i]+half))
	}
	return low, high
}

// fromPoints carries the points' intervals over to parameter i: how far it
// moves with each point, times how far the point may, as squares.
func fromPoints(f form, t []float64, i int, inverse [][]float64, points []Point, unit func(Point) float64) float64 {
	sum := 0.0
	for _, p := range points {
		half := (p.High - p.Low) / 2
		if !(half > 0) || math.IsInf(half, 0) {
			continue
		}
		_, slope := f.at(t, p.Workers)
		move := 0.0
		for j := range t {
			move += inverse[i][j] * slope[j] / (unit(p) * unit(p))
		}
		sum += move * half * move * half
	}
	return math.Sqrt(sum)
}

// poor is the error from which a law is said not to fit.
const poor = 0.10

// doubt says what speaks against the fit.
func (f *Fit) doubt(held []bool, points []Point, crowded int) {
	beyond := 0
	for _, p := range points {
		if p.Low > p.Workers || math.IsNaN(p.Low) && p.Speedup > 1.05*p.Workers {
			beyond++
		}
	}
	if beyond > 0 {
		f.Doubts = append(f.Doubts, fmt.Sprintf("%d of %d points have a speedup of more than their workers: no law here explains that", beyond, len(points)))
	}
	if f.Error > poor {
		f.Doubts = append(f.Doubts, fmt.Sprintf("poor fit: points are typically %.2g%% off", 100*f.Error))
	}
	if crowded > 0 {
		f.Doubts = append(f.Doubts, pointCount(crowded)+" with more workers than cores left out")
	}
	for i, p := range f.Parameters {
		width := p.High - p.Low
		if p.Name == "serial" && width > 0.5 {
			f.Doubts = append(f.Doubts, "the serial fraction is wide open: measure more numbers of workers, or more rounds")
		}
		if held[i] && p.Value > 0 {
			f.Doubts = append(f.Doubts, p.Name+" was held at 1: the points are slower than serial")
		}
	}
	if f.Law == "USL" && len(points) < 6 {
		f.Doubts = append(f.Doubts, fmt.Sprintf("%d points are few for two parameters: six are advised", len(points)))
	}
}
