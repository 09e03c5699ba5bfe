package pool_test

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"golang.org/x/sync/errgroup"

	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/pool"
)

// mustEnd fails the test as soon as every goroutine of f waits for another.
func mustEnd(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

// limited is a pool that counts how many of its tasks run at once.
type limited struct {
	*pool.Pool
	size      int32
	now, most atomic.Int32
}

func newLimited(t *testing.T, size int) *limited {
	p := &limited{Pool: pool.New(size), size: int32(size)}
	t.Cleanup(func() {
		p.Close()
		if n := p.most.Load(); n > p.size {
			t.Errorf("%d tasks ran at once on %d workers", n, p.size)
		}
	})
	return p
}

// compute is called in a task; for as long as it lasts the task runs.
func (p *limited) compute(n int) int {
	now := p.now.Add(1)
	for most := p.most.Load(); now > most && !p.most.CompareAndSwap(most, now); most = p.most.Load() {
	}
	for range 3 {
		runtime.Gosched()
	}
	p.now.Add(-1)
	return 2 * n
}

// form is a call that runs a task for each item and waits for the results.
type form = func(p *pool.Pool, items []int, f func(int) int) []int

// forms are all calls that run a task for each item and wait for the results.
var forms = map[string]form{
	"Map": func(p *pool.Pool, items []int, f func(int) int) []int { return pool.Map(p, items, f) },
	"MapErr": func(p *pool.Pool, items []int, f func(int) int) []int {
		results, err := pool.MapErr(background, p, items, func(n int) (int, error) { return f(n), nil })
		if err != nil {
			panic(err)
		}
		return results
	},
	"Apply": func(p *pool.Pool, items []int, f func(int) int) (results []int) {
		for _, n := range items {
			results = append(results, pool.Apply(p, n, f))
		}
		return results
	},
	"Starmap": func(p *pool.Pool, items []int, f func(int) int) []int {
		var args []pool.Args[int, int]
		for _, n := range items {
			args = append(args, pool.Args[int, int]{A: n})
		}
		return pool.Starmap(p, args, func(a, _ int) int { return f(a) })
	},
	"Imap": func(p *pool.Pool, items []int, f func(int) int) []int {
		return slices.Collect(pool.Imap(p, slices.Values(items), f))
	},
	"ImapUnordered": func(p *pool.Pool, items []int, f func(int) int) []int {
		results := make([]int, len(items))
		for i, r := range pool.ImapUnordered(p, slices.Values(items), f) {
			results[i] = r
		}
		return results
	},
	"MapAsync and Get": func(p *pool.Pool, items []int, f func(int) int) []int {
		results, err := pool.MapAsync(p, items, f).Get(background)
		if err != nil {
			panic(err)
		}
		return results
	},
	"MapAsync and Wait": func(p *pool.Pool, items []int, f func(int) int) []int {
		a := pool.MapAsync(p, items, f)
		a.Wait()
		results, _ := a.Get(background)
		return results
	},
	"MapAsync and Ready": func(p *pool.Pool, items []int, f func(int) int) []int {
		a := pool.MapAsync(p, items, f)
		for !a.Ready() {
			runtime.Gosched()
		}
		results, _ := a.Get(background)
		return results
	},
}

// waiting are the forms that do not poll.
func waiting() map[string]form {
	w := maps.Clone(forms)
	delete(w, "MapAsync and Ready")
	return w
}

// each runs test for every form, on pools of 1, 2 and 3 workers.
func each(t *testing.T, forms map[string]form, test func(t *testing.T, size int, form form)) {
	for name, form := range forms {
		for _, size := range []int{1, 2, 3} {
			t.Run(fmt.Sprintf("%s/%d", name, size), func(t *testing.T) {
				mustEnd(t, func(t *testing.T) { test(t, size, form) })
			})
		}
	}
}

// misuse returns the message of a panic that begins with "pool: ", in whatever
// it is wrapped; or "" if f returns.
func misuse(t *testing.T, f func()) (message string) {
	t.Helper()
	defer func() {
		value := recover()
		for {
			p, ok := value.(*pool.Panic)
			if !ok {
				break
			}
			value = p.Value
		}
		if value == nil {
			return
		}
		if message = fmt.Sprint(value); !strings.HasPrefix(message, "pool: ") {
			t.Errorf("panic value is %v", value)
		}
	}()
	f()
	return ""
}

func mustBeMisuse(t *testing.T, want string, f func()) {
	t.Helper()
	if message := misuse(t, f); !strings.Contains(message, want) || message == "" {
		t.Errorf("panic is %q, want %q", message, want)
	}
}

func TestATaskMayUseItsOwnPool(t *testing.T) {
	each(t, forms, func(t *testing.T, size int, form form) {
		p := newLimited(t, size)
		got := pool.Map(p.Pool, upTo(12), func(n int) int {
			return form(p.Pool, []int{n, n, n}, p.compute)[2]
		})
		wantDoubles(t, got, 12)
	})
}

func TestAPoolThatTasksOfAnotherPoolUseRunsNoMoreTasksThanWorkers(t *testing.T) {
	each(t, forms, func(t *testing.T, size int, form form) {
		p, q := newLimited(t, 5), newLimited(t, size)
		got := pool.Map(p.Pool, upTo(30), func(n int) int {
			return form(q.Pool, []int{n, n, n}, q.compute)[2]
		}, pool.Chunk(1))
		wantDoubles(t, got, 30)
	})
}

// A pool may be there to limit how many tasks hold memory, or a connection.
func TestATaskThatWaitsForAnotherPoolKeepsItsPlace(t *testing.T) {
	each(t, forms, func(t *testing.T, size int, form form) {
		p, q := pool.New(size), pool.New(4)
		defer p.Close()
		defer q.Close()
		var now, most atomic.Int32
		var callers sync.WaitGroup
		for range 3 { // more than one job is waiting
			callers.Go(func() {
				pool.Map(p, upTo(10), func(n int) int {
					if n := now.Add(1); n > most.Load() {
						most.Store(n)
					}
					defer now.Add(-1)
					return form(q, []int{n, n, n}, double)[0]
				}, pool.Chunk(1))
			})
		}
		callers.Wait()
		if n := most.Load(); n > int32(size) {
			t.Errorf("%d tasks were under way on %d workers", n, size)
		}
	})
}

func TestTasksOfTwoPoolsMayUseEachOthersPool(t *testing.T) {
	each(t, waiting(), func(t *testing.T, size int, form form) {
		p, q := newLimited(t, size), newLimited(t, 1)
		there := func(n int) int { return pool.Map(q.Pool, []int{n, n}, q.compute)[1] / 2 }
		back := func(n int) int { return form(p.Pool, []int{n, n}, p.compute)[1] / 2 }
		var callers sync.WaitGroup
		for range 3 {
			callers.Go(func() {
				wantDoubles(t, pool.Map(p.Pool, upTo(10), func(n int) int { return 2 * there(n) }, pool.Chunk(1)), 10)
			})
			callers.Go(func() {
				wantDoubles(t, pool.Map(q.Pool, upTo(10), func(n int) int { return 2 * back(n) }, pool.Chunk(1)), 10)
			})
		}
		callers.Wait()
	})
}

func TestATaskMayUseAPoolWhoseTasksUseItsOwnPool(t *testing.T) {
	each(t, waiting(), func(t *testing.T, size int, form form) {
		p, q, r := newLimited(t, size), newLimited(t, 1), newLimited(t, 2)
		inR := func(n int) int { return r.compute(form(p.Pool, []int{n}, p.compute)[0]) / 4 }
		inQ := func(n int) int { return q.compute(pool.Map(r.Pool, []int{n, n, n}, inR)[0]) / 2 }
		got := pool.Map(p.Pool, upTo(10), func(n int) int { return 2 * pool.Map(q.Pool, []int{n, n}, inQ)[1] }, pool.Chunk(1))
		wantDoubles(t, got, 10)
	})
}

func TestNestedMapsMayBeManyLevelsDeep(t *testing.T) {
	for _, size := range []int{1, 2} {
		mustEnd(t, func(t *testing.T) {
			pools := []*limited{newLimited(t, size), newLimited(t, 1), newLimited(t, size)}
			var down func(depth int) func(int) int
			down = func(depth int) func(int) int {
				p := pools[depth%3]
				if depth == 0 {
					return p.compute
				}
				return func(n int) int { return pool.Map(p.Pool, []int{n, n}, down(depth-1))[0] }
			}
			wantDoubles(t, pool.Map(pools[0].Pool, upTo(2), down(8)), 2)
		})
	}
}

func TestImapOfAnImap(t *testing.T) {
	for _, size := range []int{1, 2} {
		for _, other := range []bool{false, true} {
			mustEnd(t, func(t *testing.T) {
				p := newLimited(t, size)
				q := p
				if other {
					q = newLimited(t, 1)
				}
				quadruple := func(n int) (sum int) {
					for r := range pool.Imap(p.Pool, pool.Imap(q.Pool, slices.Values([]int{n, n, n}), q.compute), p.compute) {
						sum += r
					}
					return sum / 6
				}
				wantDoubles(t, pool.Map(p.Pool, upTo(10), quadruple, pool.Chunk(1)), 10)
				wantDoubles(t, pool.Map(q.Pool, upTo(10), quadruple, pool.Chunk(1)), 10)
				if got := quadruple(7); got != 14 {
					t.Errorf("outside a task: got %d", got)
				}
			})
		}
	}
}

func TestATaskMayLeaveALoopOverImapEarly(t *testing.T) {
	for _, size := range []int{1, 2} {
		mustEnd(t, func(t *testing.T) {
			p, q := newLimited(t, size), newLimited(t, 1)
			read := 0 // by one task after the other
			wantDoubles(t, pool.Map(p.Pool, upTo(10), func(n int) int {
				for range pool.Imap(p.Pool, pool.Imap(q.Pool, counting(&read), q.compute), p.compute) {
					break
				}
				return 2 * n
			}, pool.Chunk(10)), 10)
		})
	}
}

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
		a.Wait()
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

func TestATaskMustNotWaitForItsOwnResult(t *testing.T) {
	for _, size := range []int{1, 2} {
		mustEnd(t, func(t *testing.T) {
			p := newLimited(t, size)
			got := make(chan *pool.AsyncResult[[]int], 1)
			a := pool.MapAsync(p.Pool, upTo(3), func(n int) int {
				a := <-got
				got <- a
				a.Wait()
				return n
			})
			got <- a
			mustBeMisuse(t, "waits for itself", func() { a.Get(background) })

			inner := make(chan *pool.AsyncResult[int], 1)
			b := pool.ApplyAsync(p.Pool, 1, func(n int) int { // and one that works for it must not, either
				b := <-inner
				return pool.Map(p.Pool, []int{n}, func(n int) int { b.Wait(); return n })[0]
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
			return pool.Apply(p.Pool, n, func(int) int { b.Wait(); return n })
		})
		b := pool.ApplyAsync(q.Pool, 2, func(n int) int { a := <-first; a.Wait(); return n })
		first <- a
		second <- b
		one := misuse(t, func() { a.Get(background) })
		other := misuse(t, func() { b.Get(background) })
		if (one == "") == (other == "") || !strings.Contains(one+other, "waits for itself") {
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

func TestGoexitInNestedMapsCostsNoWorkerAndNoSlot(t *testing.T) {
	each(t, waiting(), func(t *testing.T, size int, form form) {
		p, q := newLimited(t, size), newLimited(t, 1)
		exit := func(int) int { runtime.Goexit(); return 0 }
		inP := func(n int) int { return form(p.Pool, []int{n, n}, exit)[0] }
		inQ := func(n int) int { return pool.Map(q.Pool, []int{n}, inP)[0] }
		for _, task := range []func(int) int{inP, inQ} {
			for range 3 {
				if value := catch(func() { pool.Map(p.Pool, upTo(4), task) }); !strings.Contains(fmt.Sprint(value), "Goexit") {
					t.Errorf("panic value is %v", value)
				}
			}
		}
		for _, q := range []*limited{p, q} {
			var all sync.WaitGroup // a task ends only when every worker has one
			all.Add(int(q.size))
			pool.Map(q.Pool, upTo(int(q.size)), func(int) int { all.Done(); all.Wait(); return 0 }, pool.Chunk(1))
		}
	})
}

func TestAPanicInNestedMapsOfTwoPoolsReachesTheCaller(t *testing.T) {
	each(t, waiting(), func(t *testing.T, size int, form form) {
		p, q := newLimited(t, size), newLimited(t, 1)
		inP := func(n int) int { return form(p.Pool, []int{n}, explode)[0] }
		inQ := func(n int) int { return pool.Map(q.Pool, []int{n}, inP)[0] }
		value := catch(func() { pool.Map(p.Pool, []int{70}, inQ) })
		got, ok := value.(*pool.Panic)
		if !ok || got.Value != "boom" || !strings.Contains(got.Stack, "pool_test.explode") {
			t.Errorf("panic value is %v", value)
		}
		wantDoubles(t, pool.Map(p.Pool, upTo(10), func(n int) int { return pool.Map(q.Pool, []int{n}, q.compute)[0] }), 10)
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
