package same

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/pool"
	"multiprocessing/lib/serial"
)

// task is a task that may fail.
type task = func(context.Context, int) (int, error)

// mapErr is a Map of the numbers 0 to n-1 that may fail. atOnce is how many
// tasks it runs at once.
type mapErr struct {
	atOnce int
	run    func(ctx context.Context, n int, g task) ([]int, error)
}

// failing are the mechanisms whose tasks may be closures.
func failing(t *testing.T) map[string]mapErr {
	p, single := pool.New(4), pool.New(1)
	t.Cleanup(p.Close)
	t.Cleanup(single.Close)
	return map[string]mapErr{
		"serial: MapErr":    {1, func(ctx context.Context, n int, g task) ([]int, error) { return serial.MapErr(ctx, upTo(n), g) }},
		"goroutine: MapErr": {1 << 30, func(ctx context.Context, n int, g task) ([]int, error) { return goroutine.MapErr(ctx, upTo(n), g) }},
		"pool: MapErr": {4, func(ctx context.Context, n int, g task) ([]int, error) {
			return pool.MapErr(ctx, p, upTo(n), g, pool.Chunk(1))
		}},
		"pool: MapErr in chunks": {4, func(ctx context.Context, n int, g task) ([]int, error) {
			return pool.MapErr(ctx, p, upTo(n), g, pool.Chunk(3))
		}},
		"pool: MapErr alone": {1, func(ctx context.Context, n int, g task) ([]int, error) {
			return pool.MapErr(ctx, single, upTo(n), g)
		}},
	}
}

func upTo(n int) []int {
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	return items
}

// eachMechanism runs test for every mechanism, name being what begins its
// errors.
func eachMechanism(t *testing.T, test func(t *testing.T, name string, m mapErr)) {
	for name, m := range failing(t) {
		t.Run(name, func(t *testing.T) {
			operation, _, _ := strings.Cut(name, "MapErr")
			test(t, operation+"MapErr", m)
		})
	}
}

// odd is the error of a task.
type odd struct{ item int }

func (o odd) Error() string { return fmt.Sprintf("%d is odd", o.item) }

func TestTheErrorIsThatOfTheLowestItemThatFailedWithItsNumber(t *testing.T) {
	eachMechanism(t, func(t *testing.T, name string, m mapErr) {
		for range 20 {
			got, err := m.run(t.Context(), 100, func(_ context.Context, n int) (int, error) {
				if n%2 == 1 && n > 30 {
					return 0, odd{n}
				}
				return n, nil
			})
			var o odd
			if got != nil || !errors.As(err, &o) || err.Error() != name+": item 31: 31 is odd" {
				t.Fatalf("got %v, %v", got, err)
			}
		}
	})
}

