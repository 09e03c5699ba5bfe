package timing

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestTheSpeedupsIntervalHoldsTheTrueOne draws times whose true speedup is 2,
// from three kinds of noise, and counts how often the interval holds it.
func TestTheSpeedupsIntervalHoldsTheTrueOne(t *testing.T) {
	const draws = 1000
	for name, noise := range map[string]func(*rand.Rand) float64{
		"normal":      func(r *rand.Rand) float64 { return 1 + 0.02*r.NormFloat64() },
		"heavy right": func(r *rand.Rand) float64 { return 1 + 0.1*r.ExpFloat64() },
		"lognormal":   func(r *rand.Rand) float64 { return math.Exp(0.3 * r.NormFloat64()) },
	} {
		for _, n := range []int{6, 7, 10, 30} {
			r := rand.New(rand.NewPCG(1, uint64(n)))
			held := 0
			for range draws {
				var base, fast []float64
				for range n {
					base, fast = append(base, 2*noise(r)), append(fast, noise(r))
				}
				s := summarize(base).over(summarize(fast))
				if s.low <= 2 && 2 <= s.high {
					held++
				}
			}
			if share := float64(held) / draws; share < 0.94 {
				t.Errorf("%s noise, %d rounds: %.1f%% of the intervals hold it", name, n, 100*share)
			}
		}
	}
}

func TestTheSpeedupsInterval(t *testing.T) {
	got := estimate{12, 11, 14}.over(estimate{4, 3.8, 4.1})
	want := estimate{3, 3 / math.Exp(math.Hypot(math.Log(12.0/11), math.Log(4.1/4))), 3 * math.Exp(math.Hypot(math.Log(14.0/12), math.Log(4/3.8)))}
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	c := Compare([]Case{fixed("a", 2*time.Millisecond, 1), fixed("b", time.Millisecond, 1)})
	for name, want := range map[string]string{"a": "1.000000", "b": "2.000000"} {
		row := table(t, c)[name]
		for _, column := range []string{"speedup", "speedup low", "speedup high"} {
			if row[column] != want {
				t.Errorf("%s: %s is %s, want %s", name, column, row[column], want)
			}
		}
	}
	c = Compare([]Case{fixed("a", 2*time.Millisecond, 1), fixed("b", time.Millisecond, 1)}, Rounds(5))
	if row := table(t, c)["b"]; row["speedup"] != "2.000000" || row["speedup low"] != "NaN" || row["speedup high"] != "NaN" {
		t.Errorf("with 5 rounds: %v", row)
	}
}

func TestOutliersAreKeptAndCounted(t *testing.T) {
	for want, values := range map[float64][]float64{
		0: {1, 2, 3, 4, 5, 6},
		1: {1, 2, 3, 4, 5, 60}, // quartiles 2.25 and 4.75, fences -1.5 and 8.5
		2: {-50, 1, 2, 3, 4, 5, 60},
	} {
		if got := outliers(values); got != want {
			t.Errorf("%v: %v, want %v", values, got, want)
		}
	}
	if got := outliers([]float64{1, 1, 1, 1, 9}); !math.IsNaN(got) {
		t.Errorf("of 5: %v", got)
	}
	n := 0
	c := Compare([]Case{{Name: "a", Measure: func() (Measurement, error) {
		n++
		d := time.Duration(100+n) * time.Millisecond
		if n == 5 {
			d = time.Minute
		}
		return Measurement{Elapsed: d}, nil
	}}}, Rounds(10))
	if row := table(t, c)["a"]; row["outliers"] != "1.000000" || row["rounds"] != "10" {
		t.Errorf("got %v", row)
	}
	if got := c.Samples(); got.Nrow() != 10 || got.Elem(3, 2).Float() != 60_000 || fmt.Sprint(got.Names()) != "[case round ms]" {
		t.Errorf("the samples: %v", got)
	}
}

func TestTheMachineAsAFrame(t *testing.T) {
	f := Facts{version: "1.26.8", platform: "linux/amd64", cores: 2, procs: 1, cgroup: cgroup{known: true, quota: 1.5}}
	want := "[[fact value] [Go 1.26.8] [system linux/amd64] [cores 2] [GOMAXPROCS 1] [cgroup quota 1.5 cores]]"
	if got := fmt.Sprint(f.DataFrame().Records()); got != want {
		t.Errorf("got %s", got)
	}
	if Machine().DataFrame().Nrow() < 4 {
		t.Errorf("got %v", Machine())
	}
}
