package crossval_test

import (
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"go.uber.org/goleak"
	"gonum.org/v1/gonum/mat"

	"multiprocessing/lib/pool"
	"multiprocessing/lib/workload/crossval"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ExampleData_Test() {
	data := crossval.Generate(1, 300, 40)
	fits := crossval.Grid(5, crossval.Penalties(0.01, 10_000, 7))
	p := pool.New(4)
	defer p.Close()
	errors := pool.Map(p, fits, data.Test)
	fmt.Printf("penalty %.3g\n", crossval.Best(fits, errors).Penalty)
	// Output: penalty 100
}

func TestEveryNumberOfWorkersGivesTheSerialErrorsToTheLastBit(t *testing.T) {
	for _, size := range [][2]int{{10, 1}, {57, 3}, {200, 33}} {
		data := crossval.Generate(3, size[0], size[1])
		fits := crossval.Grid(4, crossval.Penalties(0.1, 100, 5))
		want := data.Serial(fits)
		for _, workers := range []int{1, 2, 3, 8, 64} {
			p := pool.New(workers)
			if got := pool.Map(p, fits, data.Test); !slices.Equal(got, want) {
				t.Errorf("%v, %d workers: %v, serial %v", size, workers, got, want)
			}
			p.Close()
		}
	}
}

func TestTheSameSeedGivesTheSameDataAndAnotherSeedOthers(t *testing.T) {
	a, b, c := crossval.Generate(1, 20, 3), crossval.Generate(1, 20, 3), crossval.Generate(2, 20, 3)
	if !reflect.DeepEqual(a, b) || reflect.DeepEqual(a, c) {
		t.Error("the seed does not decide")
	}
}

func TestOneFeatureIsFittedAsTheFormulaSays(t *testing.T) {
	x, y := []float64{1, 2, 3, 4}, []float64{2, 4, 7, 8}
	data := &crossval.Data{Features: mat.NewDense(4, 1, x), Targets: y}
	const penalty = 0.5
	// Fold 1 of 2 tests rows 1 and 3; the weight comes from rows 0 and 2.
	weight := (x[0]*y[0] + x[2]*y[2]) / (x[0]*x[0] + x[2]*x[2] + penalty)
	want := (math.Pow(y[1]-weight*x[1], 2) + math.Pow(y[3]-weight*x[3], 2)) / 2
	if got := data.Test(crossval.Fit{Fold: 1, Folds: 2, Penalty: penalty}); math.Abs(got-want) > 1e-12 {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWithoutNoiseATinyPenaltyPredictsPerfectly(t *testing.T) {
	data := crossval.Generate(1, 100, 4)
	for i := range data.Targets {
		row := data.Features.RawRowView(i)
		data.Targets[i] = 3*row[0] - row[1] + 0.5*row[3]
	}
	for _, fit := range crossval.Grid(5, []float64{1e-9}) {
		if got := data.Test(fit); got > 1e-12 {
			t.Errorf("fold %d: error %v", fit.Fold, got)
		}
	}
}

func TestBothTooSmallAndTooLargeAPenaltyAreWorseThanTheBest(t *testing.T) {
	data := crossval.Generate(1, 300, 40)
	fits := crossval.Grid(5, crossval.Penalties(0.01, 10_000, 7))
	scores := crossval.Scores(fits, data.Serial(fits))
	best := crossval.Best(fits, data.Serial(fits))
	if best == scores[0] || best == scores[len(scores)-1] || !slices.Contains(scores, best) {
		t.Errorf("best is %v of %v", best, scores)
	}
}

func TestTheGridHasEveryPenaltyWithEveryFold(t *testing.T) {
	want := []crossval.Fit{{0, 2, 1}, {1, 2, 1}, {0, 2, 10}, {1, 2, 10}}
	if got := crossval.Grid(2, crossval.Penalties(1, 10, 2)); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestFittingStartsNoGoroutines(t *testing.T) {
	data := crossval.Generate(1, 3000, 150) // large enough for a parallel Dense.Mul
	before := runtime.NumGoroutine()
	most, stop, stopped := 0, make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				most = max(most, runtime.NumGoroutine())
				runtime.Gosched()
			}
		}
	}()
	data.Test(crossval.Fit{Fold: 0, Folds: 2, Penalty: 1})
	close(stop)
	<-stopped
	if most > before+1 {
		t.Errorf("%d goroutines more", most-before-1)
	}
}

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	data := crossval.Generate(1, 3, 1)
	for want, misuse := range map[string]func(){
		"crossval: Generate: rows and features must be at least 1, got 0 and 2":     func() { crossval.Generate(1, 0, 2) },
		"crossval: Grid: folds must be at least 2, got 1":                           func() { crossval.Grid(1, nil) },
		"crossval: Grid: the penalty must be positive and finite, got 0":            func() { crossval.Grid(2, []float64{0}) },
		"crossval: Penalties: n must be at least 2, got 1":                          func() { crossval.Penalties(1, 2, 1) },
		"crossval: Penalties: low must be positive and finite, got -1":              func() { crossval.Penalties(-1, 2, 5) },
		"crossval: Penalties: high must be positive and finite, got +Inf":           func() { crossval.Penalties(1, math.Inf(1), 5) },
		"crossval: Data.Test: there is no fold 2 of 2; make fits with Grid":         func() { data.Test(crossval.Fit{Fold: 2, Folds: 2, Penalty: 1}) },
		"crossval: Data.Test: the penalty must be positive and finite, got NaN":     func() { data.Test(crossval.Fit{Folds: 2, Penalty: math.NaN()}) },
		"crossval: Scores: there must be one error for each fit, got 1 for 0":       func() { crossval.Scores(nil, []float64{1}) },
		"crossval: Scores: the fits must be in the order of Grid, got fold 1 first": func() { crossval.Scores([]crossval.Fit{{1, 2, 1}}, []float64{1}) },
		"crossval: Best: there must be at least one fit":                            func() { crossval.Best(nil, nil) },
		"crossval: Data.Test: the data must have at least 5 rows, as many as folds, and a target for each, got 3 and 3": func() {
			data.Test(crossval.Fit{Folds: 5, Penalty: 1})
		},
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

// One operation is 80 fits: 16 penalties, 5 folds, 2000 rows, 40 features.
func BenchmarkCrossval(b *testing.B) {
	data := crossval.Generate(1, 2000, 40)
	fits := crossval.Grid(5, crossval.Penalties(0.01, 1000, 16))
	p := pool.New(runtime.GOMAXPROCS(0))
	defer p.Close()
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"serial", func() { data.Serial(fits) }},
		{"pool", func() { pool.Map(p, fits, data.Test) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.run()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(fits)), "µs/fit")
		})
	}
}
