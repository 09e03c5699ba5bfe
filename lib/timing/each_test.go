package timing

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEachHasTheTimesOfOneStep(t *testing.T) {
	thousand := fixed("a thousand steps", 3*time.Millisecond, 1)
	thousand.Steps = 1000
	df := Compare([]Case{fixed("one step", 2*time.Millisecond, 1), thousand}).Each("addition", "µs")
	if i := slices.Index(df.Names(), "addition µs"); i < 0 || !slices.Equal(df.Names()[i:i+3], []string{"addition µs", "low µs", "high µs"}) {
		t.Fatalf("columns %q", df.Names())
	}
	for _, name := range []string{"addition µs", "low µs", "high µs"} {
		if got := df.Col(name).Float(); got[0] != 2000 || got[1] != 3 {
			t.Errorf("%s: %v, want 2000 and 3", name, got)
		}
	}
}

func TestEachLeavesTheOtherColumns(t *testing.T) {
	c := Compare([]Case{fixed("a", time.Millisecond, 1)})
	each, all := c.Each("step", "ms"), c.DataFrame()
	for _, name := range all.Names() {
		if name != "median ms" && !slices.Equal(each.Col(name).Records(), all.Col(name).Records()) {
			t.Errorf("%s: %q, want %q", name, each.Col(name).Records(), all.Col(name).Records())
		}
	}
}

func TestEachNeedsAKnownUnit(t *testing.T) {
	defer func() {
		if said, _ := recover().(string); !strings.Contains(said, "ms, µs or ns") {
			t.Errorf("panic %q", said)
		}
	}()
	Compare([]Case{fixed("a", time.Millisecond, 1)}).Each("step", "min")
}
