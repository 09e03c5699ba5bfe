package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

func TestWithRetryTheItemsOfAWorkerThatDiesRunAgainAndNothingIsPrinted(t *testing.T) {
	p := mustPool(t, 2)
	var printed strings.Builder
	p.stderr.w = &printed
	for _, chunk := range []int{1, 2, 3} {
		got := mustMap(t, p, threeItems(t), diesOnce, Chunk(chunk), Retry(1))
		if want := []labeled{{0, "done"}, {1, "done"}, {2, "done"}}; !slices.Equal(got, want) {
			t.Errorf("got %v", got)
		}
	}
	if printed.Len() > 0 {
		t.Errorf("stderr was %q", printed.String())
	}
}

func TestADeathIsTheErrorOfTheItemThatTheWorkerRan(t *testing.T) {
	p := mustPool(t, 2)
	for _, chunk := range []int{1, 2, 3} {
		for _, retries := range []int{0, 2} {
			items := []int{1, 1, 0, 1, 3, 1}
			_, err := Map(t.Context(), p, items, exitsOver1, Chunk(chunk), Retry(retries))
			var crash *CrashError
			if !errors.As(err, &crash) || crash.Item != 4 || crash.Attempts != retries+1 || !strings.HasPrefix(err.Error(), "process: Map: item 4: worker ") {
				t.Errorf("chunks of %d, %d retries: %v", chunk, retries, err)
			}
			wantDoubles(t, mustMap(t, p, upTo(100), double), 100)
		}
	}
}

var exitsOver1 = Register("exits if above 1", func(n int) int {
	if n > 1 {
		os.Exit(n)
	}
	return n
})

func TestEveryItemHasItsOwnRetries(t *testing.T) {
	p := mustPool(t, 1)
	folder := t.TempDir()
	items := []string{filepath.Join(folder, "a"), filepath.Join(folder, "b"), filepath.Join(folder, "c")}
	if got := mustMap(t, p, items, eachDiesOnce, Chunk(3), Retry(1)); !slices.Equal(got, items) {
		t.Errorf("got %v", got)
	}
}

var eachDiesOnce = Register("each dies once", func(path string) string {
	if _, err := os.Stat(path); err != nil {
		open(path)
		os.Exit(9)
	}
	return path
})

func TestAnErrorOfTheTaskIsNoReasonToRunItAgain(t *testing.T) {
	p := mustPool(t, 1)
	before := workers(p)[0].pid()
	if _, err := Map(t.Context(), p, upTo(20), explodes, Retry(3)); err == nil {
		t.Error("no error")
	}
	if _, err := Map(t.Context(), p, []int{5}, anything, Retry(3)); err == nil {
		t.Error("no error")
	}
	if after := workers(p)[0].pid(); after != before {
		t.Errorf("worker %d was replaced by %d", before, after)
	}
}
