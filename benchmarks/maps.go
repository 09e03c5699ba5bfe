package main

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/alitto/pond/v2"
	"github.com/panjf2000/ants/v2"
	"github.com/sourcegraph/conc/iter"
	concpool "github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"

	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/pool"
	"multiprocessing/lib/primes"
	"multiprocessing/lib/serial"
)

const (
	chunks = "hand-written atomic chunks"
	static = "hand-written static split"
	conc   = "conc iter.Map"
)

var tiny = group{
	title: "100,000 tiny tasks", unit: "ns/task", scale: 100_000,
	start: func() ([]contender, func(), error) { return maps(upTo(100_000), func(n int) int { return n + 1 }) },
	goals: []goal{
		{"pool.Map, ns a task, at most 3", "", 3},
		{"times the hand-written chunks, at most 1.5", chunks, 1.5},
		{"times conc's iter.Map, at most 1/7", conc, 1.0 / 7},
	},
}

var tests = group{
	title: "20,000 primality tests", unit: "ns/task", scale: 20_000,
	start: func() ([]contender, func(), error) { return maps(upTo(20_000), primes.IsPrime) },
	goals: []goal{{"times the static split, at most 1.05", static, 1.05}},
}

var unequal = group{
	title: "300 unequal tasks (the nth prime)", unit: "µs/task", scale: 300_000,
	start: func() ([]contender, func(), error) {
		return maps(upTo(300), func(n int) int { return primes.Nth(n + 1) })
	},
	goals: []goal{{"times the static split, below 1", static, 0.99}},
}

func upTo(n int) []int {
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	return items
}

// maps is everything that maps f over items in one process. All must give
// the same results.
func maps[R comparable](items []int, f func(int) R) ([]contender, func(), error) {
	workers := runtime.GOMAXPROCS(0)
	p, waiters := pool.New(workers), pond.NewPool(workers)
	army, err := ants.NewPool(workers)
	if err != nil {
		return nil, nil, err
	}
	stop := func() { p.Close(); waiters.StopAndWait(); army.Release() }
	want := serial.Map(items, f)
	var cases []contender
	add := func(name string, run func() []R) {
		cases = append(cases, contender{name: name, run: func() error {
			if !slices.Equal(run(), want) {
				return fmt.Errorf("the results are wrong")
			}
			return nil
		}})
	}
	add("pool.Map", func() []R { return pool.Map(p, items, f) })
	add("serial.Map", func() []R { return serial.Map(items, f) })
	add(static, func() []R { return staticSplit(workers, items, f) })
	add(chunks, func() []R { return byHand(workers, items, f) })
	add(conc, func() []R { return iter.Map(items, func(n *int) R { return f(*n) }) })
	add("channel and workers", func() []R { return byChannel(workers, items, f) })
	add("goroutine.Map", func() []R { return goroutine.Map(items, f) })
	add("conc pool", func() []R {
		g := concpool.New().WithMaxGoroutines(workers)
		return each(items, f, func(task func()) { g.Go(task) }, g.Wait)
	})
	add("errgroup", func() []R {
		var g errgroup.Group
		g.SetLimit(workers)
		return each(items, f, func(task func()) { g.Go(func() error { task(); return nil }) }, func() { g.Wait() })
	})
	add("pond", func() []R {
		g := waiters.NewGroup()
		return each(items, f, func(task func()) { g.Submit(task) }, func() { g.Wait() })
	})
	add("ants", func() []R {
		var wg sync.WaitGroup
		wg.Add(len(items))
		return each(items, f, func(task func()) { army.Submit(func() { defer wg.Done(); task() }) }, wg.Wait)
	})
	return cases, stop, nil
}

// each submits one function an item.
func each[R any](items []int, f func(int) R, submit func(task func()), wait func()) []R {
	results := make([]R, len(items))
	for i, item := range items {
		submit(func() { results[i] = f(item) })
	}
	wait()
	return results
}

func byHand[R any](workers int, items []int, f func(int) R) []R {
	results := make([]R, len(items))
	size := max(1, min(256, len(items)/workers/8))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				to := int(next.Add(int64(size)))
				from := to - size
				if from >= len(items) {
					return
				}
				for i := from; i < min(to, len(items)); i++ {
					results[i] = f(items[i])
				}
			}
		})
	}
	wg.Wait()
	return results
}

func staticSplit[R any](workers int, items []int, f func(int) R) []R {
	results := make([]R, len(items))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w * len(items) / workers; i < (w+1)*len(items)/workers; i++ {
				results[i] = f(items[i])
			}
		})
	}
	wg.Wait()
	return results
}

func byChannel[R any](workers int, items []int, f func(int) R) []R {
	results := make([]R, len(items))
	next := make(chan int, 1024)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range next {
				results[i] = f(items[i])
			}
		})
	}
	for i := range items {
		next <- i
	}
	close(next)
	wg.Wait()
	return results
}
