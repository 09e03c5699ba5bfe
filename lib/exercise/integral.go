package exercise

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

type integrator func(f func(float64) float64, from, to float64, panels, workers int) float64

// Integral checks a parallel midpoint rule: the interval is cut into equal
// panels, and f is computed once in the middle of each, by several goroutines
// but no more than workers. The sum may be added up in any order: where it is
// compared to the last bit, no addition needs rounding.
func Integral(integrate func(f func(float64) float64, from, to float64, panels, workers int) float64) (verdict Verdict) {
	defer begin("Integral", integrate == nil)(&verdict)
	var trials []func() string
	for _, c := range []struct {
		name            string
		from, to        float64
		panels, workers int
	}{
		{"one worker", 0, 1, 4, 1}, {"panels that the workers cannot share evenly", 0, 1, 10, 4}, {"an interval from below 0", -2, 3, 7, 2},
		{"a single panel", 0, 2, 1, 3}, {"fewer panels than workers", 1, 4, 3, 8}, {"many panels", 0, 10, 101, 5},
	} {
		trials = append(trials, named(c.name, func() string { return tryPoints(integrate, c.from, c.to, c.panels, c.workers) }))
	}
	return judge("it equals the serial integral, and the workers ran side by side.", append(trials,
		named("100003 panels", func() string { return trySmooth(integrate) }),
		named("workers side by side", func() string { return tryPointsSideBySide(integrate) }),
		named("no part is lost", func() string { return tryLost(integrate) }))...)
}

// midpoint is the serial rule.
func midpoint(f func(float64) float64, from, to float64, panels int) float64 {
	width, sum := (to-from)/float64(panels), 0.0
	for i := range panels {
		sum += f(from + (float64(i)+0.5)*width)
	}
	return sum * width
}

func near(a, b, scale float64) bool { return math.Abs(a-b) <= 1e-9*scale }

// tryPoints looks at which points f is called, then at the sum.
func tryPoints(integrate integrator, from, to float64, panels, workers int) string {
	call := fmt.Sprintf("integrate(f, %v, %v, %d, %d)", from, to, panels, workers)
	var mu sync.Mutex
	var points []float64
	square := func(x float64) float64 {
		mu.Lock()
		defer mu.Unlock()
		points = append(points, x)
		return x * x
	}
	var got float64
	if problem := attempt(call, func() { got = integrate(square, from, to, panels, workers) }); problem != "" {
		return problem
	}
	mu.Lock()
	defer mu.Unlock()
	if problem := wrongPoints(call, points, from, to, panels); problem != "" {
		return problem
	}
	want := midpoint(func(x float64) float64 { return x * x }, from, to, panels)
	if !near(got, want, 1+math.Abs(want)) {
		return fmt.Sprintf("%s is %.6g for f(x) = x², though f is called in the right places; the serial integral is %.6g", call, got, want)
	}
	return ""
}

func wrongPoints(call string, points []float64, from, to float64, panels int) string {
	slices.Sort(points)
	if len(points) != panels {
		return fmt.Sprintf("%s calls f %d times; there are %d panels", call, len(points), panels)
	}
	for i, x := range points {
		middle := from + (float64(i)+0.5)*(to-from)/float64(panels)
		if !near(x, middle, 1+to-from) {
			return fmt.Sprintf("%s calls f at %.6g; the middle of panel %d is %.6g", call, x, i, middle)
		}
	}
	return ""
}

// trySmooth has many panels, and sums that are rounded.
func trySmooth(integrate integrator) string {
	const call = "integrate(f, 0, 1, 100003, 3)"
	quarterCircle := func(x float64) float64 { return 4 / (1 + x*x) }
	var got float64
	if problem := attempt(call, func() { got = integrate(quarterCircle, 0, 1, 100003, 3) }); problem != "" {
		return problem
	}
	if want := midpoint(quarterCircle, 0, 1, 100003); !near(got, want, 1) {
		return fmt.Sprintf("%s is %.12g for f(x) = 4/(1+x²); the serial integral is %.12g", call, got, want)
	}
	return ""
}

func tryPointsSideBySide(integrate integrator) string {
	const panels, workers = 60, 3
	call := fmt.Sprintf("integrate(f, 0, 1, %d, %d)", panels, workers)
	return trySideBySide(call, "f", "point", workers, func(calls *crowd) {
		integrate(func(x float64) float64 {
			calls.enter()
			defer calls.leave()
			return x
		}, 0, 1, panels, workers)
	})
}

// tryLost adds up ones: whatever the order, every bit of the sum is known, and
// a worker's part that another one overwrites is missed.
func tryLost(integrate integrator) string {
	const call = "integrate(f, 0, 1, 256, 256)"
	one := func(float64) float64 { return 1 }
	return againAndAgain(func(run int) string {
		var got float64
		problem := attempt(call, func() { got = integrate(one, 0, 1, 256, 256) })
		if problem == "" && got != 1 {
			return fmt.Sprintf("%s is %.6g for f(x) = 1 in run %d of the same call, not 1: a part of the sum was lost", call, got, run)
		}
		return problem
	})
}
