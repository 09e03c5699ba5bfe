package timing

import (
	"strings"
	"testing"
	"time"
)

func TestATimeHasAnIntervalFromSixRoundsOn(t *testing.T) {
	c := Compare([]Case{fixed("a", time.Millisecond, 1)}, Rounds(5))
	if row := table(t, c)["a"]; row["low ms"] != "NaN" || row["high ms"] != "NaN" || row["rounds"] != "5" || row["verdict"] != "base; too few samples" {
		t.Errorf("got %v", row)
	}
	c = Compare([]Case{fixed("a", time.Millisecond, 1)}, Rounds(6))
	if row := table(t, c)["a"]; row["low ms"] != "1.000000" || row["high ms"] != "1.000000" {
		t.Errorf("6 rounds have an interval: got %v", row)
	}
}

// Each round of a base and its cases gives speedups: they have the same rounds,
// however long each takes. Others have their own share of the budget.
func TestABaseAndItsCasesHaveTheSameRounds(t *testing.T) {
	takes := map[string]time.Duration{"slow": 9, "quick": 1, "of quick": 2, "apart": 1, "of apart": 1, "alone": 1}
	bases := map[string]string{"slow": "slow", "quick": "slow", "of quick": "quick", "apart": "apart", "of apart": "apart", "alone": "alone"}
	var cases []Case
	for _, name := range []string{"slow", "quick", "of quick", "apart", "of apart", "alone"} {
		cases = append(cases, Case{Name: name, Base: bases[name], Run: func() (any, error) { return nil, nil }})
	}
	s := defaults()
	s.budget = 600
	rows := newRows(cases)
	schedule := newSchedule(rows, s)
	for again := schedule.next(); len(again) > 0; again = schedule.next() {
		for i, r := range again {
			r.used += takes[r.Name]
			r.samples.wall = append(r.samples.wall, float64(1+(i+1)*len(r.samples.wall)%7)) // it never settles
		}
	}
	for _, r := range rows {
		want := 25 // 300 of the budget, 12 for a round
		switch r.Name {
		case "apart", "of apart":
			want = 100 // 200, 2 for a round
		case "alone":
			want = 100
		}
		if got := len(r.samples.wall); got != want {
			t.Errorf("%s: %d rounds, want %d", r.Name, got, want)
		}
	}
}

func TestTheTimeLeftCountsTheRoundsThatMustBe(t *testing.T) {
	const s = time.Second
	run := func() (any, error) { return nil, nil }
	for _, c := range []struct {
		name         string
		warm, budget time.Duration
		rounds       int
		want         time.Duration
	}{
		{"six rounds of two cases take longer than the budget", s, 4 * s, 0, 12 * s},
		{"three rounds of long cases", 2 * s, 5 * s, 0, 12 * s},
		{"the budget", s / 100, 4 * s, 0, 4 * s},
		{"a fixed number of rounds", s, 4 * s, 2, 4 * s},
	} {
		settings := defaults()
		settings.budget, settings.rounds = c.budget, c.rounds
		rows := newRows([]Case{{Name: "a", Run: run}, {Name: "b", Run: run}})
		for _, r := range rows {
			r.warm = c.warm
		}
		if got := newSchedule(rows, settings).left(); got != c.want {
			t.Errorf("%s: %v left, want %v", c.name, got, c.want)
		}
	}
}

func TestSteadyCasesStopAtSixRounds(t *testing.T) {
	c := Compare([]Case{fixed("a", time.Millisecond, 1), fixed("b", 2*time.Millisecond, 1)})
	for name, row := range table(t, c) {
		if row["rounds"] != "6" {
			t.Errorf("%s: %s rounds", name, row["rounds"])
		}
	}
}

func TestTheBudgetEndsACaseThatNeverSettles(t *testing.T) {
	n := 0
	c := Compare([]Case{{Name: "a", Measure: func() (Measurement, error) {
		n++
		time.Sleep(5 * time.Millisecond)
		return Measurement{Elapsed: time.Duration(1+n%2) * time.Second}, nil
	}}}, Budget(300*time.Millisecond))
	if n <= minRounds || n > maxRounds {
		t.Errorf("%d runs", n)
	}
	if got := verdictOf(t, c, "a"); got != "base; unstable" {
		t.Errorf("verdict %q", got)
	}
}

func TestACaseOverTheWholeBudgetIsCutShortAndSaysSo(t *testing.T) {
	c := Compare([]Case{{Name: "a", Run: func() (any, error) {
		time.Sleep(20 * time.Millisecond)
		return nil, nil
	}}}, Budget(time.Millisecond))
	if row := table(t, c)["a"]; row["rounds"] != "3" || row["verdict"] != "base; too few samples" {
		t.Errorf("got %v", row)
	}
}

func TestRoundsAreInterleaved(t *testing.T) {
	var order strings.Builder
	note := func(name string) Case {
		return Case{Name: name, Measure: func() (Measurement, error) {
			order.WriteString(name)
			return Measurement{Elapsed: time.Millisecond}, nil
		}}
	}
	Compare([]Case{note("a"), note("b"), note("c")}, Rounds(20))
	got := order.String()
	if !strings.HasPrefix(got, "abc") {
		t.Errorf("the warm-up is not once each: %s", got)
	}
	orders := map[string]bool{}
	for i := 3; i < len(got); i += 3 {
		orders[got[i:i+3]] = true
		for _, name := range []string{"a", "b", "c"} {
			if !strings.Contains(got[i:i+3], name) {
				t.Errorf("round %d lacks %s: %s", i/3, name, got)
			}
		}
	}
	// The same order 20 times: one chance in 6^19.
	if len(orders) < 2 {
		t.Errorf("the order does not change: %s", got)
	}
}
