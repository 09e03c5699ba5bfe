package pool_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"multiprocessing/lib/pool"
)

// over is a context that has ended.
func over(cause string) context.Context {
	ctx, cancel := context.WithCancelCause(background)
	cancel(errors.New(cause))
	return ctx
}

func TestMapAsyncReturnsAtOnceAndGetWaits(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	gate := make(chan bool)
	a := pool.MapAsync(p, upTo(10), func(n int) int { <-gate; return 2 * n })
	if a.Ready() {
		t.Error("ready before its tasks have ended")
	}
	if got, err := a.Get(over("no patience")); got != nil || err == nil || err.Error() != "pool: Get: the result is not ready: no patience" {
		t.Errorf("got %v, %v", got, err)
	}
	close(gate)
	a.Get(context.Background())
	for range 2 {
		got, err := a.Get(over("a result that is there wins"))
		if err != nil || !a.Ready() {
			t.Fatal(err)
		}
		wantDoubles(t, got, 10)
	}
}

func TestMapAsyncOfNoItemsIsReady(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	a := pool.MapAsync(p, nil, double)
	if got, err := a.Get(background); !a.Ready() || err != nil || got == nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestAPanicInMapAsyncIsRaisedByEveryGet(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	a := pool.MapAsync(p, upTo(100), explode)
	<-a.Done()
	for range 2 {
		value := mustPanic(t, func() { a.Get(background) })
		if got, ok := value.(*pool.Panic); !ok || got.Value != "boom" {
			t.Errorf("panic value is %v", value)
		}
	}
}

func TestCloseWaitsForMapAsync(t *testing.T) {
	p := pool.New(2)
	var ran atomic.Int32
	a := pool.MapAsync(p, upTo(1000), func(n int) int { ran.Add(1); return n })
	p.Close()
	if !a.Ready() || ran.Load() != 1000 {
		t.Errorf("%d of 1000 tasks have run", ran.Load())
	}
}

func TestManyMapAsyncsMayRunAtOnceAndBeAwaitedByMany(t *testing.T) {
	p := pool.New(3)
	defer p.Close()
	var waiting sync.WaitGroup
	for n := range 50 {
		a := pool.MapAsync(p, upTo(n), double)
		for range 3 {
			waiting.Go(func() {
				got, _ := a.Get(background)
				wantDoubles(t, got, n)
			})
		}
	}
	waiting.Wait()
}

func TestATaskMayWaitForMapAsyncOfItsOwnPool(t *testing.T) {
	for _, workers := range []int{1, 2, 7} {
		p := pool.New(workers)
		got := pool.Map(p, upTo(20), func(n int) int {
			a := pool.ApplyAsync(p, n, double)
			b := pool.MapAsync(p, upTo(n), double)
			b.Get(context.Background())
			value, err := a.Get(background)
			if err != nil {
				t.Error(err)
			}
			return value
		}, pool.Chunk(1))
		wantDoubles(t, got, 20)
		p.Close()
	}
}

func TestATaskMayStartAMapAsyncThatOutlivesIt(t *testing.T) {
	p := pool.New(1)
	inner := pool.Apply(p, 100, func(n int) *pool.AsyncResult[[]int] { return pool.MapAsync(p, upTo(n), double) })
	p.Close()
	got, _ := inner.Get(background)
	wantDoubles(t, got, 100)
}

func TestApplyRunsOneTask(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	if got := pool.Apply(p, 21, double); got != 42 {
		t.Errorf("got %v", got)
	}
	value := mustPanic(t, func() { pool.Apply(p, 70, explode) })
	if got, ok := value.(*pool.Panic); !ok || got.Value != "boom" {
		t.Errorf("panic value is %v", value)
	}
}
