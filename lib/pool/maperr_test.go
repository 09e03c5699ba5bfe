package pool_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"multiprocessing/lib/pool"
)

func failFrom(first int) func(context.Context, int) (int, error) {
	return func(_ context.Context, n int) (int, error) {
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

func TestAfterAnErrorTheLaterItemsAreAbandoned(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	ran := 0
	pool.MapErr(background, p, upTo(1000), func(ctx context.Context, n int) (int, error) { ran++; return failFrom(70)(ctx, n) })
	if ran != 71 {
		t.Errorf("%d tasks ran, want 71", ran)
	}
}

func TestCancelingStopsMapErr(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	ctx, cancel := context.WithCancelCause(background)
	var ran atomic.Int32
	got, err := pool.MapErr(ctx, p, upTo(1_000_000), func(ctx context.Context, n int) (int, error) {
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
	if _, err := pool.MapErr(ctx, p, upTo(3), func(context.Context, int) (int, error) { t.Error("a task ran"); return 0, nil }); err == nil {
		t.Error("no error for a context that has ended before")
	}
	wantDoubles(t, pool.Map(p, upTo(100), double), 100)
}

func TestMapErrReturnsTheErrorOfALowerItemAfterAPanic(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	panicked := make(chan bool)
	_, err := pool.MapErr(t.Context(), p, []int{0, 1}, func(_ context.Context, n int) (int, error) {
		if n == 1 {
			defer close(panicked)
			panic("boom")
		}
		<-panicked
		return 0, errors.New("lower")
	}, pool.Chunk(1))
	if err == nil || err.Error() != "pool: MapErr: item 0: lower" {
		t.Error(err)
	}
}
