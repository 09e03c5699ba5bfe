package timing

import (
	"math"
	"runtime"
	"slices"
	"testing"
	"time"
)

func TestTheColumnsAndTheirOrder(t *testing.T) {
	df := Compare([]Case{fixed("a", time.Millisecond, 1)}).DataFrame()
	want := []string{"case", "workers", "rounds", "median ms", "low ms", "high ms", "outliers", "start ms", "cpu ms", "allocs", "gc %", "speedup", "speedup low", "speedup high", "efficiency", "result", "verdict"}
	if !slices.Equal(df.Names(), want) {
		t.Errorf("got %q", df.Names())
	}
}

func TestSpeedupAndEfficiencyAgainstTheBase(t *testing.T) {
	four := fixed("four", 3*time.Millisecond, 1)
	four.Workers = 4
	other := fixed("other base", 30*time.Millisecond, 1)
	of := fixed("of the other", 10*time.Millisecond, 1)
	of.Base = "other base"
	df := Compare([]Case{fixed("one", 9*time.Millisecond, 1), four, other, of}).DataFrame()
	for row, want := range [][3]float64{{9, 1, 1}, {3, 3, 0.75}, {30, 0.3, 0.3}, {10, 3, 3}} {
		for i, name := range []string{"median ms", "speedup", "efficiency"} {
			if got := df.Col(name).Elem(row).Float(); math.Abs(got-want[i]) > 1e-9 {
				t.Errorf("row %d: %s is %v, want %v", row, name, got, want[i])
			}
		}
	}
}

func TestRatesAreThoseOfTheCasesThatHaveThem(t *testing.T) {
	items, bytes := fixed("items", 2*time.Millisecond, 1), fixed("bytes", 4*time.Millisecond, 1)
	items.Items, bytes.Bytes = 1000, 8_000_000
	df := Compare([]Case{items, bytes}).DataFrame()
	if got := df.Col("items/s").Float(); got[0] != 500_000 || !math.IsNaN(got[1]) {
		t.Errorf("items/s: %v", got)
	}
	if got := df.Col("GB/s").Float(); !math.IsNaN(got[0]) || got[1] != 2 {
		t.Errorf("GB/s: %v", got)
	}
	if got := Compare([]Case{fixed("a", 1, 1)}).DataFrame().Names(); slices.Contains(got, "items/s") || slices.Contains(got, "GB/s") {
		t.Errorf("columns without a rate: %q", got)
	}
}

func TestTheMinimumIsShownOnRequest(t *testing.T) {
	n := 0
	c := Compare([]Case{{Name: "a", Steps: 10, Measure: func() (Measurement, error) {
		n++
		return Measurement{Elapsed: time.Duration(10+n%3) * time.Millisecond}, nil
	}}}, Rounds(9), Minimum())
	if got := c.DataFrame().Col("min ms").Float()[0]; got != 10 {
		t.Errorf("min ms %v, want 10", got)
	}
	if got := c.Each("step", "µs").Col("min µs").Float()[0]; got != 1000 {
		t.Errorf("of a step %v µs, want 1000", got)
	}
}

func TestTheShareOfGarbageCollections(t *testing.T) {
	c := Compare([]Case{
		{Name: "none", Run: func() (any, error) {
			for begin := time.Now(); time.Since(begin) < 2*time.Millisecond; {
			}
			return 1, nil
		}},
		{Name: "much", Run: func() (any, error) {
			for range 3 {
				runtime.GC()
			}
			return 1, nil
		}},
		fixed("elsewhere", time.Millisecond, 1),
	}, Rounds(6))
	got := c.DataFrame().Col("gc %").Float()
	if got[0] != 0 || got[1] <= 0 || got[1] > 100 || !math.IsNaN(got[2]) {
		t.Errorf("gc %%: %v, want none, much and none known", got)
	}
}

func TestSetupIsTimedApart(t *testing.T) {
	running := 0
	c := Compare([]Case{{
		Name: "a",
		Setup: func() (func(), error) {
			running++
			time.Sleep(5 * time.Millisecond)
			return func() { running-- }, nil
		},
		Run: func() (any, error) {
			if running != 1 {
				t.Errorf("%d set up", running)
			}
			return nil, nil
		},
	}})
	df := c.DataFrame()
	if start, wall := df.Col("start ms").Elem(0).Float(), df.Col("median ms").Elem(0).Float(); start < 5 || wall >= start {
		t.Errorf("start %v ms, run %v ms", start, wall)
	}
	if running != 0 {
		t.Errorf("%d not stopped", running)
	}
}

func TestWithoutSetupThereIsNoStart(t *testing.T) {
	c := Compare([]Case{fixed("a", time.Millisecond, 1)})
	if got := table(t, c)["a"]["start ms"]; got != "NaN" {
		t.Errorf("got %s", got)
	}
}

func TestCPUTimeIsThatOfTheWork(t *testing.T) {
	c := Compare([]Case{
		{Name: "busy", Run: func() (any, error) {
			for begin := time.Now(); time.Since(begin) < 20*time.Millisecond; {
			}
			return nil, nil
		}},
		{Name: "idle", Run: func() (any, error) { time.Sleep(20 * time.Millisecond); return nil, nil }},
	})
	df := c.DataFrame()
	if busy, idle := df.Col("cpu ms").Elem(0).Float(), df.Col("cpu ms").Elem(1).Float(); busy <= idle {
		t.Errorf("busy %v ms, idle %v ms", busy, idle)
	}
}
