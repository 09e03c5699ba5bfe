package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// diesOnce writes down that it runs, and ends its process on item 1 if that
// has not run before.
var diesOnce = Register("dies once", func(a Args[string, int]) labeled {
	log := fmt.Sprintf("%s.%d", a.A, a.B)
	if _, err := os.Stat(log); err != nil && a.B == 1 {
		open(log)
		os.Exit(9)
	}
	open(log + ".done")
	return labeled{a.B, "done"}
})

func threeItems(t *testing.T) []Args[string, int] {
	log := filepath.Join(t.TempDir(), "log")
	return []Args[string, int]{{A: log, B: 0}, {A: log, B: 1}, {A: log, B: 2}}
}

func TestTheChunkOfAWorkerThatDiesRunsAgainAndStderrTellsOfIt(t *testing.T) {
	p := mustPool(t, 1)
	var told strings.Builder
	p.stderr.w = &told
	got := mustMap(t, p, threeItems(t), diesOnce, Chunk(3))
	if want := []labeled{{0, "done"}, {1, "done"}, {2, "done"}}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if s := told.String(); strings.Count(s, "\n") != 1 || !strings.Contains(s, `died (exit status 9) while it ran task "dies once" on items 0 to 2; running again`) {
		t.Errorf("stderr was %q", s)
	}
}

func TestOnCrashIsToldInsteadAndDecides(t *testing.T) {
	p := mustPool(t, 2)
	var told strings.Builder
	p.stderr.w = &told
	for _, again := range []bool{true, false} {
		var asked atomic.Pointer[CrashError]
		got, err := Map(p, threeItems(t), diesOnce, Chunk(1), OnCrash(func(c *CrashError) bool { asked.Store(c); return again }))
		if c := asked.Load(); c == nil || c.From != 1 || c.To != 2 || c.Again {
			t.Errorf("asked about %v", c)
		}
		var crash *CrashError
		if again && (err != nil || len(got) != 3) || !again && (!errors.As(err, &crash) || crash.Again) {
			t.Errorf("again %v: got %v, %v", again, got, err)
		}
	}
	if told.Len() > 0 {
		t.Errorf("stderr was %q", told.String())
	}
}

func TestOnCrashMayCallMapOnTheSamePool(t *testing.T) {
	for _, workers := range []int{1, 2} {
		p := mustPool(t, workers)
		ask := OnCrash(func(*CrashError) bool {
			wantDoubles(t, mustMap(t, p, upTo(10), double), 10)
			return true
		})
		if got, err := MapAsync(p, threeItems(t), diesOnce, Chunk(1), ask).Get(t.Context()); err != nil || len(got) != 3 {
			t.Errorf("%d workers: got %v, %v", workers, got, err)
		}
	}
}

func TestASecondDeathIsAnErrorAndNoThirdTryFollows(t *testing.T) {
	p := mustPool(t, 2)
	var asked atomic.Int32
	_, err := Map(p, []int{3}, leaves, OnCrash(func(*CrashError) bool { asked.Add(1); return true }))
	var crash *CrashError
	if !errors.As(err, &crash) || !crash.Again || !strings.Contains(err.Error(), "as another had before it") || asked.Load() != 1 {
		t.Errorf("asked %d times, got %v", asked.Load(), err)
	}
	wantDoubles(t, mustMap(t, p, upTo(100), double), 100)
}

func TestAnErrorOfTheTaskIsNoReasonToRunItAgain(t *testing.T) {
	p := mustPool(t, 1)
	never := OnCrash(func(c *CrashError) bool { t.Errorf("asked about %v", c); return true })
	if _, err := Map(p, upTo(20), explodes, never); err == nil {
		t.Error("no error")
	}
	if _, err := Map(p, []int{5}, anything, never); err == nil {
		t.Error("no error")
	}
}
