package cluster

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"multiprocessing/lib/process"
)

func reportPerTask(b *testing.B, tasks int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(tasks), "ns/task")
}

// configs are the ways to have two workers on one machine.
var configs = map[string]Config{
	"2 goroutines": {Workers: 2},
	"2 processes":  {Processes: 2},
}

// One operation is Open and Close of a server with two workers, with a Map of
// one task between.
func BenchmarkOpen(b *testing.B) {
	for name, config := range configs {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c, err := Open(b.Context(), config)
				if err != nil {
					b.Fatal(err)
				}
				mustMap(b, c, []int{1}, increment)
				c.Close()
			}
		})
	}
}

// One operation is a Map of tasks that add 1: numbers, which travel as
// memory, and structs with a string.
func BenchmarkTinyTasks(b *testing.B) {
	for name, config := range configs {
		c := mustOpen(b, config)
		b.Run(name+", a million numbers", func(b *testing.B) {
			items := make([]int, 1_000_000)
			for b.Loop() {
				mustMap(b, c, items, increment)
			}
			reportPerTask(b, len(items))
		})
		b.Run(name+", 100,000 structs with a string", func(b *testing.B) {
			items := make([]labeled, 100_000)
			for b.Loop() {
				mustMap(b, c, items, label)
			}
			reportPerTask(b, len(items))
		})
	}
}

// One operation is a Map of 2,000 chunks of one number, for two workers; the
// metric is the time of one chunk.
func BenchmarkChunk(b *testing.B) {
	for name, config := range configs {
		b.Run(name, func(b *testing.B) {
			benchmarkChunk(b, config)
		})
	}
	for _, n := range []int{1, 3} {
		b.Run(fmt.Sprint("2 processes, ", n, " nodes"), func(b *testing.B) {
			config := mustStartNodes(b, n).config()
			config.Processes = 2
			benchmarkChunk(b, config)
		})
	}
}

func benchmarkChunk(b *testing.B, config Config) {
	c := mustOpen(b, config)
	for b.Loop() {
		mustMap(b, c, upTo(2000), increment, ChunkSize(1))
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/2000, "µs/chunk")
}

// One operation is a Map of one task.
func BenchmarkOneTask(b *testing.B) {
	for name, config := range configs {
		b.Run(name, func(b *testing.B) {
			c := mustOpen(b, config)
			for b.Loop() {
				mustMap(b, c, []int{1}, increment)
			}
		})
	}
}

// One operation is a table of primes, 64 tasks of 0.1 to 20 ms, by two
// workers: by package process and here, in turns. The metric is how much
// longer it takes here, the median of all pairs; give it time for 20 or more
// (-benchtime 20x).
func BenchmarkPrimeTable(b *testing.B) {
	var items []int
	for i := range 64 {
		items = append(items, 300*(64-i))
	}
	p, err := process.NewPool(b.Context(), 2)
	if err != nil {
		b.Skip(err)
	}
	defer p.Close()
	for name, config := range configs {
		b.Run(name, func(b *testing.B) {
			c := mustOpen(b, config)
			var ratios []float64
			for b.Loop() {
				begin := time.Now()
				if _, err := process.Map(b.Context(), p, items, nth); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				mustMap(b, c, items, nth)
				ratios = append(ratios, float64(time.Since(between))/float64(between.Sub(begin)))
			}
			slices.Sort(ratios)
			b.ReportMetric(100*(ratios[len(ratios)/2]-1), "%more")
		})
	}
}

// One operation is StartNodes and Close.
func BenchmarkStartNodes(b *testing.B) {
	for _, n := range []int{1, 3} {
		b.Run(fmt.Sprint(n, " nodes"), func(b *testing.B) {
			for b.Loop() {
				nodes, err := StartNodes(b.Context(), n)
				if err != nil {
					b.Fatal(err)
				}
				nodes.Close()
			}
		})
	}
}
