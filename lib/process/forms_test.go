package process

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"multiprocessing/lib/internal/cellpipe"
)

var power = Register("power", Unwrap(math.Pow))

func TestMapAsyncReturnsAtOnceAndGivesTheResultsOfMap(t *testing.T) {
	p := mustPool(t, 2)
	gate := filepath.Join(t.TempDir(), "gate")
	a := MapAsync(t.Context(), p, []string{gate}, gates)
	awaitFile(gate + ".begun")
	if a.Ready() {
		t.Error("ready before its task has ended")
	}
	over, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("no patience"))
	if got, err := a.Get(over); got != nil || err == nil || err.Error() != "process: Get: the result is not ready: no patience" {
		t.Errorf("got %v, %v", got, err)
	}
	open(gate)
	<-a.Done()
	for range 2 {
		if got, err := a.Get(over); err != nil || !slices.Equal(got, []string{gate}) || !a.Ready() {
			t.Errorf("got %v, %v", got, err)
		}
	}
}

func TestGetReturnsTheErrorOfATask(t *testing.T) {
	a := MapAsync(t.Context(), mustPool(t, 2), upTo(20), explodes)
	got, err := a.Get(context.Background())
	var panicked *PanicError
	if !errors.As(err, &panicked) || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestApplyRunsOneTaskInAnotherProcess(t *testing.T) {
	p := mustPool(t, 2)
	if pid, err := Apply(t.Context(), p, time.Duration(0), naps); err != nil || pid == os.Getpid() {
		t.Errorf("got %v, %v", pid, err)
	}
	if _, err := Apply(t.Context(), p, 17, explodes); err == nil {
		t.Error("no error")
	}
}

func TestStarmapUnwrapsTheArguments(t *testing.T) {
	got, err := Starmap(t.Context(), mustPool(t, 2), []Args[float64, float64]{{A: 2, B: 10}, {A: 3, B: 4}}, power)
	if err != nil || !slices.Equal(got, []float64{1024, 81}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestTraceHoldsEveryItemOnceWithItsWorkerInOrderOfStart(t *testing.T) {
	p := mustPool(t, 3)
	for _, n := range []int{0, 1, 100} {
		var spans []Span
		mustMap(t, p, upTo(n), double, Chunk(7), Trace(&spans))
		ran := make([]int, n)
		for i, s := range spans {
			if s.Worker < 1 || s.Worker > 3 || s.Start < 0 || s.End < s.Start || i > 0 && s.Start < spans[i-1].Start {
				t.Errorf("span %d of %v", i, spans)
			}
			for item := s.First; item < s.First+s.Items; item++ {
				ran[item]++
			}
		}
		if slices.ContainsFunc(ran, func(times int) bool { return times != 1 }) {
			t.Errorf("%d items: ran %v", n, ran)
		}
	}
}

func TestWorkersDoNotInheritThePipesOfANotebook(t *testing.T) {
	t.Setenv("GONB_PIPE", "/no/such/pipe")
	t.Setenv("GONB_PIPE_BACK", "/no/such/pipe")
	t.Setenv("GONB_PIPE_OTHER", "kept")
	p := mustPool(t, 1)
	if got := mustMap(t, p, []string{"GONB_PIPE", "GONB_PIPE_BACK", "GONB_PIPE_OTHER", cellpipe.Mark}, variables); !slices.Equal(got, []bool{false, false, true, true}) {
		t.Errorf("set in the worker: %v", got)
	}
	one := mustStart(t, New(variables, "GONB_PIPE"))
	if set, err := one.Join(t.Context()); set || err != nil {
		t.Errorf("set in a Process: %v, %v", set, err)
	}
}

// mustStart starts p, where processes can be started.
func mustStart[R any](t testing.TB, p *Process[R]) *Process[R] {
	t.Helper()
	if err := supported(); err != nil {
		t.Skip(err)
	}
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Terminate(); p.Join(t.Context()) })
	return p
}

func TestJoinGivesTheResultOfATaskThatRanInAnotherProcess(t *testing.T) {
	p := New(naps, 0)
	if p.Alive() || p.PID() != 0 {
		t.Error("alive before Start")
	}
	mustStart(t, p)
	pid, err := p.Join(t.Context())
	if err != nil || pid == os.Getpid() || pid != p.PID() {
		t.Errorf("got %v, %v", pid, err)
	}
	if code, ended := p.ExitCode(); code != 0 || !ended || p.Alive() {
		t.Errorf("exit code %v, %v", code, ended)
	}
	if again, err := p.Join(t.Context()); again != pid || err != nil {
		t.Errorf("then %v, %v", again, err)
	}
}

func TestAProcessIsAliveUntilItsTaskHasEnded(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	p := mustStart(t, New(gates, gate))
	awaitFile(gate + ".begun")
	if _, ended := p.ExitCode(); ended || !p.Alive() {
		t.Error("not alive while its task runs")
	}
	open(gate)
	if got, err := p.Join(t.Context()); got != gate || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestProcessesRunSideBySide(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	var all []*Process[string]
	for _, name := range []string{".a", ".b", ".c"} {
		all = append(all, mustStart(t, New(gates, gate+name)))
	}
	for _, name := range []string{".a", ".b", ".c"} {
		awaitFile(gate + name + ".begun")
	}
	for i, name := range []string{".a", ".b", ".c"} {
		open(gate + name)
		if got, err := all[i].Join(t.Context()); got != gate+name || err != nil {
			t.Errorf("got %v, %v", got, err)
		}
	}
}

func TestJoinGivesThePanicOfATask(t *testing.T) {
	_, err := mustStart(t, New(explodes, 17)).Join(t.Context())
	var panicked *PanicError
	if !errors.As(err, &panicked) || panicked.Value != "no 17" {
		t.Errorf("got %v", err)
	}
}

func TestAProcessThatDiesIsNotRunAgain(t *testing.T) {
	p := mustStart(t, New(leaves, 3))
	_, err := p.Join(t.Context())
	var crash *CrashError
	if !errors.As(err, &crash) || crash.Status != "exit status 3" {
		t.Errorf("got %v", err)
	}
	if code, ended := p.ExitCode(); code != 3 || !ended {
		t.Errorf("exit code %v, %v", code, ended)
	}
}

func TestTheOutputOfAProcessHasItsName(t *testing.T) {
	var out strings.Builder
	before := sharedStdout.w
	sharedStdout.w = &out
	defer func() { sharedStdout.w = before }()
	if _, err := mustStart(t, New(prints, "one\n")).Join(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "process ") || !strings.HasSuffix(out.String(), ": one\n") {
		t.Errorf("stdout was %q", out.String())
	}
}

func TestTasksStartInTheOrderOfApplyAsync(t *testing.T) {
	p := mustPool(t, 1)
	var runs []*AsyncResult[int]
	for range 20 {
		runs = append(runs, ApplyAsync(t.Context(), p, 1, countUp))
	}
	for i, run := range runs {
		if n, err := run.Get(t.Context()); n != i+1 || err != nil {
			t.Fatalf("task %d was the worker's run %d, %v", i, n, err)
		}
	}
}
