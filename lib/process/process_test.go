package process

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestATaskGoesToTheWorkerThatWasBusyLast(t *testing.T) {
	p := mustPool(t, 3)
	mustMap(t, p, upTo(30), increment, Chunk(1))
	first := mustMap(t, p, []time.Duration{0}, naps)[0]
	for range 20 {
		if pid := mustMap(t, p, []time.Duration{0}, naps)[0]; pid != first {
			t.Fatalf("it went to the worker with pid %d, the one before to %d", pid, first)
		}
	}
}

func TestEveryChunkSizeGivesEveryResultInOrder(t *testing.T) {
	p := mustPool(t, 3)
	for _, n := range []int{0, 1, 2, 3, 7, 100, 1001} {
		wantDoubles(t, mustMap(t, p, upTo(n), double), n)
		for _, chunk := range []int{1, 2, 3, 99, 100, 5000, math.MaxInt} {
			wantDoubles(t, mustMap(t, p, upTo(n), double, Chunk(chunk)), n)
		}
	}
}

func TestATaskRunsInAnotherProcess(t *testing.T) {
	p := mustPool(t, 2)
	for _, pid := range mustMap(t, p, make([]time.Duration, 10), naps) {
		if pid == os.Getpid() {
			t.Fatal("a task ran in this process")
		}
	}
}

func TestMemoryIsSeparate(t *testing.T) {
	p := mustPool(t, 1)
	counter = 1000
	got := mustMap(t, p, []int{1, 2, 3}, countUp, Chunk(1))
	if want := []int{1, 3, 6}; !slices.Equal(got, want) {
		t.Errorf("the worker's counter went %v, want %v: its own, from 0", got, want)
	}
	if counter != 1000 {
		t.Errorf("the caller's counter was changed to %d", counter)
	}
}

func TestTestMainDoesNotRunInAWorker(t *testing.T) {
	if !inTestMain {
		t.Fatal("it has not run here")
	}
	if got := mustMap(t, mustPool(t, 1), []int{0}, sawMain); got[0] {
		t.Error("it has run in the worker")
	}
}

func TestManyGoroutinesMayCallMapOnOnePool(t *testing.T) {
	p := mustPool(t, 2)
	var callers sync.WaitGroup
	for n := range 40 {
		callers.Go(func() {
			got, err := Map(t.Context(), p, upTo(n), double, Chunk(1+n/5))
			if err != nil {
				t.Error(err)
				return
			}
			wantDoubles(t, got, n)
		})
	}
	callers.Wait()
}

func TestAMapThatIsDoneDoesNotWaitForTheWorkersOfAnother(t *testing.T) {
	p := mustPool(t, 2)
	gate := filepath.Join(t.TempDir(), "gate")
	var slow sync.WaitGroup
	slow.Go(func() { Map(t.Context(), p, []string{gate}, gates) })
	awaitFile(gate + ".begun")
	for range 20 {
		wantDoubles(t, mustMap(t, p, upTo(50), double), 50)
	}
	open(gate)
	slow.Wait()
}

func TestTypesTravel(t *testing.T) {
	p := mustPool(t, 2)
	nan := math.NaN()
	if got := mustMap(t, p, []point{{1, 2, true}, {3, nan, false}}, mirrors); got[0] != (point{2, 1, false}) || !math.IsNaN(got[1].x) {
		t.Errorf("points: %v", got)
	}
	people := []person{{"ada", []float64{1, 2}}, {"", []float64{4}}}
	if got := mustMap(t, p, people, averages); !reflect.DeepEqual(got, []person{{"ADA", []float64{1.5}}, {"", []float64{4}}}) {
		t.Errorf("people: %v", got)
	}
	if got := mustMap(t, p, []string{"", "å", strings.Repeat("x", 20<<20)}, lengths); !slices.Equal(got, []int{0, 2, 20 << 20}) {
		t.Errorf("strings: %v", got)
	}
	if got := mustMap(t, p, make([]struct{}, 7), nothing); len(got) != 7 {
		t.Errorf("empty structs: %v", got)
	}
	n := 41
	if got := mustMap(t, p, []*int{&n}, pointers); *got[0] != 42 {
		t.Errorf("pointers: %v", *got[0])
	}
	if got := mustMap(t, p, []any{1, "two", 3.5}, accepts); !slices.Equal(got, []string{"1", "two", "3.5"}) {
		t.Errorf("interfaces: %v", got)
	}
}

