package same

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"multiprocessing/lib/cluster"
	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/pool"
	"multiprocessing/lib/process"
	"multiprocessing/lib/serial"
)

// task is a task that may fail.
type task = func(context.Context, int) (int, error)

// scenario is a task that every mechanism can run.
type scenario struct {
	run       task
	elsewhere *process.Task[int, int] // nil for a closure
}

func register(name string, run task) scenario {
	return scenario{run, process.RegisterErr(name, run)}
}

// mechanism is a Map of the numbers 0 to n-1 that may fail. What it does not
// promise is in the tests that skip it.
type mechanism struct {
	operation string // begins its errors
	atOnce    int    // how many tasks it runs at once
	closures  bool   // tasks share the test's memory, and a panic is the caller's
	processes bool   // tasks run in other processes
	most      int    // items that take less than a second
	run       func(ctx context.Context, n int, s scenario) ([]int, error)
}

func mechanismsThatFail(t *testing.T) map[string]mechanism {
	p, single := pool.New(4), pool.New(1)
	t.Cleanup(p.Close)
	t.Cleanup(single.Close)
	inPool := func(p *pool.Pool, opts ...pool.Option) func(context.Context, int, scenario) ([]int, error) {
		return func(ctx context.Context, n int, s scenario) ([]int, error) {
			return pool.MapErr(ctx, p, upTo(n), s.run, opts...)
		}
	}
	all := map[string]mechanism{
		"serial": {"serial: MapErr", 1, true, false, 1e6, func(ctx context.Context, n int, s scenario) ([]int, error) {
			return serial.MapErr(ctx, upTo(n), s.run)
		}},
		"goroutines": {"goroutine: MapErr", 1 << 30, true, false, 1e4, func(ctx context.Context, n int, s scenario) ([]int, error) {
			return goroutine.MapErr(ctx, upTo(n), s.run)
		}},
		"a pool":           {"pool: MapErr", 4, true, false, 1e6, inPool(p)},
		"a pool, chunks":   {"pool: MapErr", 4, true, false, 1e4, inPool(p, pool.Chunk(3))},
		"a pool, one each": {"pool: MapErr", 4, true, false, 1e4, inPool(p, pool.Chunk(1))},
		"a pool of one":    {"pool: MapErr", 1, true, false, 1e4, inPool(single)},
	}
	workers, err := process.NewPool(t.Context(), 4)
	if err != nil && strings.Contains(err.Error(), "not supported") {
		return all
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { workers.Close() })
	inProcesses := func(opts ...process.Option) func(context.Context, int, scenario) ([]int, error) {
		return func(ctx context.Context, n int, s scenario) ([]int, error) {
			return process.Map(ctx, workers, upTo(n), s.elsewhere, opts...)
		}
	}
	all["processes"] = mechanism{"process: Map", 4, false, true, 1e6, inProcesses()}
	all["processes, chunks"] = mechanism{"process: Map", 4, false, true, 1e4, inProcesses(process.Chunk(3))}
	for name, config := range map[string]cluster.Config{"cluster": {Workers: 4}, "cluster of processes": {Processes: 4}} {
		c, err := cluster.Open(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		all[name] = mechanism{"cluster: Map", 4, false, config.Processes > 0, 1e4, func(ctx context.Context, n int, s scenario) ([]int, error) {
			return cluster.Map(ctx, c, upTo(n), s.elsewhere)
		}}
		all[name+", one each"] = mechanism{"cluster: Map", 4, false, config.Processes > 0, 1e3, func(ctx context.Context, n int, s scenario) ([]int, error) {
			return cluster.Map(ctx, c, upTo(n), s.elsewhere, cluster.ChunkSize(1), cluster.MaxAttempts(1))
		}}
	}
	all["processes, one each"] = mechanism{"process: Map", 4, false, true, 1e3, inProcesses(process.Chunk(1))}
	return all
}

func upTo(n int) []int {
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	return items
}

// eachMechanism runs test for every mechanism.
func eachMechanism(t *testing.T, test func(t *testing.T, m mechanism)) {
	for name, m := range mechanismsThatFail(t) {
		t.Run(name, func(t *testing.T) { test(t, m) })
	}
}

// eachInMemory runs test for every mechanism that can run closures.
func eachInMemory(t *testing.T, test func(t *testing.T, m mechanism)) {
	eachMechanism(t, func(t *testing.T, m mechanism) {
		if !m.closures {
			t.Skip("its tasks have their own memory")
		}
		test(t, m)
	})
}

// fails returns the text of the error, or of the panic where a panic is the
// caller's.
func (m mechanism) fails(t *testing.T, ctx context.Context, n int, s scenario) (text string) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			text = fmt.Sprint(p)
		}
	}()
	got, err := m.run(ctx, n, s)
	if err == nil || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
	return fmt.Sprint(err)
}

