package timeaxis

import (
	"strings"
	"testing"
	"time"
)

func TestTimesHaveThreeDigitsAndAUnit(t *testing.T) {
	for d, want := range map[time.Duration]string{
		999: "999 ns", 1500: "1.50 µs", 12_340_000: "12.3 ms", 2 * time.Second: "2.00 s",
	} {
		if got := Text(d); got != want {
			t.Errorf("%d is %q, want %q", d, got, want)
		}
	}
}

func TestTheAxisReachesFromZeroToTheEnd(t *testing.T) {
	var b strings.Builder
	Draw(&b, 10*time.Millisecond, 100, 600, 50)
	for _, want := range []string{`<text x="100.0" y="66.0" text-anchor="middle" fill="currentColor">0</text>`,
		`<text x="600.0" y="66.0" text-anchor="middle" fill="currentColor">10</text>`, "time, ms"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is missing in %s", want, b.String())
		}
	}
}
