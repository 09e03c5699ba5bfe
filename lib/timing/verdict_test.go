package timing

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestVerdicts(t *testing.T) {
	many := fixed("many", time.Millisecond, 1)
	many.Workers = runtime.NumCPU() + 1
	rounds := 0
	noisy := Case{Name: "noisy", Measure: func() (Measurement, error) {
		rounds++
		return Measurement{Result: 1, Elapsed: time.Duration(rounds) * 10 * time.Millisecond}, nil
	}}
	unsure := Case{Name: "unsure", Measure: func() (Measurement, error) {
		rounds++
		return Measurement{Result: 1, Elapsed: time.Duration(1+3*(rounds%2)) * 800 * time.Microsecond}, nil
	}}
	wavers := Case{Name: "wavers", Measure: func() (Measurement, error) {
		rounds++
		return Measurement{Result: rounds, Elapsed: time.Millisecond}, nil
	}}
	c := Compare([]Case{
		fixed("serial", 2*time.Millisecond, 1), fixed("fast", time.Millisecond, 1), fixed("slow", 3*time.Millisecond, 1),
		fixed("same", 2*time.Millisecond, 1), fixed("lies", time.Millisecond, 2), fixed("short", time.Microsecond, 1),
		many, noisy, wavers, unsure,
	}, Rounds(12))
	for name, want := range map[string]string{
		"serial": "base",
		"fast":   "2.00 times as fast (2.00 to 2.00)",
		"slow":   "slower: 0.667 times as fast (0.667 to 0.667)",
		"same":   "no difference seen: within 1%",
		"lies":   "wrong answer, not that of serial",
		"short":  "2,000 times as fast (2,000 to 2,000); too short to time well",
		"many":   "2.00 times as fast (2.00 to 2.00); more workers than cores",
	} {
		if got := verdictOf(t, c, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := verdictOf(t, c, "unsure"); !strings.HasPrefix(got, "cannot tell: 0.") {
		t.Errorf("unsure: %q", got)
	}
	if got := verdictOf(t, c, "noisy"); !strings.HasPrefix(got, "slower: ") || !strings.HasSuffix(got, "; unstable") || !strings.Contains(got, " times as slow (") {
		t.Errorf("noisy: %q", got)
	}
	if got := verdictOf(t, c, "wavers"); !strings.HasPrefix(got, "wrong: the answer is not the same in every round") {
		t.Errorf("wavers: %q", got)
	}
}
