package chart

import (
	"math"
	"strings"

	"gonum.org/v1/plot"

	"multiprocessing/lib/display"
)

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

// whole ticks whole numbers from 1 to its greatest.
type whole struct{ most float64 }

func (w whole) Ticks(_, _ float64) []plot.Tick {
	step := 1.0
	for _, s := range []float64{2, 4, 8, 10, 16, 20, 50, 64, 100, 128, 256, 500, 512, 1000} {
		if w.most/step > 12 {
			step = s
		}
	}
	ticks := []plot.Tick{{Value: 1, Label: "1"}}
	for v := max(step, 2); v <= w.most; v += step {
		ticks = append(ticks, plot.Tick{Value: v, Label: plain(v)})
	}
	return ticks
}
