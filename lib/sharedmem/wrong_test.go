package sharedmem

import (
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestALoadAndAStoreLoseUpdates(t *testing.T) {
	const workers, each = 4, 1000
	for range 1000 { // once is enough, nearly always
		var n Lossy[int]
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for range each {
					n.Add(1)
				}
			})
		}
		wg.Wait()
		if got := n.Load(); got > workers*each {
			t.Fatalf("%d additions of 1 gave %d", workers*each, got)
		} else if got < workers*each {
			t.Logf("%d of %d updates lost", workers*each-got, workers*each)
			return
		}
	}
	t.Error("no update was lost")
}

func TestALoadAndAStoreLoseUpdatesBetweenProcessesToo(t *testing.T) {
	const each = 20_000
	for range 100 {
		v := mustValue(t, 0)
		together(t, each, start(t, "add without the lock", v), start(t, "add without the lock", v))
		if got := v.Load(); got < 2*each {
			t.Logf("%d of %d updates lost", 2*each-got, 2*each)
			return
		}
	}
	t.Error("no update was lost")
}

func TestTheRaceDetectorReportsTheRacyNumberOnly(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	binary := filepath.Join(t.TempDir(), "program.exe")
	if out, err := exec.Command("go", "build", "-race", "-o", binary, "./testdata/racy").CombinedOutput(); err != nil {
		t.Skipf("the race detector needs cgo and a C compiler, which are not here: %v\n%s", err, out)
	}
	for kind, wrong := range map[string]bool{"racy": true, "lossy": false, "locked": false, "atomic": false, "sharded": false} {
		out, err := exec.Command(binary, kind).CombinedOutput()
		report := strings.Contains(string(out), "WARNING: DATA RACE")
		if report != wrong || (err != nil) != wrong {
			t.Errorf("%s: %v\n%s", kind, err, out)
		}
	}
}
