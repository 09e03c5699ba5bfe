package exercise

import (
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// solution must pass its check, and leave no goroutine.
func solution(t *testing.T, check func() Verdict, wants ...string) {
	t.Helper()
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	old := raceTime
	defer func() { raceTime = old }()
	raceTime = 50 * time.Millisecond
	v := check()
	if !v.Right() || !strings.HasPrefix(v.String(), "Right: ") {
		t.Errorf("the solution is refused: %v", v)
	}
	for _, want := range wants {
		if !strings.Contains(v.String(), want) {
			t.Errorf("%q is missing in: %v", want, v)
		}
	}
}

// hurried has checks of wrong answers wait less long for what does not come,
// and look less long for races.
func hurried(t *testing.T) {
	oldGrace, oldTime := grace, raceTime
	grace, raceTime = 300*time.Millisecond, 50*time.Millisecond
	t.Cleanup(func() { grace, raceTime = oldGrace, oldTime })
}

// impatient has checks wait less long for attempts that do not return.
func impatient(t *testing.T) {
	old := patience
	patience = 500 * time.Millisecond
	t.Cleanup(func() { patience = old })
}

// coresFree has checks believe that two cores are free, or are not.
func coresFree(t *testing.T, free bool) {
	old := twoCoresFree
	twoCoresFree = func() bool { return free }
	t.Cleanup(func() { twoCoresFree = old })
}

// wrong is an attempt that must be refused, in words that hold all of wants.
type wrong struct {
	name    string
	verdict func() Verdict
	wants   []string
}

func (w wrong) run(t *testing.T) {
	t.Run(w.name, func(t *testing.T) {
		v := w.verdict()
		t.Log(v)
		if v.Right() || !strings.HasPrefix(v.String(), "Not yet: ") || strings.Contains(v.String(), "\n") {
			t.Errorf("it passes, or the verdict has not its form: %v", v)
		}
		for _, want := range w.wants {
			if !strings.Contains(v.String(), want) {
				t.Errorf("%q is missing in: %v", want, v)
			}
		}
	})
}

// seen has a verdict be asked for again as long as it finds nothing wrong: that
// counts are lost is chance, and rare on a machine that has no two cores free.
func seen(verdict func() Verdict) func() Verdict {
	return func() (v Verdict) {
		for range 30 {
			if v = verdict(); !v.Right() {
				break
			}
		}
		return v
	}
}

// skipRacy skips what the race detector would rightly stop, and what cannot
// be seen on a single core.
func skipRacy(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("this attempt has a data race, as it should")
	}
	if runtime.NumCPU() < 2 {
		t.Skip("with one core no count is lost")
	}
}

func TestTheZeroVerdictIsNotRight(t *testing.T) {
	var v Verdict
	if v.Right() || !strings.HasPrefix(v.String(), "Not yet: ") {
		t.Error(v)
	}
}

func TestAVerdictIsOneLine(t *testing.T) {
	v := judge("", func() string { return "two\nlines " })
	if got := v.String(); got != "Not yet: two lines" {
		t.Errorf("got %q", got)
	}
}

func TestTheFirstProblemIsTheVerdict(t *testing.T) {
	trial := func(problem string) func() string { return func() string { return problem } }
	if v := judge("praise", trial(""), trial("a"), trial("b")); v.Right() || v.text != "a" {
		t.Error(v)
	}
	if v := judge("praise.", trial("")).adding("And more."); !v.Right() || v.String() != "Right: praise. And more." {
		t.Error(v)
	}
}

func TestEveryCheckRefusesANilFunction(t *testing.T) {
	for name, check := range map[string]func(){
		"ParallelFraction": func() { ParallelFraction(nil) },
		"Integral":         func() { Integral(nil) },
		"PrefixSum":        func() { PrefixSum(nil) },
		"Downloads":        func() { Downloads(nil) },
		"OtherProcess":     func() { OtherProcess(nil) },
		"PrimeTable":       func() { PrimeTable(nil) },
		"Chunks":           func() { Chunks(nil) },
		"Pipeline":         func() { Pipeline(nil) },
		"Histogram":        func() { Histogram(nil) },
		"FirstAnswer":      func() { FirstAnswer(nil) },
		"FasterSerial":     func() { FasterSerial(nil) },
	} {
		func() {
			defer func() {
				if got, want := recover(), "exercise: "+name+": the function to check must not be nil"; got != want {
					t.Errorf("panic value is %v, want %q", got, want)
				}
			}()
			check()
		}()
	}
}

func TestHowACallFailsToReturnIsSaid(t *testing.T) {
	impatient(t)
	release := make(chan struct{})
	defer close(release)
	for want, f := range map[string]func(){
		"f() panics: boom": func() { panic("boom\nand more") },
		"f() panics: runtime error: index out of range [3] with length 0":      func() { var list []int; list[3]++ },
		"f() panics: it ended its goroutine (runtime.Goexit) without a result": runtime.Goexit,
		"": func() {},
	} {
		if got := attempt("f()", f); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	got := attempt("f()", func() { <-release })
	want := regexp.MustCompile(`^f\(\) does not return: it was still running after 500ms; 1 goroutine waits to receive from a channel at line \d+ of exercise_test.go$`)
	if !want.MatchString(got) {
		t.Errorf("got %q, want %v", got, want)
	}
}

func TestACallThatDoesNotReturnShowsWhereItsGoroutinesWait(t *testing.T) {
	impatient(t)
	release := make(chan struct{})
	defer close(release)
	full := make(chan int)
	got := attempt("f()", func() {
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Go(func() {
				select {
				case full <- i:
				case <-release:
				}
			})
		}
		wg.Wait()
	})
	for _, want := range []string{"; 1 goroutine waits for a WaitGroup at line ", "; 3 goroutines wait in a select at line ", " of exercise_test.go"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
}

func TestAProblemNamesItsCase(t *testing.T) {
	v := judge("", named("no number", func() string { return "" }), named("a single number", func() string { return "f(1) is 2" }))
	if got, want := v.String(), `Not yet: in the case "a single number", f(1) is 2`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestALongListIsShownAroundTheDifference(t *testing.T) {
	long := make([]int, 30)
	for i := range long {
		long[i] = i
	}
	other := append([]int{}, long...)
	other[20] = 99
	for want, got := range map[string]string{
		"":                                   differ("f()", long, long, "thing"),
		"f() is nil; it must have 30 things": differ("f()", nil, long, "thing"),
		"f() has 2 things, not 3: [1 2]":     differ("f()", []int{1, 2}, []int{1, 2, 3}, "thing"),
		"f() has the right things in another order: [2 1]; in order they are [1 2]":                                       differ("f()", []int{2, 1}, []int{1, 2}, "thing"),
		"f() is [... 15 16 17 18 19 99 21 22 23 24 ...]; the things in order are [... 15 16 17 18 19 20 21 22 23 24 ...]": differ("f()", other, long, "thing"),
		"f() changes its input: element 20 of the things was 20 and is 99":                                                changed("f()", other, long, "things"),
	} {
		if got != want {
			t.Errorf("got  %q,\nwant %q", got, want)
		}
	}
}

func TestACheckLinksNothingThatShows(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skip("no go command to ask for the dependencies")
	}
	for _, dep := range strings.Fields(string(out)) {
		for _, heavy := range []string{"gota", "gonum.org", "lib/timing", "lib/display", "lib/chart", "lib/scaling", "lib/process", "net", "encoding/gob"} {
			if dep == heavy || strings.Contains(dep, "/") && strings.Contains(dep, heavy) && heavy != "net" {
				t.Errorf("it links %s", dep)
			}
		}
	}
}
