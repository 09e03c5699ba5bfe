package heat_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"multiprocessing/lib/workload/heat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ExampleSerial() {
	for _, row := range heat.Serial(heat.New(5, 7), 10) {
		fmt.Printf("%6.2f\n", row)
	}
	// Output:
	// [100.00 100.00 100.00 100.00 100.00 100.00 100.00]
	// [  0.00  43.05  56.31  59.32  56.31  43.05   0.00]
	// [  0.00  18.35  27.16  29.56  27.16  18.35   0.00]
	// [  0.00   6.57  10.27  11.37  10.27   6.57   0.00]
	// [  0.00   0.00   0.00   0.00   0.00   0.00   0.00]
}

func ExampleMessages() {
	plate := heat.New(100, 100)
	serial := heat.Serial(plate, 50)
	fmt.Println(reflect.DeepEqual(heat.Messages(plate, 50, 4), serial))
	fmt.Println(reflect.DeepEqual(heat.SharedMemory(plate, 50, 4), serial))
	// Output:
	// true
	// true
}

type solver struct {
	name  string
	solve func(p heat.Plate, steps, workers int) heat.Plate
}

var solvers = []solver{{"Messages", heat.Messages}, {"SharedMemory", heat.SharedMemory}}

func random(rows, columns int) heat.Plate {
	p := heat.New(rows, columns)
	r := rand.New(rand.NewPCG(rand.Uint64(), 0))
	for _, row := range p {
		for j := range row {
			row[j] = r.NormFloat64() * 100
		}
	}
	return p
}

func sameBits(a, b heat.Plate) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		for j := range a[i] {
			if len(a[i]) != len(b[i]) || math.Float64bits(a[i][j]) != math.Float64bits(b[i][j]) {
				return false
			}
		}
	}
	return true
}

func TestBothFormsEqualTheSerialSolutionToTheLastBit(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {2, 9}, {3, 3}, {4, 1}, {4, 2}, {9, 2}, {20, 31}, {67, 5}} {
		for _, steps := range []int{0, 1, 2, 3, 40} {
			p := random(size[0], size[1])
			want := heat.Serial(p, steps)
			for _, s := range solvers {
				for _, workers := range []int{1, 2, 3, 7, 64} {
					if !sameBits(s.solve(p, steps, workers), want) {
						t.Errorf("%s: %d by %d cells, %d steps, %d workers: differs from Serial", s.name, size[0], size[1], steps, workers)
					}
				}
			}
		}
	}
}

func TestSolvingDoesNotChangeThePlate(t *testing.T) {
	p := random(10, 10)
	before := p.Clone()
	heat.Serial(p, 5)
	for _, s := range solvers {
		s.solve(p, 5, 3)
	}
	if !sameBits(p, before) {
		t.Error("it does")
	}
}

func TestAnEmptyPlateStaysEmpty(t *testing.T) {
	for _, s := range solvers {
		if got := s.solve(nil, 5, 3); len(got) != 0 {
			t.Errorf("%s gives %v", s.name, got)
		}
	}
}

func TestAWaveOfHeatDecaysAsTheMathematicsSays(t *testing.T) {
	// sin(kx)·sin(ky) on a square with cold edges keeps its shape; every step
	// multiplies it by 1 - 4·Rate·(1-cos k).
	const n, steps = 41, 300
	k := math.Pi / (n - 1)
	p := heat.New(n, n)
	for i, row := range p {
		for j := range row {
			row[j] = math.Sin(k*float64(i)) * math.Sin(k*float64(j))
		}
	}
	factor := math.Pow(1-4*heat.Rate*(1-math.Cos(k)), steps)
	got := heat.Serial(p, steps)
	for i, row := range got {
		for j, v := range row {
			if math.Abs(v-p[i][j]*factor) > 1e-12 {
				t.Fatalf("cell %d, %d is %v, want %v", i, j, v, p[i][j]*factor)
			}
		}
	}
}

func TestTemperaturesStayBetweenTheColdestAndTheHottestEdge(t *testing.T) {
	for _, row := range heat.Serial(heat.New(30, 30), 2000) {
		for _, v := range row {
			if v < 0 || v > 100 {
				t.Fatalf("%v degrees", v)
			}
		}
	}
}