func TestTheErrorIsThatOfTheLowestItemThatFailedWithItsNumber(t *testing.T) {
	eachMechanism(t, func(t *testing.T, m mechanism) {
		for range 20 {
			got, err := m.run(t.Context(), 100, odds)
			var o odd
			if got != nil || !errors.As(err, &o) || o.item != 31 || !errors.Is(err, errSentinel) || err.Error() != m.operation+": item 31: 31 is odd\nthe sentinel" {
				t.Fatalf("got %v, %v", got, err)
			}
		}
	})
}

func TestTheLowestItemsErrorCountsEvenIfItComesLast(t *testing.T) {
	eachMechanism(t, func(t *testing.T, m mechanism) {
		if text := m.fails(t, t.Context(), 50, unequal); text != m.operation+": item 11: 11 is odd" {
			t.Error(text)
		}
	})
}

func TestWithoutAFailureThereIsAResultForEveryItemInOrder(t *testing.T) {
	eachMechanism(t, func(t *testing.T, m mechanism) {
		for _, n := range []int{0, 1, 1000, m.most} {
			got, err := m.run(t.Context(), n, doubles)
			if err != nil || len(got) != n {
				t.Fatalf("got %d results, %v", len(got), err)
			}
			for i, r := range got {
				if r != 2*i {
					t.Fatalf("result %d is %d", i, r)
				}
			}
		}
	})
}

