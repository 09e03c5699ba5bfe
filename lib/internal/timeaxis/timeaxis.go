// Package timeaxis writes times, and draws the axis of a picture whose lanes show
// what happened when.
package timeaxis

import (
	"fmt"
	"math"
	"strings"
	"time"

	"multiprocessing/lib/internal/digits"
)

// Text has three digits and a unit that suits it.
func Text(d time.Duration) string {
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d)
	case d < time.Millisecond:
		return digits.Three(float64(d)/1e3) + " µs"
	case d < time.Second:
		return digits.Three(float64(d)/1e6) + " ms"
	}
	return digits.Three(d.Seconds()) + " s"
}

// Draw draws the time from 0 to total below what stands above bottom, from left
// to right, all in the picture's units: lines, their times, and the unit.
func Draw(b *strings.Builder, total time.Duration, left, right int, bottom float64) {
	unit, name := time.Nanosecond, "ns"
	for _, u := range []struct {
		d    time.Duration
		name string
	}{{time.Microsecond, "µs"}, {time.Millisecond, "ms"}, {time.Second, "s"}} {
		if total >= 2*u.d {
			unit, name = u.d, u.name
		}
	}
	most := float64(total) / float64(unit)
	step := math.Pow(10, math.Floor(math.Log10(most/4)))
	for _, s := range []float64{5, 2} {
		if most/(s*step) >= 4 {
			step *= s
			break
		}
	}
	for i := 0.0; i*step <= most; i++ {
		x := float64(left) + float64(right-left)*i*step/most
		fmt.Fprintf(b, `<path d="M%.1f 0V%.1f" stroke="currentColor" stroke-opacity=".2" fill="none"/><text x="%.1f" y="%.1f" text-anchor="middle" fill="currentColor">%s</text>`,
			x, bottom+3, x, bottom+16, strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.3f", i*step), "0"), "."))
	}
	fmt.Fprintf(b, `<text x="%d" y="%.1f" text-anchor="middle" fill="currentColor">time, %s</text>`, (left+right)/2, bottom+31, name)
}
