package pool_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"multiprocessing/lib/pool"
)

func TestATaskMayMakeAPoolAndCloseIt(t *testing.T) {
	each(t, forms, func(t *testing.T, size int, form form) {
		p := newLimited(t, size)
		wantDoubles(t, pool.Map(p.Pool, upTo(5), func(n int) int {
			q := pool.New(2)
			defer q.Close()
			return form(q, []int{n, n, n}, double)[2]
		}), 5)
	})
}

func TestAPoolThatATaskHasMadeMayOutliveIt(t *testing.T) {
	each(t, waiting(), func(t *testing.T, size int, form form) {
		p := newLimited(t, size)
		q := pool.Apply(p.Pool, 1, func(int) *pool.Pool { return pool.New(1) })
		defer q.Close()
		wantDoubles(t, pool.Map(p.Pool, upTo(5), func(n int) int {
			return form(q, []int{n}, func(n int) int { return pool.Map(p.Pool, []int{n}, p.compute)[0] })[0]
		}), 5)
	})
}

func TestATaskMustNotCloseItsPool(t *testing.T) {
	for _, size := range []int{1, 2} {
		for how, start := range beside {
			t.Run(fmt.Sprintf("%s/%d", how, size), func(t *testing.T) {
				mustEnd(t, func(t *testing.T) {
					p, q := newLimited(t, size), newLimited(t, 1)
					const want = "pool: Close: called by a running task of the same pool"
					for _, f := range []func(int) int{
						func(int) int { p.Close(); return 0 },
						func(int) int { start(p.Close); return 0 },
						func(int) int { return pool.Apply(q.Pool, 0, func(int) int { p.Close(); return 0 }) },
						func(int) int { return pool.Apply(q.Pool, 0, func(int) int { start(p.Close); return 0 }) },
					} {
						mustBeMisuse(t, want, func() { pool.Map(p.Pool, upTo(3), f) })
					}
					wantDoubles(t, pool.Map(p.Pool, upTo(5), double), 5) // it is still open
				})
			})
		}
	}
}

func TestATaskMayCloseAnotherPoolWhoseTasksUseItsOwn(t *testing.T) {
	for _, size := range []int{1, 2} {
		mustEnd(t, func(t *testing.T) {
			p, q := newLimited(t, size), newLimited(t, 1)
			begun := make(chan bool)
			var callers sync.WaitGroup
			callers.Go(func() {
				<-begun
				pool.Map(p.Pool, upTo(3), func(int) int { q.Close(); return 0 })
			})
			wantDoubles(t, pool.Map(q.Pool, upTo(5), func(n int) int {
				if n == 0 {
					close(begun)
					synctest.Wait() // q is closing, by a task of p
				}
				return pool.Map(p.Pool, []int{n}, p.compute)[0]
			}, pool.Chunk(1)), 5)
			callers.Wait()
		})
	}
}

func TestTasksOfAPoolThatIsClosingMayUseIt(t *testing.T) {
	each(t, waiting(), func(t *testing.T, size int, form form) {
		p, q := newLimited(t, size), newLimited(t, 1)
		whileClosing(p, func() {
			wantDoubles(t, form(p.Pool, upTo(5), p.compute), 5)
			wantDoubles(t, pool.Map(q.Pool, upTo(5), func(n int) int { return pool.Map(p.Pool, []int{n, n}, p.compute)[1] }), 5)
		})
	})
}

func TestTasksOfAnotherPoolMustNotUseAPoolThatIsClosing(t *testing.T) {
	each(t, forms, func(t *testing.T, size int, form form) {
		p, q := newLimited(t, size), newLimited(t, 1)
		ask, refused := make(chan bool), make(chan bool)
		var callers sync.WaitGroup
		callers.Go(func() {
			mustBeMisuse(t, "the pool is closed", func() {
				pool.Apply(q.Pool, 0, func(int) int { <-ask; form(p.Pool, upTo(3), p.compute); return 0 })
			})
			close(refused)
		})
		whileClosing(p, func() { close(ask); <-refused })
		callers.Wait()
	})
}

// whileClosing calls f in a task of p while Close waits.
func whileClosing(p *limited, f func()) {
	begun := make(chan bool)
	var callers sync.WaitGroup
	callers.Go(func() {
		pool.Apply(p.Pool, 0, func(int) int {
			close(begun)
			synctest.Wait()
			f()
			return 0
		})
	})
	<-begun
	p.Close()
	callers.Wait()
}