func TestWhenTheContextEndsNoTaskBegins(t *testing.T) {
	eachMechanism(t, func(t *testing.T, m mechanism) {
		ctx, cancel := context.WithCancelCause(t.Context())
		enough := errors.New("enough")
		cancel(enough)
		got, err := m.run(ctx, 100, dies) // it would end this program
		if got != nil || !errors.Is(err, enough) || !strings.HasPrefix(err.Error(), m.operation+": ") || !strings.HasSuffix(err.Error(), "items were done: enough") {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestADeadlineEndsTheContextsOfTasksAndTheirErrorsThenDoNotCount(t *testing.T) {
	eachMechanism(t, func(t *testing.T, m mechanism) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		got, err := m.run(ctx, 100, untilCanceled)
		if got != nil || !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(err.Error(), m.operation+": ") || !strings.HasSuffix(err.Error(), "items were done: context deadline exceeded") {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestATasksOwnDeadlineIsItsFailure(t *testing.T) {
	eachMechanism(t, func(t *testing.T, m mechanism) {
		_, err := m.run(t.Context(), 3, deadline)
		if !errors.Is(err, context.DeadlineExceeded) || err.Error() != m.operation+": item 0: context deadline exceeded" {
			t.Error(err)
		}
	})
}

func TestThePanicOfTheLowestItemReachesTheCallerWithItsStack(t *testing.T) {
	eachMechanism(t, func(t *testing.T, m mechanism) {
		text := m.fails(t, t.Context(), 100, panics)
		if !strings.Contains(text, "boom 3") {
			t.Error(text)
		}
		if serially := m.operation == "serial: MapErr"; !serially && !strings.Contains(text, "failure_scenarios_test.go") {
			t.Errorf("no stack of the task in %s", text)
		}
	})
}

func TestAnErrorThatATaskPanickedWithCanBeFound(t *testing.T) {
	eachMechanism(t, func(t *testing.T, m mechanism) {
		var err error
		func() {
			defer func() {
				if p, ok := recover().(error); ok {
					err = p
				}
			}()
			_, err = m.run(t.Context(), 10, panicsWithError)
		}()
		var o odd
		if !errors.As(err, &o) || o.item != 5 {
			t.Error(err)
		}
	})
}

func TestAnErrorOfAnEarlierItemComesBeforeAPanic(t *testing.T) {
	eachMechanism(t, func(t *testing.T, m mechanism) {
		if text := m.fails(t, t.Context(), 100, failsFirst); text != m.operation+": item 3: 3 is odd" {
			t.Error(text)
		}
	})
}

func TestATaskThatEndsItsGoroutineIsAPanic(t *testing.T) {
	eachMechanism(t, func(t *testing.T, m mechanism) {
		if m.operation == "serial: MapErr" {
			t.Skip("it is the caller's own goroutine")
		}
		if text := m.fails(t, t.Context(), 10, goexits); !strings.Contains(text, "runtime.Goexit") {
			t.Error(text)
		}
	})
}

func TestATaskMayCallMap(t *testing.T) {
	eachMechanism(t, func(t *testing.T, m mechanism) {
		if text := m.fails(t, t.Context(), 50, nested); text != m.operation+": item 31: pool: MapErr: item 31: 31 is odd\nthe sentinel" {
			t.Error(text)
		}
	})
}

func TestAWorkerThatDiesIsTheFailureOfItsItem(t *testing.T) {
	eachMechanism(t, func(t *testing.T, m mechanism) {
		if !m.processes {
			t.Skip("its tasks run in this process")
		}
		if strings.HasSuffix(t.Name(), "/cluster_of_processes") {
			t.Skip("it makes three attempts, and takes 5 seconds to notice that each has failed")
		}
		_, err := m.run(t.Context(), 10, dies)
		var crash *process.CrashError
		var lost *cluster.LostError // which has no status: the worker may be on another machine
		if !errors.As(err, &crash) && !errors.As(err, &lost) || !strings.Contains(err.Error(), "item 5") {
			t.Error(err)
		}
	})
}

func TestAFailureCancelsTheItemsAfterItAndThoseBeforeMayFailLater(t *testing.T) {
	eachInMemory(t, func(t *testing.T, m mechanism) {
		if m.atOnce == 1 {
			t.Skip("one task at a time: none is running when another fails")
		}
		lastRuns, lastCanceled := make(chan bool), make(chan bool)
		_, err := m.run(t.Context(), 12, scenario{run: func(ctx context.Context, n int) (int, error) {
			switch n {
			case 0:
				<-lastCanceled
				if ctx.Err() != nil {
					t.Error("an item before the one that failed was canceled")
				}
				return 0, odd{0}
			case 3:
				<-lastRuns
				return 0, odd{3}
			case 9:
				close(lastRuns)
				<-ctx.Done()
				if !errors.As(context.Cause(ctx), new(odd)) {
					t.Errorf("the cause is %v", context.Cause(ctx))
				}
				close(lastCanceled)
				return 0, ctx.Err()
			}
			return n, nil
		}})
		if err == nil || err.Error() != m.operation+": item 0: 0 is odd" {
			t.Error(err)
		}
	})
}

func TestTasksHearOfTheEndOfTheContextAndTheirErrorsThenDoNotCount(t *testing.T) {
	eachInMemory(t, func(t *testing.T, m mechanism) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, err := m.run(ctx, 100, scenario{run: func(ctx context.Context, n int) (int, error) {
			cancel()
			<-ctx.Done()
			return 0, fmt.Errorf("task %d: %w", n, ctx.Err())
		}})
		if !errors.Is(err, context.Canceled) || err.Error() != m.operation+": stopped before all items were done: context canceled" {
			t.Error(err)
		}
	})
}

func TestAnItemThatIsDoneWhenTheContextEndsCounts(t *testing.T) {
	eachInMemory(t, func(t *testing.T, m mechanism) {
		ctx, cancel := context.WithCancel(t.Context())
		got, err := m.run(ctx, 1, scenario{run: func(context.Context, int) (int, error) { cancel(); return 7, nil }})
		if err != nil || len(got) != 1 || got[0] != 7 {
			t.Errorf("got %v, %v", got, err)
		}
	})
}
