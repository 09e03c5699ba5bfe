package montecarlo_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"multiprocessing/lib/pool"
	"multiprocessing/lib/workload/montecarlo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var call = montecarlo.Option{Spot: 100, Strike: 105, Rate: 0.05, Volatility: 0.2, Years: 1}

func ExamplePi() {
	fmt.Printf("%.2f\n", montecarlo.Pi(1, 1_000_000))
	// Output: 3.14
}

func ExampleBlock_Hits() {
	p := pool.New(4)
	defer p.Close()
	hits := pool.Map(p, montecarlo.Blocks(1, 1_000_000), montecarlo.Block.Hits)
	fmt.Println(montecarlo.PiOf(hits, 1_000_000) == montecarlo.Pi(1, 1_000_000))
	// Output: true
}

func ExampleOption_Price() {
	call := montecarlo.Option{Spot: 100, Strike: 105, Rate: 0.05, Volatility: 0.2, Years: 1}
	price, standardError := call.Price(1, 200_000)
	fmt.Println(math.Abs(price-call.Exact()) < 4*standardError)
	// Output: true
}

var sizes = []int{1, 16383, 16384, 16385, 100_000}

func TestEveryNumberOfWorkersGivesTheSerialAnswerToTheLastBit(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 8, 64} {
		p := pool.New(workers)
		for _, draws := range sizes {
			blocks := montecarlo.Blocks(7, draws)
			if got, want := montecarlo.PiOf(pool.Map(p, blocks, montecarlo.Block.Hits), draws), montecarlo.Pi(7, draws); got != want {
				t.Errorf("pi, %d workers, %d draws: %v, serial %v", workers, draws, got, want)
			}
			price, e := montecarlo.PriceOf(pool.Map(p, blocks, call.Payoff))
			if wantPrice, wantE := call.Price(7, draws); price != wantPrice || e != wantE {
				t.Errorf("option, %d workers, %d draws: %v ± %v, serial %v ± %v", workers, draws, price, e, wantPrice, wantE)
			}
		}
		p.Close()
	}
}

func TestAnotherSeedGivesAnotherAnswer(t *testing.T) {
	if a, b := montecarlo.Pi(1, 100_000), montecarlo.Pi(2, 100_000); a == b {
		t.Errorf("seeds 1 and 2 both give %v", a)
	}
}

// The tests below draw with fixed seeds, so that they cannot fail by chance.

func TestPiIsWithinFourStandardErrors(t *testing.T) {
	const draws = 1_000_000
	allowed := 4 * 4 * math.Sqrt(math.Pi/4*(1-math.Pi/4)/draws)
	for seed := range uint64(5) {
		if got := montecarlo.Pi(seed, draws); math.Abs(got-math.Pi) > allowed {
			t.Errorf("seed %d: %v", seed, got)
		}
	}
}

func TestThePriceComesNearTheFormula(t *testing.T) {
	if exact := call.Exact(); math.Abs(exact-8.0214) > 1e-4 {
		t.Errorf("the formula gives %v", exact)
	}
	for seed := range uint64(5) {
		price, e := call.Price(seed, 300_000)
		if math.Abs(price-call.Exact()) > 4*e || e > 0.05 {
			t.Errorf("seed %d: %v ± %v", seed, price, e)
		}
	}
}

func TestNeighboringBlocksAreNotCorrelated(t *testing.T) {
	const draws, blocks = 2000, 50
	limit := 4.5 / math.Sqrt(draws)
	for seed := range uint64(3) {
		for n := range blocks {
			a := montecarlo.Block{Seed: seed, Number: n}.Rand()
			b := montecarlo.Block{Seed: seed, Number: n + 1}.Rand()
			sum := 0.0
			for range draws {
				sum += (a.Float64() - 0.5) * (b.Float64() - 0.5) * 12
			}
			if c := sum / draws; math.Abs(c) > limit {
				t.Errorf("seed %d: blocks %d and %d have correlation %v", seed, n, n+1, c)
			}
		}
	}
}

func TestNoTwoBlocksBeginAlike(t *testing.T) {
	seen := map[[2]uint64]bool{}
	for seed := range uint64(100) {
		for n := range 1000 {
			r := montecarlo.Block{Seed: seed, Number: n}.Rand()
			seen[[2]uint64{r.Uint64(), r.Uint64()}] = true
		}
	}
	if len(seen) != 100_000 {
		t.Errorf("%d beginnings for 100,000 blocks", len(seen))
	}
}

func TestBlocksHoldEveryDrawOnce(t *testing.T) {
	for _, draws := range sizes {
		blocks := montecarlo.Blocks(1, draws)
		sum := 0
		for i, b := range blocks {
			sum += b.Draws
			if b.Number != i || b.Draws < 1 {
				t.Errorf("%d draws: block %d is %+v", draws, i, b)
			}
		}
		if sum != draws {
			t.Errorf("blocks of %d draws hold %d", draws, sum)
		}
	}
	if !slices.Equal(montecarlo.Blocks(1, 100_000)[:6], montecarlo.Blocks(1, 200_000)[:6]) {
		t.Error("more draws change the blocks that were there")
	}
}

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	worthless, nowhere := call, call
	worthless.Spot, nowhere.Rate = 0, math.NaN()
	for want, misuse := range map[string]func(){
		"montecarlo: Blocks: draws must be at least 1, got 0":                             func() { montecarlo.Blocks(1, 0) },
		"montecarlo: Pi: draws must be at least 1, got -5":                                func() { montecarlo.Pi(1, -5) },
		"montecarlo: PiOf: draws must be at least 1, got 0":                               func() { montecarlo.PiOf(nil, 0) },
		"montecarlo: PriceOf: draws must be at least 1, got 0":                            func() { montecarlo.PriceOf(nil) },
		"montecarlo: Option.Payoff: the option's spot must be positive and finite, got 0": func() { worthless.Price(1, 1) },
		"montecarlo: Option.Exact: the option's rate must be finite, got NaN":             func() { nowhere.Exact() },
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

// One operation is 1,000,000 draws.
func BenchmarkMonteCarlo(b *testing.B) {
	const draws = 1_000_000
	p := pool.New(runtime.GOMAXPROCS(0))
	defer p.Close()
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"pi/serial", func() { montecarlo.Pi(1, draws) }},
		{"pi/pool", func() { montecarlo.PiOf(pool.Map(p, montecarlo.Blocks(1, draws), montecarlo.Block.Hits), draws) }},
		{"option/serial", func() { call.Price(1, draws) }},
		{"option/pool", func() { montecarlo.PriceOf(pool.Map(p, montecarlo.Blocks(1, draws), call.Payoff)) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/draws, "ns/draw")
		})
	}
}
