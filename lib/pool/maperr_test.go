package pool_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"

	"multiprocessing/lib/pool"
)

func failFrom(first int) func(int) (int, error) {
	return func(n int) (int, error) {
		if n >= first {
			return 0, fmt.Errorf("no %d", n)
		}
		return 2 * n, nil
	}
}

func TestMapErrReturnsTheErrorAtWhichAForLoopWouldHaveStopped(t *testing.T) {
	for _, workers := range []int{1, 2, 8} {
		p := pool.New(workers)
		for range 50 {
			got, err := pool.MapErr(background, p, upTo(100), failFrom(37), pool.Chunk(3))
			if err == nil || err.Error() != "pool: MapErr: item 37: no 37" || got != nil {
				t.Fatalf("got %v, %v", got, err)
			}
		}
		got, err := pool.MapErr(background, p, upTo(100), failFrom(100))
		if err != nil {
			t.Fatal(err)
		}
		wantDoubles(t, got, 100)
		p.Close()
	}
}

func TestMapErrWaitsForTheErrorOfAnEarlierItemThatIsSlower(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	second := make(chan bool)
	_, err := pool.MapErr(background, p, upTo(2), func(n int) (int, error) {
		if n == 0 {
			<-second
		} else {
			close(second)
		}
		return 0, fmt.Errorf("no %d", n)
	})
	if err == nil || err.Error() != "pool: MapErr: item 0: no 0" {
		t.Errorf("got %v", err)
	}
}

func TestAfterAnErrorTheLaterItemsAreAbandoned(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	ran := 0
	pool.MapErr(background, p, upTo(1000), func(n int) (int, error) { ran++; return failFrom(70)(n) })
	if ran != 71 {
		t.Errorf("%d tasks ran, want 71", ran)
	}
}

func TestTheErrorOfATaskIsWrapped(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	_, err := pool.MapErr(background, p, []string{"x"}, strconv.Atoi)
	if !errors.Is(err, strconv.ErrSyntax) {
		t.Errorf("got %v", err)
	}
}

func TestCancelingStopsMapErr(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	ctx, cancel := context.WithCancelCause(background)
	var ran atomic.Int32
	got, err := pool.MapErr(ctx, p, upTo(1_000_000), func(n int) (int, error) {
		if ran.Add(1) == 10 {
			cancel(errors.New("enough"))
		}
		if n > 10 {
			<-ctx.Done() // as a download would
		}
		return n, nil
	}, pool.Chunk(1))
	if got != nil || err == nil || err.Error() != "pool: MapErr: stopped before all items were done: enough" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := pool.MapErr(ctx, p, upTo(3), func(int) (int, error) { t.Error("a task ran"); return 0, nil }); err == nil {
		t.Error("no error for a context that has ended before")
	}
	wantDoubles(t, pool.Map(p, upTo(100), double), 100)
}

func TestMapErrThatWasDoneBeforeItsContextEndedIsNoError(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	ctx, cancel := context.WithCancel(background)
	got, err := pool.MapErr(ctx, p, upTo(10), func(n int) (int, error) {
		if n == 9 {
			cancel()
		}
		return 2 * n, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantDoubles(t, got, 10)
}

func TestAPanicInMapErrIsAPanic(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	mustPanic(t, func() {
		pool.MapErr(background, p, upTo(100), func(n int) (int, error) { return explode(n), nil })
	})
}
