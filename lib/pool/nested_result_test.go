package pool_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"multiprocessing/lib/pool"
)

func TestATaskMustNotWaitForItsOwnResult(t *testing.T) {
	for _, size := range []int{1, 2} {
		mustEnd(t, func(t *testing.T) {
			p := newLimited(t, size)
			got := make(chan *pool.AsyncResult[[]int], 1)
			a := pool.MapAsync(p.Pool, upTo(3), func(n int) int {
				a := <-got
				got <- a
				a.Get(context.Background())
				return n
			})
			got <- a
			mustBeMisuse(t, "waits for itself", func() { a.Get(background) })

			inner := make(chan *pool.AsyncResult[int], 1)
			b := pool.ApplyAsync(p.Pool, 1, func(n int) int { // and one that works for it must not, either
				b := <-inner
				return pool.Map(p.Pool, []int{n}, func(n int) int { b.Get(context.Background()); return n })[0]
			})
			inner <- b
			mustBeMisuse(t, "waits for itself", func() { b.Get(background) })
		})
	}
}

func TestTasksMustNotWaitForEachOthersResults(t *testing.T) {
	mustEnd(t, func(t *testing.T) {
		p, q := newLimited(t, 2), newLimited(t, 1)
		first, second := make(chan *pool.AsyncResult[int], 1), make(chan *pool.AsyncResult[int], 1)
		a := pool.ApplyAsync(p.Pool, 1, func(n int) int {
			b := <-second
			return pool.Apply(p.Pool, n, func(int) int { b.Get(context.Background()); return n })
		})
		b := pool.ApplyAsync(q.Pool, 2, func(n int) int { a := <-first; a.Get(context.Background()); return n })
		first <- a
		second <- b
		one := misuse(t, func() { a.Get(background) })
		other := misuse(t, func() { b.Get(background) })
		if !strings.Contains(one+other, "waits for itself") {
			t.Errorf("panics are %q and %q", one, other)
		}
	})
}

func TestATaskMayWaitForTheResultOfAnother(t *testing.T) {
	each(t, waiting(), func(t *testing.T, size int, form form) {
		p, q := newLimited(t, size), newLimited(t, 1)
		a := pool.MapAsync(p.Pool, upTo(5), func(n int) int { return form(q.Pool, []int{n}, q.compute)[0] })
		wantDoubles(t, pool.Map(q.Pool, upTo(5), func(n int) int {
			results, _ := a.Get(background)
			return results[n]
		}), 5)
	})
}

func TestACanceledGetInATaskTakesItsSlotBack(t *testing.T) {
	for _, size := range []int{1, 2} {
		mustEnd(t, func(t *testing.T) {
			p, q := newLimited(t, size), newLimited(t, 1)
			gate := make(chan bool)
			a := pool.ApplyAsync(q.Pool, 1, func(n int) int { <-gate; return n })
			pool.Map(p.Pool, upTo(10), func(n int) int {
				ctx, cancel := context.WithTimeout(background, 1)
				defer cancel()
				if _, err := a.Get(ctx); err == nil {
					t.Error("no error")
				}
				return p.compute(n)
			})
			close(gate)
		})
	}
}

func TestAGetThatGivesUpLeavesTheWorkToOthers(t *testing.T) {
	mustEnd(t, func(t *testing.T) {
		p, q := newLimited(t, 1), newLimited(t, 1)
		for range 100 {
			asked := make(chan bool)
			var callers sync.WaitGroup
			callers.Go(func() {
				pool.Apply(q.Pool, 1, func(n int) int { close(asked); return pool.Apply(p.Pool, n, p.compute) })
			})
			pool.Apply(p.Pool, 1, func(int) int {
				<-asked
				a := pool.ApplyAsync(q.Pool, 21, q.compute)
				synctest.Wait() // the task of q waits for this one
				for range 3 {
					a.Get(over("no patience")) // sometimes it has a slot of q by then
				}
				if got, err := a.Get(background); got != 42 || err != nil {
					t.Errorf("got %d, %v", got, err)
				}
				return 0
			})
			callers.Wait()
		}
	})
}

func TestAGetInATaskEndsWithTheContextOfTheTask(t *testing.T) {
	for _, size := range []int{1, 2} {
		mustEnd(t, func(t *testing.T) {
			p := newLimited(t, size)
			ctx, cancel := context.WithCancel(background)
			var inner *pool.AsyncResult[[]int]
			var ran atomic.Int32
			_, err := pool.MapErr(ctx, p.Pool, []int{0}, func(ctx context.Context, _ int) (int, error) {
				inner = pool.MapAsync(p.Pool, upTo(100), func(n int) int {
					cancel()
					ran.Add(1)
					return p.compute(n)
				}, pool.Chunk(1))
				_, err := inner.Get(ctx)
				if size == 1 && (ran.Load() != 1 || err == nil) {
					t.Errorf("%d tasks have run: %v", ran.Load(), err)
				}
				return 0, err
			})
			if size == 1 && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			<-inner.Done()
			results, err := inner.Get(background)
			if err != nil {
				t.Error(err)
			}
			wantDoubles(t, results, 100)
		})
	}
}
