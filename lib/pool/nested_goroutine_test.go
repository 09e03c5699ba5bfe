package pool_test

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/pool"
)

// beside are ways to run f beside the task that calls it, and to wait for it.
var beside = map[string]func(f func()){
	"a goroutine": func(f func()) {
		value := make(chan any)
		go func() { value <- catch(f) }()
		raise(<-value)
	},
	"a goroutine of a goroutine": func(f func()) {
		value := make(chan any)
		go func() { go func() { value <- catch(f) }() }()
		raise(<-value)
	},
	"an errgroup": func(f func()) {
		var g errgroup.Group
		var value any
		g.Go(func() error { value = catch(f); return nil })
		g.Wait()
		raise(value)
	},
	"goroutine.Map": func(f func()) {
		goroutine.Map([]int{1}, func(int) int { f(); return 0 })
	},
	"iter.Pull": func(f func()) {
		next, stop := iter.Pull(func(yield func(int) bool) { f() })
		defer stop()
		next()
	},
}

func TestWhatATaskStartsBesideItselfMustNotWaitForItsPool(t *testing.T) {
	for how, start := range beside {
		t.Run(how, func(t *testing.T) {
			each(t, waiting(), func(t *testing.T, size int, form form) {
				p := newLimited(t, size)
				mustBeMisuse(t, "a running task of the same pool has started the caller", func() {
					pool.Map(p.Pool, upTo(4), func(n int) int {
						start(func() { form(p.Pool, []int{n, n, n}, p.compute) })
						return n
					})
				})
				wantDoubles(t, pool.Map(p.Pool, upTo(4), double), 4)
			})
		})
	}
}

func TestWhatATaskStartsBesideItselfMayUseAnotherPool(t *testing.T) {
	for how, start := range beside {
		t.Run(how, func(t *testing.T) {
			each(t, waiting(), func(t *testing.T, size int, form form) {
				p, q := newLimited(t, 3), newLimited(t, size)
				wantDoubles(t, pool.Map(p.Pool, upTo(12), func(n int) (result int) {
					start(func() { result = form(q.Pool, []int{n, n, n}, q.compute)[2] })
					return 2 * n
				}), 12)
			})
		})
	}
}

func TestTasksOfAnotherPoolThatWorkForAGoroutineCountAsTheGoroutine(t *testing.T) {
	for how, start := range beside {
		t.Run(how, func(t *testing.T) {
			each(t, waiting(), func(t *testing.T, size int, form form) {
				p, q := newLimited(t, size), newLimited(t, 2)
				mustBeMisuse(t, "a running task of the same pool has started the caller", func() {
					pool.Map(p.Pool, upTo(4), func(n int) int {
						start(func() {
							pool.Map(q.Pool, []int{n}, func(n int) int { return form(p.Pool, []int{n}, p.compute)[0] })
						})
						return n
					})
				})
			})
		})
	}
}

func TestTasksThatATaskStartsByMapAsyncMayUseItsPool(t *testing.T) {
	each(t, waiting(), func(t *testing.T, size int, form form) {
		p, q := newLimited(t, size), newLimited(t, 2)
		wantDoubles(t, pool.Map(p.Pool, upTo(6), func(n int) int {
			a := pool.MapAsync(q.Pool, []int{n, n, n}, func(n int) int { return form(p.Pool, []int{n}, p.compute)[0] })
			p.compute(n)
			results, _ := a.Get(background)
			return results[2]
		}), 6)
	})
}

func TestTasksThatMapAsyncStartsInTheSamePoolMayUseIt(t *testing.T) {
	each(t, waiting(), func(t *testing.T, size int, form form) {
		p, q := newLimited(t, size), newLimited(t, 1)
		inQ := func(n int) int { return form(p.Pool, []int{n, n}, p.compute)[1] }
		wantDoubles(t, pool.Map(p.Pool, upTo(5), func(n int) int {
			a := pool.MapAsync(p.Pool, []int{n, n}, func(n int) int { return pool.Map(q.Pool, []int{n}, inQ)[0] })
			results, _ := a.Get(background)
			return results[1]
		}), 5)
	})
}

func TestAGoroutineMayUseThePoolWhenItsTaskHasEnded(t *testing.T) {
	each(t, forms, func(t *testing.T, size int, form form) {
		p := newLimited(t, size)
		mapped := make(chan bool)
		var outlives sync.WaitGroup
		pool.Map(p.Pool, upTo(4), func(n int) int {
			outlives.Go(func() {
				outlives.Go(func() { // and so may one that it starts
					<-mapped
					wantDoubles(t, form(p.Pool, upTo(3), p.compute), 3)
				})
				<-mapped
				wantDoubles(t, form(p.Pool, upTo(3), p.compute), 3)
			})
			return n
		})
		close(mapped)
		outlives.Wait()
	})
}

func TestAGoroutineBelongsToAllTasksThatAreRunningAroundIt(t *testing.T) {
	each(t, waiting(), func(t *testing.T, size int, form form) {
		p, q := newLimited(t, size), newLimited(t, 1)
		mustBeMisuse(t, "a running task of the same pool has started the caller", func() {
			pool.Apply(p.Pool, 0, func(n int) int {
				mapped, value := make(chan bool), make(chan any)
				pool.Apply(q.Pool, 0, func(int) int {
					go func() {
						<-mapped // the inner task has ended, the outer has not
						value <- catch(func() { form(p.Pool, upTo(3), p.compute) })
					}()
					return 0
				})
				close(mapped)
				raise(<-value)
				return 0
			})
		})
	})
}

func TestAGoroutineIsRefusedEvenIfItsTaskDoesNotWaitForIt(t *testing.T) {
	mustEnd(t, func(t *testing.T) {
		p := newLimited(t, 2)
		refused, end := make(chan string), make(chan bool)
		a := pool.ApplyAsync(p.Pool, 0, func(int) int {
			go func() { refused <- misuse(t, func() { pool.Map(p.Pool, upTo(3), p.compute) }) }()
			<-end
			return 0
		})
		if message := <-refused; message == "" {
			t.Error("the goroutine was not refused")
		}
		close(end)
		a.Get(context.Background())
	})
}

func TestGoroutinesThatWaitForEachOthersPoolEndOrPanic(t *testing.T) {
	for how, start := range beside {
		for _, size := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s/%d", how, size), func(t *testing.T) {
				mustEnd(t, func(t *testing.T) {
					p, q := newLimited(t, size), newLimited(t, 1)
					use := func(other *limited) func(int) int {
						return func(n int) (result int) {
							start(func() { result = pool.Map(other.Pool, []int{n}, other.compute)[0] })
							return 2 * n
						}
					}
					var callers sync.WaitGroup
					for range 4 {
						callers.Go(func() {
							misuse(t, func() { wantDoubles(t, pool.Map(p.Pool, upTo(4), use(q), pool.Chunk(1)), 4) })
						})
						callers.Go(func() {
							misuse(t, func() { wantDoubles(t, pool.Map(q.Pool, upTo(4), use(p), pool.Chunk(1)), 4) })
						})
						callers.Go(func() { // and one that does not use goroutines
							misuse(t, func() {
								pool.Map(q.Pool, upTo(4), func(n int) int { return pool.Map(p.Pool, []int{n}, p.compute)[0] })
							})
						})
					}
					callers.Wait()
					wantDoubles(t, pool.Map(p.Pool, upTo(4), double), 4)
					wantDoubles(t, pool.Map(q.Pool, upTo(4), double), 4)
				})
			})
		}
	}
}

func catch(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

func raise(value any) {
	if value != nil {
		panic(value)
	}
}
