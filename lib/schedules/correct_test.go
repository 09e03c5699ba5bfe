package schedules_test

import (
	"context"
	"time"

	"multiprocessing/lib/schedules"
)

// correct are programs in which nothing must be found; the repaired lessons are others.
var correct = map[string]func(){
	"sync.WaitGroup's example": func() {
		var wg schedules.WaitGroup
		fetched := make([]schedules.Var[bool], 3)
		for i := range fetched {
			wg.Add(1)
			schedules.Go(func() {
				defer wg.Done()
				fetched[i].Set(true)
			})
		}
		wg.Wait()
		for i := range fetched {
			schedules.Check(fetched[i].Get())
		}
	},
	"sync.Once's example": func() {
		var once schedules.Once
		calls := schedules.NewVar("calls", 0)
		done := schedules.NewChan[bool](0)
		for range 3 {
			schedules.Go(func() {
				once.Do(func() { calls.Set(calls.Get() + 1) })
				done.Send(true)
			})
		}
		for range 3 {
			done.Recv()
		}
		schedules.Check(calls.Get() == 1)
	},
	"sync.OnceValue's example": func() {
		calls := schedules.NewVar("calls", 0)
		once := schedules.OnceValue(func() int {
			calls.Set(calls.Get() + 1)
			return 45
		})
		use := func() { schedules.Check(once() == 45) }
		both(use, use)
		schedules.Check(calls.Get() == 1)
	},
	"atomic.Value's example of a configuration": func() {
		var config schedules.Value
		config.Store(1)
		both(func() { config.Store(2) }, func() {
			c := config.Load().(int)
			schedules.Check(c == 1 || c == 2)
		})
	},
	"atomic.Value's example of read-mostly data": func() {
		var m schedules.Value
		var mu schedules.Mutex
		m.Store(table{})
		insert := func(key, value int) {
			mu.Lock()
			defer mu.Unlock()
			old := m.Load().(table)
			m.Store(old.with(key, value))
		}
		both(func() { insert(1, 1) }, func() { insert(2, 4); _ = m.Load().(table)[0] })
		schedules.Check(m.Load().(table) == table{0, 1, 4})
	},
	"sync.Cond's use with a loop, and Broadcast": func() {
		var mu schedules.Mutex
		cond := schedules.NewCond(&mu)
		open := schedules.NewVar("open", false)
		wait := func() {
			cond.L.Lock()
			for !open.Get() {
				cond.Wait()
			}
			cond.L.Unlock()
		}
		schedules.Go(wait)
		schedules.Go(wait)
		mu.Lock()
		open.Set(true)
		cond.Broadcast()
		mu.Unlock()
	},
	"context.WithCancel's example": func() {
		ctx, cancel := schedules.WithCancel(schedules.Background())
		defer cancel()
		numbers := schedules.NewChan[int](0)
		schedules.Go(func() {
			for n := 1; ; n++ {
				if schedules.Select(ctx.Done().OnRecv(nil, nil), numbers.OnSend(n)) == 0 {
					return
				}
			}
		})
		for n := range numbers.All() {
			if n == 3 {
				break
			}
		}
	},
	"context.WithTimeout's example": func() {
		ctx, cancel := schedules.WithTimeout(schedules.Background(), time.Millisecond)
		defer cancel()
		if schedules.Select(schedules.NewChan[int](0).OnRecv(nil, nil), ctx.Done().OnRecv(nil, nil)) == 1 {
			schedules.Check(ctx.Err() == context.DeadlineExceeded)
		}
	},
	"a timeout of no time": func() {
		for _, d := range []time.Duration{0, -time.Second} {
			ctx, cancel := schedules.WithTimeout(schedules.Background(), d)
			schedules.Check(ctx.Err() == context.DeadlineExceeded)
			schedules.Check(schedules.TrySelect(ctx.Done().OnRecv(nil, nil)) == 0)
			child, cancelChild := schedules.WithTimeout(ctx, time.Second)
			schedules.Check(child.Err() == context.DeadlineExceeded)
			cancelChild()
			cancel()
			schedules.Check(ctx.Err() == context.DeadlineExceeded)
		}
	},
	"a timeout of no time below a canceled parent": func() {
		parent, cancel := schedules.WithCancel(schedules.Background())
		cancel()
		ctx, cancelChild := schedules.WithTimeout(parent, 0)
		defer cancelChild()
		schedules.Check(ctx.Err() == context.Canceled)
	},
	"a canceled parent": func() {
		parent, cancel := schedules.WithCancel(schedules.Background())
		child, cancelChild := schedules.WithCancel(parent)
		defer cancelChild()
		schedules.Go(func() { cancel() })
		child.Done().Recv()
		schedules.Check(child.Err() == context.Canceled && parent.Err() == context.Canceled)
	},
	"time.After in a select": func() {
		answer := schedules.NewChan[int](1)
		schedules.Go(func() { answer.Send(1) })
		schedules.Select(answer.OnRecv(nil, nil), schedules.After(time.Second).OnRecv(nil, nil))
	},
	"a timer that is due earlier fires earlier": func() {
		first := schedules.NewTimer(time.Millisecond)
		schedules.After(time.Second).Recv()
		schedules.Check(first.C.Len() == 1 && !first.Stop())
	},
	"producer and consumer": func() {
		c := schedules.NewChan[int](1)
		schedules.Go(func() {
			for i := range 3 {
				c.Send(i)
			}
			c.Close()
		})
		sum := 0
		for v := range c.All() {
			sum += v
		}
		schedules.Check(sum == 3)
	},
	"pipeline": func() {
		numbers, squares := schedules.NewChan[int](0), schedules.NewChan[int](0)
		schedules.Go(func() {
			defer numbers.Close()
			numbers.Send(2)
			numbers.Send(3)
		})
		schedules.Go(func() {
			defer squares.Close()
			for n := range numbers.All() {
				squares.Send(n * n)
			}
		})
		sum := 0
		for n := range squares.All() {
			sum += n
		}
		schedules.Check(sum == 13)
	},
	"fan-in": func() {
		c := schedules.NewChan[int](0)
		var wg schedules.WaitGroup
		for i := range 2 {
			wg.Go(func() { c.Send(i) })
		}
		schedules.Go(func() {
			wg.Wait()
			c.Close()
		})
		sum := 0
		for v := range c.All() {
			sum += v
		}
		schedules.Check(sum == 1)
	},
	"pool of workers": func() {
		tasks, results := schedules.NewChan[int](2), schedules.NewChan[int](2)
		for range 2 {
			schedules.Go(func() {
				for task := range tasks.All() {
					results.Send(task * task)
				}
			})
		}
		tasks.Send(2)
		tasks.Send(3)
		tasks.Close()
		schedules.Check(results.Recv()+results.Recv() == 13)
	},
	"semaphore of a buffered channel": func() {
		slots := schedules.NewChan[bool](1)
		count := schedules.NewVar("count", 0)
		add := func() {
			slots.Send(true)
			count.Set(count.Get() + 1)
			slots.Recv()
		}
		both(add, add)
		schedules.Check(count.Get() == 2)
	},
	"RWMutex around a cache": func() {
		var mu schedules.RWMutex
		cache := schedules.NewVar("cache", 0)
		var wg schedules.WaitGroup
		for range 2 {
			wg.Go(func() {
				mu.RLock()
				v := cache.Get()
				mu.RUnlock()
				schedules.Check(v == 0 || v == 7)
			})
		}
		wg.Go(func() {
			mu.Lock()
			cache.Set(7)
			mu.Unlock()
		})
		wg.Wait()
	},
	"spinlock of CompareAndSwap": func() {
		var locked schedules.Bool
		count := schedules.NewVar("count", 0)
		add := func() {
			for !locked.CompareAndSwap(false, true) {
				schedules.Gosched()
			}
			count.Set(count.Get() + 1)
			locked.Store(false)
		}
		both(add, add)
		schedules.Check(count.Get() == 2)
	},
	"ticket lock": func() {
		var next, serving schedules.Int64
		count := schedules.NewVar("count", 0)
		add := func() {
			ticket := next.Add(1) - 1
			for serving.Load() != ticket {
				schedules.Gosched()
			}
			count.Set(count.Get() + 1)
			serving.Add(1)
		}
		both(add, add)
		schedules.Check(count.Get() == 2)
	},
	"bounded queue with two conditions": func() {
		var mu schedules.Mutex
		notFull, notEmpty := schedules.NewCond(&mu), schedules.NewCond(&mu)
		length := schedules.NewVar("length", 0)
		both(func() {
			for range 2 {
				mu.Lock()
				for length.Get() == 1 {
					notFull.Wait()
				}
				length.Set(length.Get() + 1)
				notEmpty.Signal()
				mu.Unlock()
			}
		}, func() {
			for range 2 {
				mu.Lock()
				for length.Get() == 0 {
					notEmpty.Wait()
				}
				length.Set(length.Get() - 1)
				notFull.Signal()
				mu.Unlock()
			}
		})
		schedules.Check(length.Get() == 0)
	},
	"stack of CompareAndSwap": func() {
		type node struct{ below *node }
		var top schedules.Pointer[node]
		push := func() {
			n := new(node)
			for {
				n.below = top.Load()
				if top.CompareAndSwap(n.below, n) {
					return
				}
			}
		}
		both(push, push)
		schedules.Check(top.Load().below.below == nil)
	},
	"a closed channel as a latch": func() {
		ready := schedules.NewChan[bool](0)
		data := schedules.NewVar("data", 0)
		var wg schedules.WaitGroup
		for range 2 {
			wg.Go(func() {
				_, ok := ready.Recv2()
				schedules.Check(!ok && data.Get() == 1)
			})
		}
		data.Set(1)
		ready.Close()
		wg.Wait()
	},
	"ping-pong": func() {
		ping, pong := schedules.NewChan[int](0), schedules.NewChan[int](0)
		schedules.Go(func() {
			for n := range ping.All() {
				pong.Send(n + 1)
			}
		})
		n := 0
		for range 3 {
			ping.Send(n)
			n = pong.Recv()
		}
		ping.Close()
		schedules.Check(n == 3)
	},
	"a receive from a buffered channel orders later sends": func() {
		c := schedules.NewChan[int](1)
		v := schedules.NewVar("v", 0)
		schedules.Go(func() {
			v.Set(1)
			c.Recv() // before the second send completes
		})
		c.Send(1)
		c.Send(2)
		schedules.Check(v.Get() == 1)
	},
	"a mutex that another goroutine unlocks": func() {
		var mu schedules.Mutex
		v := schedules.NewVar("v", 0)
		mu.Lock()
		schedules.Go(func() {
			v.Set(1)
			mu.Unlock()
		})
		mu.Lock()
		schedules.Check(v.Get() == 1)
	},
	"a panic that is recovered": func() {
		var mu schedules.Mutex
		fail := func() {
			defer func() { schedules.Check(recover() != nil) }()
			mu.Lock()
			defer mu.Unlock()
			panic("expected")
		}
		both(fail, fail)
	},
	"TryLock": func() {
		var mu schedules.Mutex
		count := schedules.NewVar("count", 0)
		add := func() {
			if mu.TryLock() {
				count.Set(count.Get() + 1)
				mu.Unlock()
			}
		}
		both(add, add)
		n := count.Get()
		schedules.Check(n == 1 || n == 2)
	},
	"nil channels in a select": func() {
		var never *schedules.Chan[int]
		c := schedules.NewChan[int](0)
		schedules.Go(func() { c.Send(1) })
		schedules.Check(schedules.Select(never.OnRecv(nil, nil), never.OnSend(1), c.OnRecv(nil, nil)) == 2)
		schedules.Check(schedules.TrySelect(never.OnRecv(nil, nil)) == -1)
	},
}

type table [3]int

func (m table) with(key, value int) table {
	m[key] = value
	return m
}
