package schedules_test

import (
	"testing"

	"multiprocessing/lib/schedules"
)

// lesson is a program with a fault, and how it is repaired.
type lesson struct {
	name          string
	wrong, repair func()
	kind          schedules.Kind // of the failure; DataRace if there is only that
}

// both runs two functions in goroutines and waits for them.
func both(f, g func()) {
	var wg schedules.WaitGroup
	wg.Go(f)
	wg.Go(g)
	wg.Wait()
}

var lessons = []lesson{
	{"lost update", increments(2), func() {
		var mu schedules.Mutex
		count := schedules.NewVar("count", 0)
		add := func() {
			mu.Lock()
			defer mu.Unlock()
			count.Set(count.Get() + 1)
		}
		both(add, add)
		schedules.Check(count.Get() == 2)
	}, schedules.CheckFailed},

	{"check, then act", func() { withdraw(false) }, func() { withdraw(true) }, schedules.CheckFailed},

	{"publication without ordering", func() {
		data, ready := schedules.NewVar("data", 0), schedules.NewVar("ready", false)
		both(func() { data.Set(42); ready.Set(true) }, func() {
			if ready.Get() {
				schedules.Check(data.Get() == 42)
			}
		})
	}, func() {
		data := schedules.NewVar("data", 0)
		var ready schedules.Bool
		both(func() { data.Set(42); ready.Store(true) }, func() {
			if ready.Load() {
				schedules.Check(data.Get() == 42)
			}
		})
	}, schedules.DataRace},

	{"double-checked locking", func() {
		var mu schedules.Mutex
		instance, config := schedules.NewVar("instance", false), schedules.NewVar("config", 0)
		get := func() {
			if !instance.Get() {
				mu.Lock()
				if !instance.Get() {
					config.Set(1)
					instance.Set(true)
				}
				mu.Unlock()
			}
			schedules.Check(config.Get() == 1)
		}
		both(get, get)
	}, func() {
		var once schedules.Once
		config := schedules.NewVar("config", 0)
		get := func() {
			once.Do(func() { config.Set(1) })
			schedules.Check(config.Get() == 1)
		}
		both(get, get)
	}, schedules.DataRace},

	{"two locks in two orders", func() { transfer(false) }, func() { transfer(true) }, schedules.Deadlock},

	{"a condition wait without a loop", func() { take(false) }, func() { take(true) }, schedules.CheckFailed},

	{"Peterson's algorithm with plain variables", petersonPlain, petersonAtomic, schedules.DataRace},

	{"a channel closed twice", func() {
		done := schedules.NewChan[int](0)
		stop := func() {
			if schedules.TrySelect(done.OnRecv(nil, nil)) < 0 {
				done.Close()
			}
		}
		both(stop, stop)
	}, func() {
		done := schedules.NewChan[int](0)
		var once schedules.Once
		stop := func() { once.Do(done.Close) }
		both(stop, stop)
		done.Recv()
	}, schedules.Panic},

	{"a forgotten receiver", func() { firstAnswer(0) }, func() { firstAnswer(2) }, schedules.LeftBehind},

	{"Add in the goroutine", func() {
		var wg schedules.WaitGroup
		count := schedules.NewVar("count", 0)
		schedules.Go(func() {
			wg.Add(1)
			defer wg.Done()
			count.Set(1)
		})
		wg.Wait()
		schedules.Check(count.Get() == 1)
	}, func() {
		var wg schedules.WaitGroup
		count := schedules.NewVar("count", 0)
		wg.Add(1)
		schedules.Go(func() {
			defer wg.Done()
			count.Set(1)
		})
		wg.Wait()
		schedules.Check(count.Get() == 1)
	}, schedules.CheckFailed},

	{"Load and Store instead of Add", func() {
		var n schedules.Int64
		add := func() { n.Store(n.Load() + 1) }
		both(add, add)
		schedules.Check(n.Load() == 2)
	}, func() {
		var n schedules.Int64
		add := func() { n.Add(1) }
		both(add, add)
		schedules.Check(n.Load() == 2)
	}, schedules.CheckFailed},

	{"a reader that reads again while a writer waits", func() { reread(true) }, func() { reread(false) }, schedules.Deadlock},

	{"Sleep instead of waiting", func() {
		var done schedules.Bool
		schedules.Go(func() { done.Store(true) })
		schedules.Sleep(1000)
		schedules.Check(done.Load())
	}, func() {
		done := schedules.NewChan[bool](0)
		schedules.Go(func() { done.Send(true) })
		schedules.Check(done.Recv())
	}, schedules.CheckFailed},

	{"a signal before the wait", func() { lostSignal(false) }, func() { lostSignal(true) }, schedules.Deadlock},
}

// withdraw takes 60 of 100 twice.
func withdraw(whole bool) {
	var mu schedules.Mutex
	balance := schedules.NewVar("balance", 100)
	take := func() {
		mu.Lock()
		enough := balance.Get() >= 60
		if !whole {
			mu.Unlock()
			mu.Lock()
		}
		if enough {
			balance.Set(balance.Get() - 60)
		}
		mu.Unlock()
	}
	both(take, take)
	schedules.Check(balance.Get() >= 0)
}