func TestWithoutAFailureThereIsAResultForEveryItemInOrder(t *testing.T) {
	eachMechanism(t, func(t *testing.T, _ string, m mapErr) {
		for _, n := range []int{0, 1, 1000} {
			got, err := m.run(t.Context(), n, func(_ context.Context, n int) (int, error) { return 2 * n, nil })
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

func TestAFailureCancelsTheItemsAfterItAndThoseBeforeMayFailLater(t *testing.T) {
	eachMechanism(t, func(t *testing.T, name string, m mapErr) {
		if m.atOnce == 1 {
			t.Skip("one task at a time: none is running when another fails")
		}
		lastRuns, lastCanceled := make(chan bool), make(chan bool)
		_, err := m.run(t.Context(), 12, func(ctx context.Context, n int) (int, error) {
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
		})
		if err == nil || err.Error() != name+": item 0: 0 is odd" {
			t.Error(err)
		}
	})
}

func TestWhenTheContextEndsNoTaskBegins(t *testing.T) {
	eachMechanism(t, func(t *testing.T, name string, m mapErr) {
		ctx, cancel := context.WithCancelCause(t.Context())
		enough := errors.New("enough")
		cancel(enough)
		var ran atomic.Int32
		_, err := m.run(ctx, 100, func(context.Context, int) (int, error) { ran.Add(1); return 0, nil })
		if !errors.Is(err, enough) || err.Error() != name+": stopped before all items were done: enough" || ran.Load() != 0 {
			t.Errorf("%d tasks ran: %v", ran.Load(), err)
		}
	})
}

func TestTasksHearOfTheEndOfTheContextAndTheirErrorsThenDoNotCount(t *testing.T) {
	eachMechanism(t, func(t *testing.T, name string, m mapErr) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, err := m.run(ctx, 100, func(ctx context.Context, n int) (int, error) {
			cancel()
			<-ctx.Done()
			return 0, fmt.Errorf("task %d: %w", n, ctx.Err())
		})
		if !errors.Is(err, context.Canceled) || err.Error() != name+": stopped before all items were done: context canceled" {
			t.Error(err)
		}
	})
}

func TestATasksOwnDeadlineIsItsFailure(t *testing.T) {
	eachMechanism(t, func(t *testing.T, name string, m mapErr) {
		_, err := m.run(t.Context(), 3, func(ctx context.Context, n int) (int, error) {
			ctx, cancel := context.WithTimeout(ctx, time.Nanosecond)
			defer cancel()
			<-ctx.Done()
			return 0, ctx.Err()
		})
		if !errors.Is(err, context.DeadlineExceeded) || err.Error() != name+": item 0: context deadline exceeded" {
			t.Error(err)
		}
	})
}

func TestADeadlineStopsAMap(t *testing.T) {
	eachMechanism(t, func(t *testing.T, name string, m mapErr) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		_, err := m.run(ctx, 1000, func(ctx context.Context, n int) (int, error) { <-ctx.Done(); return n, nil })
		if m.atOnce < 1000 && !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestAnItemThatIsDoneWhenTheContextEndsCounts(t *testing.T) {
	eachMechanism(t, func(t *testing.T, _ string, m mapErr) {
		ctx, cancel := context.WithCancel(t.Context())
		got, err := m.run(ctx, 1, func(context.Context, int) (int, error) { cancel(); return 7, nil })
		if err != nil || len(got) != 1 || got[0] != 7 {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestThePanicOfTheLowestItemReachesTheCaller(t *testing.T) {
	eachMechanism(t, func(t *testing.T, _ string, m mapErr) {
		defer func() {
			if text := fmt.Sprint(recover()); !strings.Contains(text, "boom 3") {
				t.Errorf("panic is %s", text)
			}
		}()
		m.run(t.Context(), 100, func(_ context.Context, n int) (int, error) {
			if n >= 3 && n%2 == 1 {
				panic(fmt.Sprint("boom ", n))
			}
			if n > 3 {
				return 0, odd{n}
			}
			return n, nil
		})
	})
}

func TestAnErrorOfAnEarlierItemComesBeforeAPanic(t *testing.T) {
	eachMechanism(t, func(t *testing.T, name string, m mapErr) {
		_, err := m.run(t.Context(), 100, func(_ context.Context, n int) (int, error) {
			switch {
			case n == 3:
				return 0, odd{n}
			case n > 3:
				panic("boom")
			}
			return n, nil
		})
		if err == nil || err.Error() != name+": item 3: 3 is odd" {
			t.Error(err)
		}
	})
}

func TestATaskThatEndsItsGoroutineIsAPanic(t *testing.T) {
	eachMechanism(t, func(t *testing.T, name string, m mapErr) {
		if strings.HasPrefix(name, "serial") {
			t.Skip("it is the caller's own goroutine")
		}
		defer func() {
			if text := fmt.Sprint(recover()); !strings.Contains(text, "runtime.Goexit") {
				t.Errorf("panic is %s", text)
			}
		}()
		m.run(t.Context(), 10, func(_ context.Context, n int) (int, error) {
			if n == 5 {
				runtime.Goexit()
			}
			return n, nil
		})
	})
}
