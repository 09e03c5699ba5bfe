package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	// waits says that it has begun, and waits for the end of its context.
	waits = RegisterErr("waits", func(ctx context.Context, path string) (string, error) {
		open(path + ".begun")
		<-ctx.Done()
		open(path + ".ended")
		return "", fmt.Errorf("waiting: %w", ctx.Err())
	})
	hangs = Register("hangs", func(path string) int {
		open(path + ".begun")
		select {}
	})
	// failsAt3 returns an error for 3. Lower items wait for it to be reported.
	failsAfter = RegisterErr("fails after", func(ctx context.Context, a Args[string, int]) (int, error) {
		switch a.B {
		case 0:
			awaitFile(a.A + ".ended")
			return 0, errors.New("the lowest, but late")
		case 3:
			awaitFile(a.A + ".begun")
			return 0, errors.New("the first in time")
		}
		open(a.A + ".begun")
		<-ctx.Done()
		open(a.A + ".ended")
		return 0, ctx.Err()
	})
)

func TestTheEndOfTheContextEndsThatOfTheTaskAndCostsNoWorker(t *testing.T) {
	p := mustPool(t, 1)
	before := workers(p)[0].pid()
	for range 3 {
		gate := filepath.Join(t.TempDir(), "gate")
		enough := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() { awaitFile(gate + ".begun"); cancel(enough) }()
		got, err := Map(ctx, p, []string{gate, gate}, waits, Chunk(1))
		if got != nil || !errors.Is(err, enough) || err.Error() != "process: Map: stopped before all items were done: enough" {
			t.Errorf("got %v, %v", got, err)
		}
		awaitFile(gate + ".ended")
		wantDoubles(t, mustMap(t, p, upTo(100), double), 100)
	}
	if after := workers(p)[0].pid(); after != before {
		t.Errorf("worker %d was replaced by %d", before, after)
	}
}

func TestAWorkerThatDoesNotStopIsKilledAndReplaced(t *testing.T) {
	p := mustPool(t, 2)
	gate := filepath.Join(t.TempDir(), "gate")
	ctx, cancel := context.WithCancel(t.Context())
	go func() { awaitFile(gate + ".begun"); cancel() }()
	_, err := Map(ctx, p, []string{gate}, hangs, Retry(100))
	if !errors.Is(err, context.Canceled) || errors.As(err, new(*CrashError)) {
		t.Errorf("got %v", err)
	}
	wantDoubles(t, mustMap(t, p, upTo(100), double), 100)
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestWithAContextThatHasEndedNothingRuns(t *testing.T) {
	p := mustPool(t, 2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	gate := filepath.Join(t.TempDir(), "gate")
	if _, err := Map(ctx, p, []string{gate, gate}, hangs); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(gate + ".begun"); err == nil {
		t.Error("a task has begun")
	}
	if p, err := NewPool(ctx, 2); !errors.Is(err, context.Canceled) || p != nil {
		t.Errorf("NewPool: %v", err)
	}
}

func TestAFailureCancelsHigherItemsAndALowerOneMayFailLater(t *testing.T) {
	p := mustPool(t, 3)
	path := filepath.Join(t.TempDir(), "item")
	items := []Args[string, int]{{A: path, B: 0}, {A: path, B: 3}, {A: path, B: 9}, {A: path, B: 9}}
	_, err := Map(t.Context(), p, items, failsAfter, Chunk(1))
	if err == nil || err.Error() != "process: Map: item 0: the lowest, but late" {
		t.Errorf("got %v", err)
	}
}

func TestCloseStopsWhatRunsHoweverItHangs(t *testing.T) {
	p := mustPool(t, 2)
	gate := filepath.Join(t.TempDir(), "gate")
	a := MapAsync(t.Context(), p, []string{gate + "1", gate + "2", gate + "3"}, hangs)
	awaitFile(gate + "1.begun")
	awaitFile(gate + "2.begun")
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := a.Get(t.Context()); err == nil || err.Error() != "process: MapAsync: stopped before all items were done: the pool was closed" {
		t.Errorf("got %v", err)
	}
}

func TestTerminateKillsAtOnce(t *testing.T) {
	for _, retries := range []int{0, 5} {
		p := mustPool(t, 2)
		gate := filepath.Join(t.TempDir(), "gate")
		var callers sync.WaitGroup
		for _, name := range []string{"1", "2"} {
			callers.Go(func() {
				if _, err := Map(t.Context(), p, []string{gate + name}, hangs, Retry(retries)); err == nil || !strings.HasSuffix(err.Error(), "the pool was closed") {
					t.Errorf("got %v", err)
				}
			})
			awaitFile(gate + name + ".begun")
		}
		begin := time.Now()
		p.Terminate()
		p.Terminate()
		callers.Wait()
		if took := time.Since(begin); took > gracePeriod {
			t.Logf("it took %v: the machine is busy, or Terminate waits for the tasks", took)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAProcessEndsWithItsContext(t *testing.T) {
	for name, start := range map[string]func(ctx context.Context, gate string) error{
		"one that obeys": func(ctx context.Context, gate string) error {
			p := New(waits, gate)
			if err := p.Start(ctx); err != nil {
				return err
			}
			_, err := p.Join(context.Background())
			return err
		},
		"one that hangs": func(ctx context.Context, gate string) error {
			p := New(hangs, gate)
			if err := p.Start(ctx); err != nil {
				return err
			}
			_, err := p.Join(context.Background())
			return err
		},
	} {
		mustPool(t, 1) // skips where there are none
		gate := filepath.Join(t.TempDir(), "gate")
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() { awaitFile(gate + ".begun"); cancel(errors.New("enough")) }()
		if err := start(ctx, gate); err == nil || !strings.HasSuffix(err.Error(), "was stopped: enough") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestJoinIsLeftWhenItsContextEndsAndTheProcessGoesOn(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	p := mustStart(t, New(gates, gate))
	awaitFile(gate + ".begun")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Join(over); !errors.Is(err, context.Canceled) || !p.Alive() {
		t.Errorf("got %v", err)
	}
	open(gate)
	if got, err := p.Join(t.Context()); got != gate || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestKillEndsAProcessWithMinus9(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	p := mustStart(t, New(hangs, gate))
	awaitFile(gate + ".begun")
	p.Kill()
	_, err := p.Join(t.Context())
	var crash *CrashError
	if !errors.As(err, &crash) || crash.Status != "signal: killed" {
		t.Errorf("got %v", err)
	}
	if code, ended := p.ExitCode(); code != -9 || !ended {
		t.Errorf("exit code %v, %v", code, ended)
	}
}

func TestARequestThatIsCanceledLateDoesNotCancelTheNext(t *testing.T) {
	p := mustPool(t, 1)
	for range 300 {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		Map(ctx, p, upTo(10), double, Chunk(2))
		wantDoubles(t, mustMap(t, p, upTo(10), double, Chunk(5)), 10)
	}
}
