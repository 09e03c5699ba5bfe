package pool_test

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

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
		results, err := pool.MapErr(background, p, items, func(_ context.Context, n int) (int, error) { return f(n), nil })
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
		a.Get(context.Background())
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
