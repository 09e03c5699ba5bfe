package pool_test

import (
	"context"
	"runtime/pprof"
	"sync"
	"testing"

	"multiprocessing/lib/pool"
)

// relabel are ways in which a task changes its profiler labels.
var relabel = map[string]func(f func()){
	"in pprof.Do": func(f func()) {
		pprof.Do(background, pprof.Labels("key", "value"), func(context.Context) { f() })
	},
	"in pprof.Do without labels": func(f func()) {
		pprof.Do(background, pprof.Labels(), func(context.Context) { f() })
	},
	"after pprof.Do": func(f func()) {
		pprof.Do(background, pprof.Labels("key", "value"), func(context.Context) {})
		f()
	},
	"after SetGoroutineLabels": func(f func()) {
		pprof.SetGoroutineLabels(pprof.WithLabels(background, pprof.Labels("pool", "task")))
		f()
	},
}

func TestATaskMayChangeItsProfilerLabels(t *testing.T) {
	for how, relabeled := range relabel {
		t.Run(how, func(t *testing.T) {
			each(t, waiting(), func(t *testing.T, size int, form form) {
				p, q := newLimited(t, size), newLimited(t, 1)
				wantDoubles(t, pool.Map(p.Pool, upTo(5), func(n int) (result int) {
					relabeled(func() {
						result = form(p.Pool, []int{n, n}, func(n int) (result int) {
							relabeled(func() {
								result = pool.Map(q.Pool, []int{n}, func(n int) (result int) {
									relabeled(func() { result = form(p.Pool, []int{n, n}, p.compute)[0] })
									return result
								})[0]
							})
							return result
						})[1]
					})
					return result
				}, pool.Chunk(1)), 5)
			})
		})
	}
}

func TestCallersWithProfilerLabelsAreNotTasks(t *testing.T) {
	for _, relabeled := range relabel {
		each(t, forms, func(t *testing.T, size int, form form) {
			p := newLimited(t, size)
			var callers sync.WaitGroup
			for range 4 {
				callers.Go(func() {
					relabeled(func() { wantDoubles(t, form(p.Pool, upTo(5), p.compute), 5) })
				})
			}
			callers.Wait()
		})
	}
}
