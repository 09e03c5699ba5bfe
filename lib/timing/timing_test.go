package timing

import (
	"errors"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	freeCores = func(n int) float64 { return float64(n) } // whatever else runs here
	goleak.VerifyTestMain(m)
}

// fixed is a case that reports the same time in each round.
func fixed(name string, d time.Duration, result any) Case {
	return Case{Name: name, Measure: func() (Measurement, error) {
		return Measurement{Result: result, Elapsed: d}, nil
	}}
}

// table is the DataFrame as text, by case and column.
func table(t *testing.T, c *Comparison) map[string]map[string]string {
	t.Helper()
	df := c.DataFrame()
	if df.Err != nil {
		t.Fatal(df.Err)
	}
	rows := map[string]map[string]string{}
	records := df.Records()
	for _, r := range records[1:] {
		rows[r[0]] = map[string]string{}
		for i, name := range records[0] {
			rows[r[0]][name] = r[i]
		}
	}
	return rows
}

func verdict(t *testing.T, c *Comparison, name string) string {
	t.Helper()
	return table(t, c)[name]["verdict"]
}

func TestTheColumnsAndTheirOrder(t *testing.T) {
	df := Compare([]Case{fixed("a", time.Millisecond, 1)}).DataFrame()
	want := []string{"case", "workers", "rounds", "median ms", "low ms", "high ms", "outliers", "start ms", "cpu ms", "allocs", "speedup", "speedup low", "speedup high", "efficiency", "result", "verdict"}
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

// plainText are values of one text.
type plainText struct{ N int }

func (plainText) MarshalText() ([]byte, error) { return nil, nil }

// ringed is one of a list.
type ringed struct {
	N    int
	Next *ringed
}

func listOf(n, last int) *ringed {
	l := &ringed{N: last}
	for range n - 1 {
		l = &ringed{Next: l}
	}
	return l
}

func TestOnlyTheSameAnswersCountAsTheSame(t *testing.T) {
	now := time.Now()
	for name, answers := range map[string][2]any{
		"integers of two types": {[]int{1}, []int64{1}},
		"times":                 {now, now.Round(0)},
		"long lists":            {listOf(1000, 1), listOf(1000, 1)},
	} {
		c := Compare([]Case{fixed("base", time.Millisecond, answers[0]), fixed("other", time.Millisecond, answers[1])}, Rounds(6))
		if got := verdict(t, c, "other"); got != "no difference seen" {
			t.Errorf("%s: %q", name, got)
		}
	}
	for name, answers := range map[string][2]any{
		"the same text":              {plainText{1}, plainText{2}},
		"the last of a long list":    {listOf(1000, 1), listOf(1000, 2)},
		"where strings end":          {[]string{"a", "bc"}, []string{"ab", "c"}},
		"the signs of zeros":         {0.0, math.Copysign(0, -1)},
		"what float32 cannot hold":   {float32(0.1), 0.1},
		"a text and a list, as text": {"[1 2]", []int{1, 2}},
	} {
		c := Compare([]Case{fixed("base", time.Millisecond, answers[0]), fixed("other", time.Millisecond, answers[1])}, Rounds(6))
		if got := verdict(t, c, "other"); got != "wrong answer, not that of base" {
			t.Errorf("%s: %q", name, got)
		}
	}
	rounds := 0
	c := Compare([]Case{{Name: "wavers", Measure: func() (Measurement, error) {
		rounds++
		return Measurement{Result: plainText{rounds}, Elapsed: time.Millisecond}, nil
	}}}, Rounds(6))
	if got := verdict(t, c, "wavers"); !strings.Contains(got, "the answer is not the same in every round") {
		t.Errorf("got %q", got)
	}
}

func TestVerdicts(t *testing.T) {
	many := fixed("many", time.Millisecond, 1)
	many.Workers = runtime.NumCPU() + 1
	rounds := 0
	noisy := Case{Name: "noisy", Measure: func() (Measurement, error) {
		rounds++
		return Measurement{Result: 1, Elapsed: time.Duration(rounds) * 10 * time.Millisecond}, nil
	}}
	wavers := Case{Name: "wavers", Measure: func() (Measurement, error) {
		rounds++
		return Measurement{Result: rounds, Elapsed: time.Millisecond}, nil
	}}
	c := Compare([]Case{
		fixed("serial", 2*time.Millisecond, 1), fixed("fast", time.Millisecond, 1), fixed("slow", 3*time.Millisecond, 1),
		fixed("same", 2*time.Millisecond, 1), fixed("lies", time.Millisecond, 2), fixed("short", time.Microsecond, 1),
		many, noisy, wavers,
	}, Rounds(12))
	for name, want := range map[string]string{
		"serial": "base",
		"fast":   "faster",
		"slow":   "slower than serial",
		"same":   "no difference seen",
		"lies":   "wrong answer, not that of serial",
		"short":  "faster; too short to time well",
		"many":   "faster; more workers than cores",
		"noisy":  "slower than serial; unstable",
	} {
		if got := verdict(t, c, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := verdict(t, c, "wavers"); !strings.HasPrefix(got, "wrong: the answer is not the same in every round") {
		t.Errorf("wavers: %q", got)
	}
}

func TestWithLessThanSixRoundsThereIsNoInterval(t *testing.T) {
	c := Compare([]Case{fixed("a", time.Millisecond, 1), fixed("b", 2*time.Millisecond, 1)}, Rounds(5))
	row := table(t, c)["b"]
	if row["low ms"] != "NaN" || row["high ms"] != "NaN" || row["rounds"] != "5" {
		t.Errorf("got %v", row)
	}
	if got := row["verdict"]; got != "too few samples" {
		t.Errorf("verdict %q", got)
	}
	c = Compare([]Case{fixed("a", time.Millisecond, 1)}, Rounds(6))
	if row := table(t, c)["a"]; row["low ms"] != "1.000000" || row["high ms"] != "1.000000" {
		t.Errorf("6 rounds have an interval: got %v", row)
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
	if got := verdict(t, c, "a"); got != "base; unstable" {
		t.Errorf("verdict %q", got)
	}
}

func TestACaseOverTheWholeBudgetIsCutShortAndSaysSo(t *testing.T) {
	c := Compare([]Case{{Name: "a", Run: func() (any, error) {
		time.Sleep(20 * time.Millisecond)
		return nil, nil
	}}}, Budget(time.Millisecond))
	if row := table(t, c)["a"]; row["rounds"] != "1" || row["verdict"] != "base; too few samples" {
		t.Errorf("got %v", row)
	}
}

func TestFailingCasesLeaveTheOtherRowsStanding(t *testing.T) {
	runs := 0
	c := Compare([]Case{
		fixed("good", time.Millisecond, 1),
		{Name: "error", Run: func() (any, error) { return nil, errors.New("no disk\nmore") }},
		{Name: "panic", Run: func() (any, error) { panic("boom") }},
		{Name: "exit", Run: func() (any, error) { runtime.Goexit(); return nil, nil }},
		{Name: "setup", Setup: func() (func(), error) { return nil, errors.New("no port") }, Run: func() (any, error) { return 1, nil }},
		{Name: "stop", Setup: func() (func(), error) { return func() { panic("at stop") }, nil }, Run: func() (any, error) { return 1, nil }},
		{Name: "late", Run: func() (any, error) {
			if runs++; runs == 4 {
				return nil, errors.New("the fourth time")
			}
			return 1, nil
		}},
		{Name: "no time", Measure: func() (Measurement, error) { return Measurement{}, nil }},
		fixed("also good", time.Millisecond, 1),
	})
	for name, want := range map[string]string{
		"good":      "base",
		"error":     "failed: no disk",
		"panic":     "panicked: boom",
		"exit":      "failed: ended its goroutine (runtime.Goexit)",
		"setup":     "failed: setup: no port",
		"stop":      "panicked: at stop",
		"late":      "failed: the fourth time",
		"no time":   "failed: measured an elapsed time of 0s and a start of 0s",
		"also good": "no difference seen",
	} {
		row := table(t, c)[name]
		if row["verdict"] != want {
			t.Errorf("%s: %q, want %q", name, row["verdict"], want)
		}
		if !strings.Contains(name, "good") && row["median ms"] != "NaN" {
			t.Errorf("%s failed and has a median, %s", name, row["median ms"])
		}
	}
	if err := c.Err(); err == nil || !strings.Contains(err.Error(), "timing_test.go") {
		t.Errorf("Err has no stack of the panic: %v", err)
	}
}

func TestAFailedBaseLeavesNothingToCompareWith(t *testing.T) {
	c := Compare([]Case{
		{Name: "base", Run: func() (any, error) { return nil, errors.New("no") }},
		fixed("a", time.Millisecond, 1),
	})
	if got := verdict(t, c, "a"); got != "nothing to compare with: base has no result" {
		t.Errorf("got %q", got)
	}
	if got := verdict(t, c, "base"); got != "base; failed: no" {
		t.Errorf("got %q", got)
	}
}

func TestACaseThatDoesNotReturnIsLeftToItself(t *testing.T) {
	release, ended := make(chan bool), make(chan bool)
	c := Compare([]Case{
		{Name: "stuck", Run: func() (any, error) { <-release; close(ended); return nil, nil }},
		fixed("a", time.Millisecond, 1),
	}, Limit(time.Second))
	if got := verdict(t, c, "stuck"); got != "base; did not return in 1s" {
		t.Errorf("got %q", got)
	}
	if got := verdict(t, c, "a"); !strings.HasSuffix(got, "measured while stuck still ran") {
		t.Errorf("got %q", got)
	}
	close(release)
	<-ended
}

func TestAnInterruptKeepsWhatThereIs(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a program cannot interrupt itself on Windows")
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	release, ended := make(chan bool), make(chan bool)
	c := Compare([]Case{{Name: "a", Run: func() (any, error) {
		if n++; n == 5 { // the warm-up is one of them
			_ = self.Signal(os.Interrupt)
			<-release
			close(ended)
		}
		return 1, nil
	}}}, Rounds(100))
	if row := table(t, c)["a"]; row["rounds"] != "3" || !strings.HasSuffix(row["verdict"], "interrupted") {
		t.Errorf("got %v", row)
	}
	if !strings.HasSuffix(c.Caption(), "Interrupted.") {
		t.Errorf("caption %q", c.Caption())
	}
	close(release)
	<-ended
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

func TestMisusePanicsWithThePackagesName(t *testing.T) {
	ok := fixed("a", 1, 1)
	for want, f := range map[string]func(){
		"timing: Compare: no cases given":                           func() { Compare(nil) },
		"timing: Compare: case 0 has no name":                       func() { Compare([]Case{fixed("", 1, 1)}) },
		`timing: Compare: two cases are named "a"`:                  func() { Compare([]Case{ok, ok}) },
		`timing: Compare: case "a" must have either Run or Measure`: func() { Compare([]Case{{Name: "a"}}) },
		`timing: Compare: case "a": workers must not be negative, got -1`: func() {
			bad := ok
			bad.Workers = -1
			Compare([]Case{bad})
		},
		`timing: Compare: case "a" has the base "b", and no case is named so`: func() {
			bad := ok
			bad.Base = "b"
			Compare([]Case{bad})
		},
		"timing: Rounds: must be at least 1, got 0":  func() { Rounds(0) },
		"timing: Budget: must be positive, got 0s":   func() { Budget(0) },
		"timing: Limit: must be positive, got -1s":   func() { Limit(-time.Second) },
		"timing: Target: must be positive, got NaN":  func() { Target(math.NaN()) },
		"timing: Target: must be positive, got -0.5": func() { Target(-0.5) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("got panic %v, want %q", got, want)
				}
			}()
			f()
		}()
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

func TestTheCaptionHoldsTheFacts(t *testing.T) {
	f := Facts{version: "1.26.8", platform: "linux/amd64", cpu: "Some CPU", cores: 2, procs: 1, load: "0.50", commit: "abc1234", cgroup: cgroup{known: true, quota: 1.5}}
	want := "Go 1.26.8 on linux/amd64, Some CPU, 2 cores, GOMAXPROCS 1, cgroup quota of 1.5 cores, load 0.50 at the start, commit abc1234"
	if f.String() != want {
		t.Errorf("got %q", f)
	}
	f = Facts{version: "1.26.8", platform: "linux/amd64", cores: 1, procs: 1, cgroup: cgroup{known: true}}
	if want := "Go 1.26.8 on linux/amd64, 1 core, GOMAXPROCS 1, no cgroup quota"; f.String() != want {
		t.Errorf("got %q", f)
	}
	c := Compare([]Case{fixed("a", time.Millisecond, 1)})
	if got := c.Caption(); !strings.HasSuffix(got, "Medians and their 95% intervals, of 6 rounds in random order after a warm-up.") {
		t.Errorf("got %q", got)
	}
}

// BenchmarkOverhead measures what Compare adds to the time of a case that
// does nothing, in ns as Compare itself sees it.
func BenchmarkOverhead(b *testing.B) {
	for b.Loop() {
		c := Compare([]Case{{Name: "nothing", Run: func() (any, error) { return nil, nil }}}, Rounds(100))
		b.ReportMetric(c.DataFrame().Col("median ms").Elem(0).Float()*1e6, "ns-measured")
	}
}