func TestAPanicGivesAnErrorWithItsValueItemAndStack(t *testing.T) {
	p := mustPool(t, 2)
	for range 10 {
		got, err := Map(t.Context(), p, upTo(100), explodes)
		var panicked *PanicError
		if !errors.As(err, &panicked) || got != nil {
			t.Fatalf("got %v, %v", got, err)
		}
		if panicked.Task != "explodes" || panicked.Item != 17 || panicked.Value != "no 17" ||
			!strings.Contains(panicked.Stack, "process.explode") || !strings.Contains(err.Error(), panicked.Stack) {
			t.Errorf("%v", err)
		}
		wantDoubles(t, mustMap(t, p, upTo(10), double), 10)
	}
}

func TestAPanicCostsNoWorker(t *testing.T) {
	p := mustPool(t, 1)
	before := workers(p)[0].pid()
	Map(t.Context(), p, upTo(100), explodes)
	Map(t.Context(), p, upTo(3), goexits)
	if after := mustMap(t, p, []time.Duration{0}, naps)[0]; after != before {
		t.Errorf("worker %d was replaced by %d", before, after)
	}
}

func TestATaskThatEndsItsGoroutineIsReported(t *testing.T) {
	_, err := Map(t.Context(), mustPool(t, 1), upTo(3), goexits)
	var panicked *PanicError
	if !errors.As(err, &panicked) || !strings.Contains(panicked.Value, "Goexit") {
		t.Errorf("got %v", err)
	}
}

func TestAWorkerThatExitsGivesAnErrorAndIsReplaced(t *testing.T) {
	p := mustPool(t, 2)
	for range 3 {
		_, err := Map(t.Context(), p, []int{3}, leaves)
		var crash *CrashError
		if !errors.As(err, &crash) || crash.Status != "exit status 3" || crash.Task != "leaves" || crash.PID == 0 || crash.Item != 0 {
			t.Fatalf("got %v", err)
		}
		wantDoubles(t, mustMap(t, p, upTo(100), double), 100)
	}
	if _, err := Map(t.Context(), p, []int{0}, leaves); err == nil {
		t.Error("an exit with status 0 before the results are there is no error")
	}
}

func TestAPanicInAnotherGoroutineOfATaskIsInTheError(t *testing.T) {
	p := mustPool(t, 1)
	p.stderr.w = new(strings.Builder)
	_, err := Map(t.Context(), p, []int{1}, crashes)
	var crash *CrashError
	if !errors.As(err, &crash) || crash.Status != "exit status 2" ||
		!strings.Contains(err.Error(), "panic: in a goroutine") || !strings.Contains(err.Error(), "process.crash") {
		t.Errorf("got %v", err)
	}
}

func TestWhatCannotBeEncodedIsAnErrorAndNothingIsLostAfterIt(t *testing.T) {
	p := mustPool(t, 1)
	for range 3 {
		if _, err := Map(t.Context(), p, []int{4, 5}, anything); err == nil || !strings.Contains(err.Error(), `process: Map: item 1: its result cannot be sent: gob: type not registered`) {
			t.Errorf("result: %v", err)
		}
		if _, err := Map(t.Context(), p, []any{1, unregistered{2}}, accepts); err == nil || !strings.Contains(err.Error(), `process: Map: item 1: it cannot be sent: gob: type not registered`) {
			t.Errorf("argument: %v", err)
		}
		if got := mustMap(t, p, []any{1}, accepts); got[0] != "1" {
			t.Errorf("accepts: %v", got)
		}
		if got := mustMap(t, p, []int{4}, anything); got[0] != 4 {
			t.Errorf("anything: %v", got)
		}
	}
}

