package timing

import (
	"math"
	"strings"
	"testing"
	"time"
)

// clock is a simulated one: reading it takes 50 ns, calling Run 2 ns.
type clock struct{ at time.Duration }

func simulateClock(t *testing.T) *clock {
	c := &clock{}
	oldNow, oldCost := now, callCost
	start := time.Now()
	now = func() time.Time {
		c.at += 50
		return start.Add(c.at)
	}
	callCost = func() float64 { return 2 }
	t.Cleanup(func() { now, callCost = oldNow, oldCost })
	return c
}

// takes is a case whose Run takes so long, besides its call.
func (c *clock) takes(name string, d time.Duration) Case {
	return Case{Name: name, Run: func() (any, error) {
		c.at += d + 2
		return 1, nil
	}}
}

func TestClockAndCallsAreLessThanOnePercentOfATime(t *testing.T) {
	clock := simulateClock(t)
	durations := []time.Duration{10 * time.Nanosecond, 20 * time.Nanosecond, 2 * time.Microsecond, 200 * time.Microsecond, 20 * time.Millisecond}
	var cases []Case
	for _, d := range durations {
		cases = append(cases, clock.takes(d.String(), d))
	}
	c := Compare(cases)
	df := c.DataFrame()
	for i, d := range durations {
		if got := df.Col("median ms").Elem(i).Float() * 1e6; math.Abs(got/float64(d)-1) > 0.01 {
			t.Errorf("%v is measured as %v ns", d, got)
		}
		if got := verdictOf(t, c, d.String()); strings.Contains(got, "too short") {
			t.Errorf("%v: %q", d, got)
		}
	}
	if got := c.Caption(); !strings.Contains(got, "Runs of less than 1 ms were repeated within a round.") {
		t.Errorf("caption %q", got)
	}
}

func TestARunThatIsHardlyMoreThanItsCallIsTooShort(t *testing.T) {
	clock := simulateClock(t)
	c := Compare([]Case{clock.takes("short", 5), clock.takes("nothing", 0)})
	for _, name := range []string{"short", "nothing"} {
		if got := verdictOf(t, c, name); !strings.Contains(got, "too short to time well") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestACaseWithASetupIsRunOnceForEach(t *testing.T) {
	ready, runs := 0, 0
	c := Compare([]Case{{Name: "a",
		Setup: func() (func(), error) { ready++; return nil, nil },
		Run:   func() (any, error) { runs++; return 1, nil },
	}}, Rounds(6))
	if ready != runs || runs != 7 { // one of them to warm up
		t.Errorf("%d times set up, %d times run", ready, runs)
	}
	if got := verdictOf(t, c, "a"); !strings.Contains(got, "too short to time well") {
		t.Errorf("verdict %q", got)
	}
}

func TestFiguresOfARepeatedCaseAreThoseOfOneRun(t *testing.T) {
	var kept []*int
	c := Compare([]Case{{Name: "a", Run: func() (any, error) {
		kept = []*int{new(int), new(int), new(int)}
		return 1, nil
	}}}, Rounds(6))
	// The slice and its three elements. What else runs here may allocate too.
	if got := c.DataFrame().Col("allocs").Elem(0).Float(); got != 4 {
		t.Errorf("%v allocations, want 4", got)
	}
	_ = kept
}

func TestARepeatedCaseThatFailsIsGivenUp(t *testing.T) {
	runs := 0
	c := Compare([]Case{{Name: "a", Run: func() (any, error) {
		if runs++; runs == 1000 {
			panic("boom")
		}
		return 1, nil
	}}})
	if got := verdictOf(t, c, "a"); got != "base; panicked: boom" {
		t.Errorf("got %q", got)
	}
}

// BenchmarkShort has Compare measure a case of about 20 ns, which a plain loop
// measures, too: "ns-measured" must be close to "ns-loop".
func BenchmarkShort(b *testing.B) {
	spin := func() (any, error) {
		x := uint64(1)
		for range 20 {
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
		}
		if x == 0 {
			return x, nil
		}
		return nil, nil
	}
	for b.Loop() {
		least := math.Inf(1)
		for range 20 {
			begin := time.Now()
			_, _ = repeat(100_000, spin)
			least = min(least, float64(time.Since(begin))/100_000-callCost())
		}
		b.ReportMetric(least, "ns-loop")
		c := Compare([]Case{{Name: "short", Run: spin}}, Minimum())
		b.ReportMetric(c.DataFrame().Col("min ms").Elem(0).Float()*1e6, "ns-measured")
	}
}
