package exercise

import (
	"strings"
	"sync"
	"testing"
)

func integralStarter(f func(float64) float64, from, to float64, panels, workers int) float64 {
	width, sum := (to-from)/float64(panels), 0.0
	for i := range panels {
		sum += f(from + (float64(i)+0.5)*width)
	}
	return sum * width
}

func integralSolution(f func(float64) float64, from, to float64, panels, workers int) float64 {
	width, parts := (to-from)/float64(panels), make([]float64, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			part := 0.0
			for i := w * panels / workers; i < (w+1)*panels/workers; i++ {
				part += f(from + (float64(i)+0.5)*width)
			}
			parts[w] = part
		})
	}
	wg.Wait()
	sum := 0.0
	for _, part := range parts {
		sum += part
	}
	return sum * width
}

// integralRest forgets the panels that are left over when they are divided among workers.
func integralRest(f func(float64) float64, from, to float64, panels, workers int) float64 {
	each := panels / workers
	return integralSolution(f, from, from+(to-from)*float64(each*workers)/float64(panels), each*workers, workers)
}

// integralLeft takes the left end of each panel.
func integralLeft(f func(float64) float64, from, to float64, panels, workers int) float64 {
	half := (to - from) / float64(panels) / 2
	return integralSolution(func(x float64) float64 { return f(x - half) }, from, to, panels, workers)
}

// integralRace has all workers add to one sum.
func integralRace(f func(float64) float64, from, to float64, panels, workers int) float64 {
	width, sum := (to-from)/float64(panels), 0.0
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			part := 0.0
			for i := w * panels / workers; i < (w+1)*panels/workers; i++ {
				part += f(from + (float64(i)+0.5)*width)
			}
			sum += part
		})
	}
	wg.Wait()
	return sum * width
}

// integralUnlimited starts a goroutine for every panel.
func integralUnlimited(f func(float64) float64, from, to float64, panels, workers int) float64 {
	return integralSolution(f, from, to, panels, panels)
}

// integralNoWidth forgets to multiply.
func integralNoWidth(f func(float64) float64, from, to float64, panels, workers int) float64 {
	return integralSolution(f, from, to, panels, workers) / (to - from) * float64(panels)
}

func TestIntegral(t *testing.T) {
	solution(t, func() Verdict { return Integral(integralSolution) })
	hurried(t)
	for _, w := range []wrong{
		{"starter", func() Verdict { return Integral(integralStarter) }, []string{"integrate(f, 0, 1, 60, 3) is right, but it called f for one point at a time"}},
		{"the rest is forgotten", func() Verdict { return Integral(integralRest) }, []string{"integrate(f, 0, 1, 10, 4) calls f 8 times; there are 10 panels"}},
		{"left ends", func() Verdict { return Integral(integralLeft) }, []string{"integrate(f, 0, 1, 4, 1) calls f at 0; the middle of panel 0 is 0.125"}},
		{"a goroutine a panel", func() Verdict { return Integral(integralUnlimited) }, []string{"points at the same time, with 3 workers"}},
		{"without the width", func() Verdict { return Integral(integralNoWidth) }, []string{"for f(x) = x², though f is called in the right places; the serial integral is 0.328125"}},
		{"a panic", func() Verdict {
			return Integral(func(f func(float64) float64, from, to float64, panels, workers int) float64 { panic("not written yet") })
		}, []string{"integrate(f, 0, 1, 4, 1) panics: not written yet"}},
	} {
		w.run(t)
	}
}

func TestIntegralFindsLostParts(t *testing.T) {
	skipRacy(t)
	v := seen(func() Verdict { return Integral(integralRace) })()
	// The first call may lose a part already; then its sum is not the serial one's.
	if v.Right() || !strings.Contains(v.String(), "of the same call, not 1: a part of the sum was lost") && !strings.Contains(v.String(), "; the serial integral is ") {
		t.Error(v)
	}
}
