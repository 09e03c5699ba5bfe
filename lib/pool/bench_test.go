package pool

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"multiprocessing/lib/primes"
)

func increment(n int) int { return n + 1 }

func isPrime(n int) bool { return primes.IsPrime(n) }

func numbers(n int) []int {
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	return items
}

func reportPerTask(b *testing.B, tasks int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(tasks), "ns/task")
}

// byHand is the loop that Map must not be much slower than: goroutines
// started for one job, an atomic counter, chunks of 256.
func byHand[T, R any](workers int, items []T, f func(T) R) []R {
	results := make([]R, len(items))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				to := int(next.Add(256))
				from := to - 256
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

// staticSplit gives every worker one run of items of the same length.
func staticSplit[T, R any](workers int, items []T, f func(T) R) []R {
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

// compare runs the same tasks by pool, by hand and in a static split.
func compare[R any](b *testing.B, items []int, f func(int) R) {
	workers := runtime.GOMAXPROCS(0)
	p := New(workers)
	defer p.Close()
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"Map", func() { Map(p, items, f) }},
		{"hand-written chunks", func() { byHand(workers, items, f) }},
		{"hand-written static split", func() { staticSplit(workers, items, f) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.run()
			}
			reportPerTask(b, len(items))
		})
	}
}

// One operation is 100,000 tasks that add 1.
func BenchmarkTinyTasks(b *testing.B) { compare(b, numbers(100_000), increment) }

// One operation is 20,000 primality tests, the cheap ones first.
func BenchmarkPrimalityTests(b *testing.B) { compare(b, numbers(20_000), isPrime) }

// One operation is one task, so this is the way to a worker and back.
func BenchmarkOneTask(b *testing.B) { compare(b, numbers(1), increment) }

// The same two kinds of work with more and fewer chunks for each worker.
func BenchmarkChunksPerWorker(b *testing.B) {
	p := New(runtime.GOMAXPROCS(0))
	defer p.Close()
	tiny, tests := numbers(100_000), numbers(20_000)
	for _, chunks := range []int{4, 16, 32, 64, 128, 256, 1024} {
		b.Run(fmt.Sprintf("tiny/%d", chunks), func(b *testing.B) {
			for b.Loop() {
				Map(p, tiny, increment, Chunk(len(tiny)/chunks/p.workers))
			}
			reportPerTask(b, len(tiny))
		})
		b.Run(fmt.Sprintf("tests/%d", chunks), func(b *testing.B) {
			for b.Loop() {
				Map(p, tests, isPrime, Chunk(max(1, len(tests)/chunks/p.workers)))
			}
			reportPerTask(b, len(tests))
		})
	}
}

// One operation is one look at who calls.
func BenchmarkWhoCalls(b *testing.B) {
	p := New(1)
	defer p.Close()
	b.Run("no task runs", func(b *testing.B) {
		for b.Loop() {
			whoCalls()
		}
	})
	b.Run("in a task", func(b *testing.B) {
		Apply(p, 0, func(int) int {
			for b.Loop() {
				whoCalls()
			}
			return 0
		})
	})
}

// One operation is 100,000 tasks that add 1 in every form of Map, and 1,000
// for those with a job a task.
func BenchmarkForms(b *testing.B) {
	p := New(runtime.GOMAXPROCS(0))
	defer p.Close()
	items, ctx := numbers(100_000), context.Background()
	pairs := make([]Args[int, int], len(items))
	few := slices.Values(items[:1000])
	for _, form := range []struct {
		name  string
		tasks int
		run   func()
	}{
		{"Map", len(items), func() { Map(p, items, increment) }},
		{"Starmap", len(items), func() { Starmap(p, pairs, func(a, b int) int { return a + b }) }},
		{"MapErr", len(items), func() { MapErr(ctx, p, items, func(_ context.Context, n int) (int, error) { return n + 1, nil }) }},
		{"Imap", 1000, func() {
			for range Imap(p, few, increment) {
			}
		}},
		{"Imap in chunks of 100", len(items), func() {
			for range Imap(p, slices.Values(items), increment, Chunk(100)) {
			}
		}},
		{"ImapUnordered", 1000, func() {
			for range ImapUnordered(p, few, increment) {
			}
		}},
	} {
		b.Run(form.name, func(b *testing.B) {
			for b.Loop() {
				form.run()
			}
			reportPerTask(b, form.tasks)
		})
	}
}

// One operation is one task: Apply, and ApplyAsync with Get.
func BenchmarkApply(b *testing.B) {
	p := New(runtime.GOMAXPROCS(0))
	defer p.Close()
	b.Run("Apply", func(b *testing.B) {
		for b.Loop() {
			Apply(p, 1, increment)
		}
	})
	b.Run("ApplyAsync and Get", func(b *testing.B) {
		for b.Loop() {
			ApplyAsync(p, 1, increment).Get(context.Background())
		}
	})
}

// One operation is 10,000 chunks of one tiny task, with a trace and without.
func BenchmarkTrace(b *testing.B) {
	p := New(runtime.GOMAXPROCS(0))
	defer p.Close()
	items := numbers(10_000)
	var spans []Span
	for name, opts := range map[string][]Option{"with": {Chunk(1), Trace(&spans)}, "without": {Chunk(1)}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Map(p, items, increment, opts...)
			}
			reportPerTask(b, len(items))
		})
	}
}

// One operation is a Map of so many tiny tasks in a task of the same pool, or
// of another.
func BenchmarkNested(b *testing.B) {
	p, q := New(2), New(2)
	defer p.Close()
	defer q.Close()
	for name, inner := range map[string]*Pool{"same pool": p, "another pool": q} {
		for _, n := range []int{1, 1000} {
			items := numbers(n)
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				Apply(p, 0, func(int) int {
					for b.Loop() {
						Map(inner, items, increment)
					}
					return 0
				})
			})
		}
	}
}

// One operation is New and Close of a pool of 2 workers.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(2).Close()
	}
}