func TestOutputArrivesLineByLineWithTheWorkersNumber(t *testing.T) {
	p := mustPool(t, 1)
	var out, errOut strings.Builder
	p.stdout.w, p.stderr.w = &out, &errOut
	mustMap(t, p, []string{"one\ntw", "o\n", "no end"}, prints)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if want := "worker 1: one\nworker 1: two\nworker 1: no end\n"; out.String() != want {
		t.Errorf("stdout %q, want %q", out.String(), want)
	}
	if want := "worker 1: error: one\nworker 1: twerror: o\nworker 1: error: no end\n"; errOut.String() != want {
		t.Errorf("stderr %q, want %q", errOut.String(), want)
	}
}

func TestATaskDoesNotSeeThatItsProcessIsAWorker(t *testing.T) {
	if got := mustMap(t, mustPool(t, 1), []string{tasksVariable}, variables); got[0] {
		t.Errorf("%s is set for tasks and what they start", tasksVariable)
	}
}

func TestATaskMayHaveAPoolOfItsOwn(t *testing.T) {
	wantDoubles(t, mustMap(t, mustPool(t, 2), upTo(4), nests), 4)
}

func TestClosingTwiceIsHarmless(t *testing.T) {
	p := mustPool(t, 2)
	var closers sync.WaitGroup
	for range 5 {
		closers.Go(func() {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	closers.Wait()
}

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	open, closed := mustPool(t, 1), mustPool(t, 1)
	closed.Close()
	for want, misuse := range map[string]func(){
		"process: NewPool: workers must be at least 1, or 0 for GOMAXPROCS, got -7": func() { NewPool(t.Context(), -7) },
		"process: Retry: the number of retries must be at least 0, got -1":          func() { Retry(-1) },
		"process: Chunk: the number of items must be at least 1, got 0":             func() { Chunk(0) },
		"process: Get: ctx must not be nil; pass context.Background()": func() {
			var none context.Context
			MapAsync(t.Context(), open, upTo(3), double).Get(none)
		},
		"process: Trace: into must not be nil":                                            func() { Trace(nil) },
		"process: Unwrap: f must not be nil":                                              func() { Unwrap[int, int, int](nil) },
		"process: MapAsync: the task must not be nil or zero; make it with Register":      func() { MapAsync[int, int](t.Context(), open, upTo(3), nil) },
		"process: Apply: the pool must not be nil or zero; make it with NewPool":          func() { Apply(t.Context(), new(Pool), 3, double) },
		"process: Apply: the pool is closed; call Apply before Close, or make a new pool": func() { Apply(t.Context(), closed, 3, double) },
		"process: Starmap: the pool is closed; call Starmap before Close, or make a new pool": func() {
			Starmap(t.Context(), closed, []Args[float64, float64]{{A: 1, B: 2}}, power)
		},
		"process: New: the task must not be nil or zero; make it with Register": func() { New[int, int](nil, 3) },
		"process: Start: the process must not be nil or zero; make it with New": func() { new(Process[int]).Start(t.Context()) },
		"process: Join: the process must not be nil or zero; make it with New":  func() { (*Process[int])(nil).Join(t.Context()) },
		"process: Join: the process has not been started; call Start first":     func() { New(double, 1).Join(t.Context()) },
		"process: Start: the process has been started before; make another with New": func() {
			p := New(double, 1)
			p.Start(t.Context())
			defer p.Join(t.Context())
			p.Start(t.Context())
		},
		"process: Chunk: the number of items must be at least 1, got -1":              func() { Chunk(-1) },
		"process: Map: the task must not be nil or zero; make it with Register":       func() { Map(t.Context(), open, upTo(3), new(Task[int, int])) },
		"process: Map: the pool must not be nil or zero; make it with NewPool":        func() { Map(t.Context(), nil, upTo(3), double) },
		"process: Map: the pool is closed; call Map before Close, or make a new pool": func() { Map(t.Context(), closed, upTo(3), double) },
		`process: Register: must be called in a package-level var, as in: var task = process.Register("late", f)`: func() {
			Register("late", func(int) int { return 0 })
		},
	} {
		if got := mustPanic(t, misuse); got != want {
			t.Errorf("panic value is %v, want %q", got, want)
		}
	}
}