func transfer(ordered bool) {
	var a, b schedules.Mutex
	move := func(first, second *schedules.Mutex) func() {
		return func() {
			first.Lock()
			defer first.Unlock()
			second.Lock()
			defer second.Unlock()
		}
	}
	if ordered {
		both(move(&a, &b), move(&a, &b))
	} else {
		both(move(&a, &b), move(&b, &a))
	}
}

// take has two consumers and a producer of two items, which wakes all after the first.
func take(loop bool) {
	var mu schedules.Mutex
	cond := schedules.NewCond(&mu)
	items := schedules.NewVar("items", 0)
	consume := func() {
		mu.Lock()
		defer mu.Unlock()
		if loop {
			for items.Get() == 0 {
				cond.Wait()
			}
		} else if items.Get() == 0 {
			cond.Wait()
		}
		items.Set(items.Get() - 1)
		schedules.Check(items.Get() >= 0)
	}
	var wg schedules.WaitGroup
	wg.Go(consume)
	wg.Go(consume)
	for range 2 {
		mu.Lock()
		items.Set(items.Get() + 1)
		mu.Unlock()
		cond.Broadcast()
	}
	wg.Wait()
}

func petersonPlain() {
	wants := []*schedules.Var[bool]{schedules.NewVar("wants0", false), schedules.NewVar("wants1", false)}
	turn, count := schedules.NewVar("turn", 0), schedules.NewVar("count", 0)
	enter := func(me int) func() {
		return func() {
			wants[me].Set(true)
			turn.Set(1 - me)
			for wants[1-me].Get() && turn.Get() == 1-me {
				schedules.Gosched()
			}
			count.Set(count.Get() + 1)
			wants[me].Set(false)
		}
	}
	both(enter(0), enter(1))
	schedules.Check(count.Get() == 2)
}

func petersonAtomic() {
	var wants [2]schedules.Bool
	var turn schedules.Int64
	count := schedules.NewVar("count", 0)
	enter := func(me int64) func() {
		return func() {
			wants[me].Store(true)
			turn.Store(1 - me)
			for wants[1-me].Load() && turn.Load() == 1-me {
				schedules.Gosched()
			}
			count.Set(count.Get() + 1)
			wants[me].Store(false)
		}
	}
	both(enter(0), enter(1))
	schedules.Check(count.Get() == 2)
}

// firstAnswer asks two, and takes the first answer.
func firstAnswer(buffer int) {
	answers := schedules.NewChan[int](buffer)
	for i := range 2 {
		schedules.Go(func() { answers.Send(i) })
	}
	answers.Recv()
}

func reread(again bool) {
	var mu schedules.RWMutex
	both(func() {
		mu.RLock()
		defer mu.RUnlock()
		if again {
			mu.RLock()
			defer mu.RUnlock()
		}
	}, func() {
		mu.Lock()
		defer mu.Unlock()
	})
}

func lostSignal(remember bool) {
	var mu schedules.Mutex
	cond := schedules.NewCond(&mu)
	ready := schedules.NewVar("ready", false)
	both(func() {
		mu.Lock()
		ready.Set(remember)
		mu.Unlock()
		cond.Signal()
	}, func() {
		mu.Lock()
		for !remember || !ready.Get() {
			cond.Wait()
			if !remember {
				break
			}
		}
		mu.Unlock()
	})
}

func TestEveryFaultIsFound(t *testing.T) {
	for _, l := range lessons {
		t.Run(l.name, func(t *testing.T) {
			r := schedules.Explore(l.wrong)
			switch {
			case l.kind == schedules.DataRace && len(r.Races) == 0:
				t.Errorf("no data race: %v", r)
			case l.kind != schedules.DataRace && (len(r.Failures) == 0 || r.Failures[0].Kind != l.kind):
				t.Errorf("%v", r)
			}
		})
	}
}

// TestEachFailureIsShownWithItsOwnSchedule has two failures in the same schedules.
func TestEachFailureIsShownWithItsOwnSchedule(t *testing.T) {
	r := schedules.Explore(func() {
		n := schedules.NewVar("n", 0)
		var wg schedules.WaitGroup
		wg.Go(func() {
			schedules.Checkf(n.Get() == 1, "early")
		})
		wg.Go(func() { n.Set(1) })
		schedules.Checkf(n.Get() == 1, "earlier")
		wg.Wait()
	})
	for _, f := range r.Failures {
		if f.Shortest.Failure != f.Message {
			t.Errorf("%s is shown as %s", f.Message, f.Shortest.Failure)
		}
	}
	if len(r.Failures) != 2 {
		t.Errorf("%v", r)
	}
}

func TestNothingIsFoundInCorrectPrograms(t *testing.T) {
	all := map[string]func(){}
	for name, body := range correct {
		all[name] = body
	}
	for _, l := range lessons {
		all[l.name+", repaired"] = l.repair
	}
	if len(all) < 30 {
		t.Errorf("%d programs", len(all))
	}
	for name, body := range all {
		t.Run(name, func(t *testing.T) {
			if r := schedules.Explore(body); !r.OK() || !r.All || r.Preemptions >= 0 {
				t.Errorf("%v\n%s", r, r.Shortest().Text())
			}
		})
	}
}

// BenchmarkFaults measures how long it takes to find each fault, to count the wrong schedules and to record the shortest.
func BenchmarkFaults(b *testing.B) {
	for _, l := range lessons {
		b.Run(l.name, func(b *testing.B) {
			for b.Loop() {
				schedules.Explore(l.wrong)
			}
		})
	}
}
