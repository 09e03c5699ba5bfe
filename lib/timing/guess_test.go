package timing

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

func TestAGuessStandsBesideTheSpeedup(t *testing.T) {
	cases := []Case{fixed("a", 4*time.Millisecond, 1), fixed("b", 2*time.Millisecond, 1), fixed("c", time.Millisecond, 1)}
	df := Compare(cases, Guess("c", 5)).DataFrame()
	at := slices.Index(df.Names(), "speedup high")
	if got := fmt.Sprint(df.Names()[at+1 : at+3]); got != "[speedup guess speedup guess off %]" {
		t.Errorf("after the speedup: %s", got)
	}
	if got := df.Col("speedup guess").Float(); !math.IsNaN(got[0]) || !math.IsNaN(got[1]) || got[2] != 5 {
		t.Errorf("guesses %v", got)
	}
	if got := df.Col("speedup guess off %").Float(); !math.IsNaN(got[0]) || math.Abs(got[2]-25) > 1e-9 {
		t.Errorf("off by %v, want 25%%", got)
	}
}

func TestWithoutAGuessThereIsNoColumn(t *testing.T) {
	cases := []Case{fixed("a", 4*time.Millisecond, 1), fixed("b", 2*time.Millisecond, 1)}
	for _, opts := range [][]Option{nil, {Guess("b", 0)}} {
		if got := Compare(cases, opts...).DataFrame().Names(); slices.Contains(got, "speedup guess") || slices.Contains(got, "speedup guess off %") {
			t.Errorf("columns %q", got)
		}
	}
}

func TestTheHistoryHasTheColumnsThatARunHad(t *testing.T) {
	elsewhere(t)
	cases := []Case{fixed("a", 4*time.Millisecond, 1), fixed("b", 2*time.Millisecond, 1)}
	Compare(cases, Record("guesses", nil))
	Compare(cases, Record("guesses", nil), Guess("b", 2))
	df := History("guesses", "b")
	if got := df.Col("speedup guess").Float(); len(got) != 2 || !math.IsNaN(got[0]) || got[1] != 2 {
		t.Errorf("guesses %v", got)
	}
	if slices.Contains(df.Names(), "min ms") {
		t.Errorf("no run had a minimum: %q", df.Names())
	}
}
