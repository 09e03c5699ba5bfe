package timing

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func TestTheSpeedupIsThatOfTheRounds(t *testing.T) {
	// By hand: of 2, 2, 2, 4 and 8 the first and the last are left out; the mean
	// of the logarithms to base 2 is 4/3. As the outermost that are left count 1,
	// 1, 1, 2, 2, whose squared distances from 7/5 add up to 6/5; the standard
	// error is the root of (6/5)/(3*2), and Student's t for 2 degrees is 4.303.
	logs := []float64{math.Log(4), math.Log(2), math.Log(8), math.Log(2), math.Log(2)}
	got := speedupOf(logs, 0.95)
	reach := 4.302653 * math.Sqrt(0.2) * math.Ln2
	middle := 4.0 / 3 * math.Ln2
	for name, v := range map[string][2]float64{
		"value": {got.value, math.Exp(middle)}, "low": {got.low, math.Exp(middle - reach)}, "high": {got.high, math.Exp(middle + reach)},
	} {
		if math.Abs(v[0]/v[1]-1) > 1e-6 {
			t.Errorf("%s is %v, want %v", name, v[0], v[1])
		}
	}
	if logs[0] != math.Log(4) {
		t.Error("the rounds were sorted in place")
	}
}

// phases is a machine that is a tenth as fast in each second round.
func phases(times ...time.Duration) []Case {
	var cases []Case
	for i, d := range times {
		n := 0
		cases = append(cases, Case{Name: string(rune('a' + i)), Measure: func() (Measurement, error) {
			n++
			return Measurement{Elapsed: d * time.Duration(1+9*(n%2)), Result: 1}, nil
		}})
	}
	return cases
}

func TestASlowPhaseThatHitsBothRunsOfARoundCancelsOut(t *testing.T) {
	c := Compare(phases(2*time.Millisecond, time.Millisecond), Rounds(8))
	row := table(t, c)["b"]
	if row["speedup"] != "2.000000" || row["speedup low"] != "2.000000" || row["speedup high"] != "2.000000" {
		t.Errorf("speedup %s [%s to %s], want 2 in every round", row["speedup"], row["speedup low"], row["speedup high"])
	}
	if want := "2.00 times as fast (2.00 to 2.00)"; row["verdict"] != want {
		t.Errorf("verdict %q, want %q", row["verdict"], want)
	}
	if row["low ms"] != "1.000000" || row["high ms"] != "10.000000" {
		t.Errorf("the times are from %s to %s ms, want from 1 to 10", row["low ms"], row["high ms"])
	}
}

func TestTwoSamplesGiveATimeAndNoSpeedup(t *testing.T) {
	c := Compare([]Case{fixed("a", 2*time.Millisecond, 1), fixed("b", time.Millisecond, 1)}, Rounds(2))
	row := table(t, c)["b"]
	if row["median ms"] != "1.000000" || row["speedup"] != "NaN" || row["efficiency"] != "NaN" || row["verdict"] != "too few samples" {
		t.Errorf("got %v", row)
	}
	c = Compare([]Case{fixed("a", 2*time.Millisecond, 1), fixed("b", time.Millisecond, 1)}, Rounds(3))
	row = table(t, c)["b"]
	if row["speedup"] != "2.000000" || row["speedup low"] != "2.000000" || row["verdict"] != "2.00 times as fast (2.00 to 2.00)" {
		t.Errorf("with three: %v", row)
	}
}

func TestASmallDifferenceIsNone(t *testing.T) {
	at := func(d time.Duration, opts ...Option) string {
		c := Compare([]Case{fixed("a", 100*time.Millisecond, 1), fixed("b", d, 1)}, append(opts, Rounds(6))...)
		return verdictOf(t, c, "b")
	}
	for _, c := range []struct {
		took time.Duration
		opts []Option
		want string
	}{
		{99 * time.Millisecond, nil, "no difference seen: within 2%"},
		{101 * time.Millisecond, nil, "no difference seen: within 1%"},
		{97 * time.Millisecond, nil, "1.03 times as fast (1.03 to 1.03)"},
		{103 * time.Millisecond, nil, "slower: 0.971 times as fast (0.971 to 0.971)"},
		{97 * time.Millisecond, []Option{Difference(0.05)}, "no difference seen: within 4%"},
		{99 * time.Millisecond, []Option{Difference(0)}, "1.01 times as fast (1.01 to 1.01)"},
	} {
		if got := at(c.took, c.opts...); got != c.want {
			t.Errorf("%v against 100ms: %q, want %q", c.took, got, c.want)
		}
	}
}

// A single slow run is no reason to see no difference.
func TestOneSlowRunDoesNotHideADifference(t *testing.T) {
	n := 0
	c := Compare([]Case{fixed("a", 100*time.Millisecond, 1), {Name: "b", Measure: func() (Measurement, error) {
		d := time.Duration(50+n%3) * time.Millisecond
		if n++; n == 5 {
			d = time.Second
		}
		return Measurement{Elapsed: d, Result: 1}, nil
	}}}, Rounds(8))
	if got := verdictOf(t, c, "b"); !strings.HasPrefix(got, "1.9") {
		t.Errorf("got %q", got)
	}
}

// TestOneOfManyRowsIsNotCertain has the same figures in a table of two rows and in one of thirteen.
func TestOneOfManyRowsIsNotCertain(t *testing.T) {
	for rows, want := range map[int]string{1: "1.09 times as fast (", 12: "not certain in a table of 13 rows: 1.09 times as fast ("} {
		cases := []Case{fixed("base", 10*time.Millisecond, 1)}
		for i := range rows {
			n := 0
			cases = append(cases, Case{Name: fmt.Sprint(i), Measure: func() (Measurement, error) {
				n++
				return Measurement{Elapsed: []time.Duration{8400, 8600, 8800, 9400, 9900, 10100}[n%6] * time.Microsecond, Result: 1}, nil
			}})
		}
		c := Compare(cases, Rounds(8))
		if got := verdictOf(t, c, "0"); !strings.HasPrefix(got, want) {
			t.Errorf("%d rows: %q, want %s", rows+1, got, want)
		}
	}
}
