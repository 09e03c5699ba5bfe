package timing

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// withFree has Compare find so many cores free, the first time and the next.
func withFree(t *testing.T, before, after float64) {
	t.Helper()
	old, procs := freeCores, runtime.GOMAXPROCS(2)
	answers := []float64{before, after}
	freeCores = func(int) float64 {
		free := answers[0]
		answers = answers[1:]
		return free
	}
	t.Cleanup(func() { freeCores = old; runtime.GOMAXPROCS(procs) })
}

func twoWorkers() *Comparison {
	two := fixed("two", time.Millisecond, 1)
	two.Workers = 2
	return Compare([]Case{fixed("one", time.Millisecond, 1), two}, Rounds(6))
}

func TestTheVerdictSaysThatCoresWereNotFree(t *testing.T) {
	if runtime.NumCPU() < 2 {
		t.Skip("one core: there is nothing that several workers could have")
	}
	for _, c := range []struct {
		name          string
		before, after float64
		busy          bool
		caption       string
	}{
		{"free", 1.98, 1.97, false, "Of 2 cores 1.97 were free."},
		{"busy before", 1.1, 2, true, "Of 2 cores 1.10 were free."},
		{"busy after", 2, 1.2, true, "Of 2 cores 1.20 were free."},
	} {
		t.Run(c.name, func(t *testing.T) {
			withFree(t, c.before, c.after)
			comparison := twoWorkers()
			if got := strings.Contains(verdictOf(t, comparison, "two"), "cores were free"); got != c.busy {
				t.Errorf("verdict %q", verdictOf(t, comparison, "two"))
			}
			if c.busy && !strings.HasPrefix(verdictOf(t, comparison, "two"), comparison.Busy()+"; ") {
				t.Errorf("the verdict %q does not begin with what takes the rest back", verdictOf(t, comparison, "two"))
			}
			if got := comparison.Busy(); (got != "") != c.busy || c.busy && !strings.HasSuffix(got, " of 2 cores were free") {
				t.Errorf("Busy is %q", got)
			}
			if strings.Contains(verdictOf(t, comparison, "one"), "cores") {
				t.Errorf("one worker needs one core only: %q", verdictOf(t, comparison, "one"))
			}
			if !strings.Contains(comparison.Caption(), c.caption) {
				t.Errorf("caption %q", comparison.Caption())
			}
		})
	}
}

func TestOneWorkerNeedsOneCore(t *testing.T) {
	for free, want := range map[float64]string{1: "", 0.4: "base; 0.4 of 1 core was free"} {
		withFree(t, free, free)
		c := Compare([]Case{fixed("one", time.Millisecond, 1)}, Rounds(6))
		if got := verdictOf(t, c, "one"); want == "" && got != "base" || want != "" && got != want {
			t.Errorf("%v of a core: verdict %q", free, got)
		}
		if strings.Contains(c.Caption(), "was free") != (want != "") {
			t.Errorf("%v of a core: caption %q", free, c.Caption())
		}
	}
}

func TestWorkersThatWaitNeedNoCores(t *testing.T) {
	withFree(t, 1, 1)
	many := fixed("many", time.Millisecond, 1)
	many.Workers, many.Waits = 100, true
	c := Compare([]Case{fixed("one", 2*time.Millisecond, 1), many}, Rounds(6))
	if got := verdictOf(t, c, "many"); got != "2.00 times as fast (2.00 to 2.00)" {
		t.Errorf("verdict %q", got)
	}
	if strings.Contains(c.Caption(), "workers than") {
		t.Errorf("caption %q", c.Caption())
	}
}

func TestTheCaptionSaysWhenThereAreMoreWorkersThanCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if got := twoWorkers().Caption(); !strings.HasSuffix(got, "More workers than 1 core cannot compute faster here.") {
		t.Errorf("caption %q", got)
	}
}
