package integral_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"go.uber.org/goleak"

	"multiprocessing/lib/pool"
	"multiprocessing/lib/workload/integral"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quarterCircle is 4/(1+x²), whose integral from 0 to 1 is pi.
func quarterCircle(x float64) float64 { return 4 / (1 + float64(x*x)) }

func ExampleSimpson() {
	fmt.Printf("%.12f\n", integral.Simpson(quarterCircle, 0, 1, 1000))
	// Output: 3.141592653590
}

func ExampleBlock_Midpoint() {
	p := pool.New(4)
	defer p.Close()
	parts := pool.Map(p, integral.Blocks(0, 1, 100_000), func(b integral.Block) float64 {
		return b.Midpoint(quarterCircle)
	})
	fmt.Println(integral.Sum(parts) == integral.Midpoint(quarterCircle, 0, 1, 100_000))
	// Output: true
}

type rule struct {
	name   string
	whole  func(f func(float64) float64, from, to float64, panels int) float64
	part   func(b integral.Block, f func(float64) float64) float64
	degree int // of the polynomials that it integrates exactly
}

var rules = []rule{
	{"Midpoint", integral.Midpoint, integral.Block.Midpoint, 1},
	{"Simpson", integral.Simpson, integral.Block.Simpson, 3},
}

func TestEveryNumberOfWorkersGivesTheSerialAnswerToTheLastBit(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 8, 64} {
		p := pool.New(workers)
		for _, r := range rules {
			for _, panels := range []int{1, 2, 4095, 4096, 4097, 50_000} {
				part := func(b integral.Block) float64 { return r.part(b, math.Exp) }
				got := integral.Sum(pool.Map(p, integral.Blocks(-1, 2, panels), part))
				if want := r.whole(math.Exp, -1, 2, panels); got != want {
					t.Errorf("%s, %d workers, %d panels: %v, serial %v", r.name, workers, panels, got, want)
				}
			}
		}
		p.Close()
	}
}

func TestAddingTheSamePartsInAnotherOrderGivesOtherBits(t *testing.T) {
	parts := make([]float64, 0, 100)
	for _, b := range integral.Blocks(0, 1, 400_000) {
		parts = append(parts, b.Simpson(quarterCircle))
	}
	want, others := integral.Sum(parts), 0
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		if integral.Sum(parts) != want {
			others++
		}
	}
	if others == 0 {
		t.Error("20 orders gave the same sum: the fixed order would not be needed")
	}
}

func TestEachRuleIsExactForItsPolynomials(t *testing.T) {
	for _, r := range rules {
		power := func(x float64) float64 { return math.Pow(x, float64(r.degree)) }
		want := math.Pow(3, float64(r.degree+1)) / float64(r.degree+1)
		if got := r.whole(power, 0, 3, 7); math.Abs(got-want) > 1e-12*want {
			t.Errorf("%s of x^%d: %v, want %v", r.name, r.degree, got, want)
		}
	}
}

func TestTwiceThePanelsCutTheErrorByTheOrderOfTheRule(t *testing.T) {
	for i, want := range []float64{4, 16} {
		r := rules[i]
		coarse := math.Abs(r.whole(math.Sin, 0, math.Pi, 20) - 2)
		fine := math.Abs(r.whole(math.Sin, 0, math.Pi, 40) - 2)
		if ratio := coarse / fine; math.Abs(ratio-want) > 0.05*want {
			t.Errorf("%s: the error shrinks %.3f times, want %v", r.name, ratio, want)
		}
	}
}

func TestAnIntervalTheOtherWayRoundChangesTheSign(t *testing.T) {
	if a, b := integral.Simpson(math.Exp, 0, 1, 100), integral.Simpson(math.Exp, 1, 0, 100); math.Abs(a+b) > 1e-12 {
		t.Errorf("%v and %v", a, b)
	}
	if got := integral.Simpson(math.Exp, 1, 1, 10); got != 0 {
		t.Errorf("an interval of no length has integral %v", got)
	}
}

func TestBlocksCoverEveryPanelOnce(t *testing.T) {
	for _, panels := range []int{1, 4096, 4097, 100_001} {
		next := 0
		for _, b := range integral.Blocks(0, 1, panels) {
			if b.First != next || b.Last <= b.First || b.Panels != panels {
				t.Fatalf("%d panels: block %+v begins elsewhere than %d", panels, b, next)
			}
			next = b.Last
		}
		if next != panels {
			t.Errorf("%d panels: the blocks end at %d", panels, next)
		}
	}
}

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	for want, misuse := range map[string]func(){
		"integral: Blocks: panels must be at least 1, got 0":             func() { integral.Blocks(0, 1, 0) },
		"integral: Simpson: panels must be at least 1, got -1":           func() { integral.Simpson(math.Sin, 0, 1, -1) },
		"integral: Midpoint: the interval must be finite, got 0 to +Inf": func() { integral.Midpoint(math.Sin, 0, math.Inf(1), 1) },
		"integral: Blocks: the interval must be finite, got NaN to 1":    func() { integral.Blocks(math.NaN(), 1, 1) },
		"integral: Simpson: f must not be nil":                           func() { integral.Simpson(nil, 0, 1, 1) },
		"integral: Block.Midpoint: f must not be nil":                    func() { integral.Block{}.Midpoint(nil) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic value is %v, want %q", got, want)
				}
			}()
			misuse()
		}()
	}
}

// One operation is an integral of 1,000,000 panels.
func BenchmarkIntegral(b *testing.B) {
	const panels = 1_000_000
	p := pool.New(runtime.GOMAXPROCS(0))
	defer p.Close()
	for _, r := range rules {
		part := func(b integral.Block) float64 { return r.part(b, quarterCircle) }
		for _, c := range []struct {
			name string
			run  func()
		}{
			{"serial", func() { r.whole(quarterCircle, 0, 1, panels) }},
			{"pool", func() { integral.Sum(pool.Map(p, integral.Blocks(0, 1, panels), part)) }},
		} {
			b.Run(r.name+"/"+c.name, func(b *testing.B) {
				for b.Loop() {
					c.run()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/panels, "ns/panel")
			})
		}
	}
}
