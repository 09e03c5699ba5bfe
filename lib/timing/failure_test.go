package timing

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

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
		"also good": "no difference seen: within 1%",
	} {
		row := table(t, c)[name]
		if row["verdict"] != want {
			t.Errorf("%s: %q, want %q", name, row["verdict"], want)
		}
		if !strings.Contains(name, "good") && row["median ms"] != "NaN" {
			t.Errorf("%s failed and has a median, %s", name, row["median ms"])
		}
	}
	if err := c.Err(); err == nil || !strings.Contains(err.Error(), "failure_test.go") {
		t.Errorf("Err has no stack of the panic: %v", err)
	}
}

func TestAFailedBaseLeavesNothingToCompareWith(t *testing.T) {
	c := Compare([]Case{
		{Name: "base", Run: func() (any, error) { return nil, errors.New("no") }},
		fixed("a", time.Millisecond, 1),
	})
	if got := verdictOf(t, c, "a"); got != "nothing to compare with: base has no result" {
		t.Errorf("got %q", got)
	}
	if got := verdictOf(t, c, "base"); got != "base; failed: no" {
		t.Errorf("got %q", got)
	}
}

func TestACaseThatDoesNotReturnIsLeftToItself(t *testing.T) {
	release, ended := make(chan bool), make(chan bool)
	c := Compare([]Case{
		{Name: "stuck", Run: func() (any, error) { <-release; close(ended); return nil, nil }},
		fixed("a", time.Millisecond, 1),
	}, Limit(time.Second))
	if got := verdictOf(t, c, "stuck"); got != "base; did not return in 1s" {
		t.Errorf("got %q", got)
	}
	if got := verdictOf(t, c, "a"); !strings.HasSuffix(got, "measured while stuck still ran") {
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
	ready := func() (func(), error) { return nil, nil } // with it Run is not repeated
	c := Compare([]Case{{Name: "a", Setup: ready, Run: func() (any, error) {
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