func TestBandsShareOutTheInnerRowsEvenly(t *testing.T) {
	for _, rows := range []int{1, 2, 3, 10, 101} {
		for _, workers := range []int{1, 2, 3, 64} {
			next, fewest, most := 1, rows, 0
			for _, b := range heat.New(rows, 3).Bands(workers) {
				if b.From != next {
					t.Errorf("%d rows, %d workers: a band begins at %d, not %d", rows, workers, b.From, next)
				}
				fewest, most, next = min(fewest, b.To-b.From), max(most, b.To-b.From), b.To
			}
			if next != max(1, rows-1) || most > fewest+1 {
				t.Errorf("%d rows, %d workers: bands of %d to %d rows end at %d", rows, workers, fewest, most, next)
			}
		}
	}
}

func TestNobodyPassesABarrierBeforeAllHaveCome(t *testing.T) {
	const parties, rounds = 5, 200
	barrier := heat.NewBarrier(parties)
	var come atomic.Int64
	var wg sync.WaitGroup
	for range parties {
		wg.Go(func() {
			for round := range int64(rounds) {
				come.Add(1)
				barrier.Wait()
				if got := come.Load(); got < (round+1)*parties {
					t.Errorf("round %d: passed when %d had come", round, got)
				}
			}
		})
	}
	wg.Wait()
}

func TestTheNumberOfAllocationsDoesNotGrowWithTheSteps(t *testing.T) {
	p := heat.New(20, 20)
	for _, s := range solvers {
		few := testing.AllocsPerRun(5, func() { s.solve(p, 2, 3) })
		many := testing.AllocsPerRun(5, func() { s.solve(p, 2000, 3) })
		if many > few+10 { // waiting goroutines cost the runtime a few
			t.Errorf("%s: %v allocations for 2 steps, %v for 2000", s.name, few, many)
		}
	}
}

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	p := heat.New(3, 3)
	for want, misuse := range map[string]func(){
		"heat: New: rows and columns must be at least 1, got 0 and 4":                func() { heat.New(0, 4) },
		"heat: Serial: steps must not be negative, got -1":                           func() { heat.Serial(p, -1) },
		"heat: Messages: workers must be at least 1, got 0":                          func() { heat.Messages(p, 1, 0) },
		"heat: SharedMemory: workers must be at least 1, got -2":                     func() { heat.SharedMemory(p, 1, -2) },
		"heat: Plate.Bands: workers must be at least 1, got 0":                       func() { p.Bands(0) },
		"heat: NewBarrier: parties must be at least 1, got 0":                        func() { heat.NewBarrier(0) },
		"heat: Serial: all rows must be as long as the first, 2; row 1 has length 1": func() { heat.Serial(heat.Plate{{1, 2}, {3}}, 1) },
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

// One operation is 100 steps of a plate of 1000 by 1000 cells, or of 100 by
// 100, where there is little to compute between two exchanges.
func BenchmarkHeat(b *testing.B) {
	const steps = 100
	workers := runtime.GOMAXPROCS(0)
	serial := solver{"Serial", func(p heat.Plate, steps, _ int) heat.Plate { return heat.Serial(p, steps) }}
	for _, side := range []int{1000, 100} {
		p := heat.New(side, side)
		for _, s := range append([]solver{serial}, solvers...) {
			b.Run(fmt.Sprintf("%d/%s", side, s.name), func(b *testing.B) {
				for b.Loop() {
					s.solve(p, steps, workers)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*steps*side*side), "ns/cell")
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*steps), "µs/step")
			})
		}
	}
}

// One operation is a barrier passed by as many goroutines as cores.
func BenchmarkBarrier(b *testing.B) {
	parties := runtime.GOMAXPROCS(0)
	barrier := heat.NewBarrier(parties)
	var wg sync.WaitGroup
	for range parties {
		wg.Go(func() {
			for range b.N {
				barrier.Wait()
			}
		})
	}
	wg.Wait()
}
