package explain

import (
	"io"
	"os/exec"
	"runtime"
	"runtime/trace"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"multiprocessing/lib/explain/internal/lanes"
	"multiprocessing/lib/internal/span"
	"multiprocessing/lib/timing"
)

// compute keeps a core busy for so long.
func compute(d time.Duration) {
	for begin := time.Now(); time.Since(begin) < d; {
	}
}

func TestTheLossOfARealRunIsFound(t *testing.T) {
	var mu sync.Mutex
	var asks atomic.Bool
	r := explainer{}.Record(func() {
		mu.Lock()
		var wg sync.WaitGroup
		wg.Go(func() {
			for !asks.Load() {
			}
			compute(20 * ms)
			mu.Unlock()
		})
		wg.Go(func() { asks.Store(true); mu.Lock(); compute(5 * ms); mu.Unlock() })
		wg.Wait()
	}, 2, nil).(*recorded)
	if r.err != nil {
		t.Fatal(r.err)
	}
	for _, l := range r.account.Losses(nil) {
		if l.Reason == lanes.Mutex && strings.HasPrefix(l.Place, "traces_test.go:") && l.Share > 0 { // little, if cores are not free
			return
		}
	}
	t.Errorf("no wait for the mutex is found: %v", r.account.Losses(nil))
}

func TestARunIsComparedWithItsBase(t *testing.T) {
	r := explainer{}.Record(func() { compute(10 * ms) }, 1, nil)
	e := r.Explain(r)
	if e.Unknown == "other programs used the cores" {
		return // a true answer on a busy machine
	}
	if e.Unknown != "" || e.LoadBalance != 1 || e.Computation != 1 {
		t.Fatalf("got %+v", e)
	}
	sum := 0.0
	for _, p := range e.Parts {
		sum += p.Share
	}
	if sum < 0.999 || sum > 1.001 {
		t.Errorf("the parts add up to %v: %v", sum, e.Parts)
	}
}

func TestSpansExplainWorkInOtherProcesses(t *testing.T) {
	var spans []span.Span
	work := func() {
		time.Sleep(10 * ms)
		spans = []span.Span{{Worker: 1, Start: 0, End: 10 * ms}, {Worker: 2, Start: 0, End: 5 * ms}}
	}
	r := explainer{}.Record(work, 2, &spans)
	if e := r.Explain(r); e.Unknown != "" || e.LoadBalance != 0.75 || e.Computation != 1 || e.Without > 1 {
		t.Errorf("got %+v", e)
	}
}

func TestWorkThatIsDoneElsewhereIsNotExplained(t *testing.T) {
	base := explainer{}.Record(func() { compute(20 * ms) }, 1, nil)
	e := explainer{}.Record(func() { compute(ms); time.Sleep(10 * ms) }, 2, nil).Explain(base)
	if !strings.Contains(e.Unknown, "timing.Case.Spans") {
		t.Errorf("got %+v", e)
	}
	e = explainer{}.Record(func() {}, 1, nil).Explain(&recorded{})
	if e.Unknown == "" {
		t.Errorf("got %+v", e)
	}
}

// burns is a case that keeps a core busy.
func burns(name string, workers int) timing.Case {
	return timing.Case{Name: name, Workers: workers, Run: func() (any, error) { compute(2 * ms); return 1, nil }}
}

func lostTo(t *testing.T) []string {
	t.Helper()
	if runtime.NumCPU() < 2 {
		t.Skip("one core: nothing is explained")
	}
	procs := runtime.GOMAXPROCS(2)
	defer runtime.GOMAXPROCS(procs)
	return timing.Compare([]timing.Case{burns("one", 1), burns("two", 2)}, timing.Rounds(3), Traces()).DataFrame().Col("lost to").Records()
}

func TestTheTableSaysThatAnotherTraceRuns(t *testing.T) {
	if err := trace.Start(io.Discard); err != nil {
		t.Skip(err)
	}
	defer trace.Stop()
	want := "not explained: another trace is already running: stop it first"
	if got := lostTo(t); !slices.Equal(got, []string{want, want}) {
		t.Errorf("got %q", got)
	}
}

func TestACellThatExplainsNothingLinksNothingOfIt(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "multiprocessing/lib/timing", "multiprocessing/lib/display", "multiprocessing/lib/chart",
		"multiprocessing/lib/pool", "multiprocessing/lib/process").Output()
	if err != nil {
		t.Skip("no go command to ask for the dependencies")
	}
	for _, dep := range strings.Fields(string(out)) {
		if strings.Contains(dep, "golang.org/x/exp/trace") || strings.HasPrefix(dep, "multiprocessing/lib/explain") {
			t.Errorf("it links %s", dep)
		}
	}
}
