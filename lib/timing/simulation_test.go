package timing

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// machine simulates one whose speed is not always the same: it says by how
// much the next run of a case is slowed down.
type machine func(r *rand.Rand, noise float64) func() float64

// machines are what a laptop, a shared server and a container may be like.
var machines = []struct {
	name string
	machine
}{
	{"steady", func(r *rand.Rand, noise float64) func() float64 {
		return func() float64 { return math.Exp(noise * r.NormFloat64()) }
	}},
	// Its clock goes down as it gets hot: by half in 100 runs.
	{"drifting", func(r *rand.Rand, noise float64) func() float64 {
		run := 0
		return func() float64 {
			run++
			return (1 + 0.005*float64(run)) * math.Exp(noise*r.NormFloat64())
		}
	}},
	// Other programs come and go: they take a third of it for some runs.
	{"shared", func(r *rand.Rand, noise float64) func() float64 {
		slow := 1.0
		return func() float64 {
			if r.IntN(10) == 0 {
				slow = 2.5 - slow
			}
			return slow * math.Exp(noise*r.NormFloat64())
		}
	}},
	// One run of ten is interrupted.
	{"interrupted", func(r *rand.Rand, noise float64) func() float64 {
		return func() float64 {
			slow := 1.0
			if r.IntN(10) == 0 {
				slow += r.ExpFloat64()
			}
			return slow * math.Exp(noise*r.NormFloat64())
		}
	}},
	// A run is never faster than the work, and often slower.
	{"skewed", func(r *rand.Rand, noise float64) func() float64 {
		return func() float64 { return 1 + noise*r.ExpFloat64() }
	}},
}

// simulated is a table whose true speedups are known.
type simulated struct {
	Comparison
	truth []float64
}

// kind is one of tables.
type kind int

const (
	// mixed cases: every other one is as fast as the base, the rest up to three
	// times. Their noise is anything from 0.2% to 10%.
	mixed kind = iota
	// equal cases, with so much noise that differences of more than 2% come by
	// chance, and so little that the intervals leave them.
	equal
)

// simulate measures two to six cases on a machine, with the rounds that
// Compare would do.
func simulate(r *rand.Rand, m machine, k kind) *simulated {
	var cases []Case
	var s simulated
	noise := 0.06
	if k == mixed {
		noise = 0.002 * math.Pow(50, r.Float64())
	}
	for i := range 2 + r.IntN(5) {
		cases = append(cases, fixed(fmt.Sprint(i), 1, nil))
		truth := 1.0
		if k == mixed && i > 0 && i%2 == 0 {
			truth = math.Exp(r.Float64() * math.Log(3))
		}
		s.truth = append(s.truth, truth)
	}
	s.settings = defaults()
	s.settings.budget = time.Duration(25*len(cases)) * time.Millisecond
	s.rows = newRows(cases)
	slowed := m(r, noise)
	schedule := newSchedule(s.rows, s.settings)
	for again := schedule.next(); len(again) > 0; again = schedule.next() {
		r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		for _, row := range again {
			i := int(row.Name[0] - '0')
			took := time.Duration(1e6 / s.truth[i] * slowed())
			row.samples.wall = append(row.samples.wall, ms(took))
			row.used += took
		}
	}
	return &s
}

// count is what was seen in tables.
type count struct{ tables, intervals, held, misled int }

// TestIntervalsHoldTheSpeedupAndEqualCasesAreCalledEqual simulates 10,000
// tables for each of ten seeds, with the rule that ends the rounds. The seeds
// are the first ten whole numbers, and were not chosen: 30 others pass, too.
func TestIntervalsHoldTheSpeedupAndEqualCasesAreCalledEqual(t *testing.T) {
	const tables = 10_000
	seeds := uint64(10)
	if testing.Short() || raceDetector {
		seeds = 1
	}
	for seed := uint64(1); seed <= seeds; seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			var equals count
			for i, m := range machines {
				r := rand.New(rand.NewPCG(seed, uint64(i)))
				var all count
				for range tables / len(machines) / 2 {
					all.add(simulate(r, m.machine, mixed))
					s := simulate(r, m.machine, equal)
					all.add(s)
					equals.add(s)
				}
				held := all.share(all.held, all.intervals)
				t.Logf("%s machine: %.2f%% of %d intervals hold the true speedup", m.name, held, all.intervals)
				if held < 94 {
					t.Errorf("%s machine: %.2f%% of %d intervals hold the true speedup, want 94%%", m.name, held, all.intervals)
				}
			}
			misled := equals.share(equals.misled, equals.tables)
			t.Logf("%.2f%% of %d tables call equal cases different", misled, equals.tables)
			if misled > 5.5 {
				t.Errorf("%.2f%% of %d tables call equal cases different, want at most 5.5%%", misled, equals.tables)
			}
		})
	}
}

func (c *count) share(part, of int) float64 { return 100 * float64(part) / float64(of) }

func (c *count) add(s *simulated) {
	c.tables++
	misled := false
	for i, row := range s.rows {
		if i == 0 {
			continue
		}
		up := row.speedup()
		c.intervals++
		if up.low <= s.truth[i] && s.truth[i] <= up.high {
			c.held++
		}
		misled = misled || s.truth[i] == 1 && s.differs(row)
	}
	if misled {
		c.misled++
	}
}

// unpaired is the interval of a speedup made from those of the two medians: it
// takes all runs of a case, as if the machine never changed.
func unpaired(base, own estimate) estimate {
	up := base.value / own.value
	down := math.Hypot(math.Log(own.value/own.low), math.Log(base.high/base.value))
	reach := math.Hypot(math.Log(own.high/own.value), math.Log(base.value/base.low))
	return estimate{up, up * math.Exp(-reach), up * math.Exp(down)}
}

func TestOnADriftingMachinePairsGiveNarrowerIntervals(t *testing.T) {
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 0))
		var pairs, medians float64
		for range 200 {
			s := simulate(r, machines[1].machine, mixed)
			for _, row := range s.rows[1:] {
				up := row.speedup()
				old := unpaired(summarize(s.rows[0].samples.wall), summarize(row.samples.wall))
				pairs += math.Log(up.high / up.low)
				medians += math.Log(old.high / old.low)
			}
		}
		if pairs > 0.8*medians {
			t.Errorf("seed %d: the intervals of pairs have %.0f%% of the width of those of medians", seed, 100*pairs/medians)
		}
	}
}
