package process

import (
	"bytes"
	"testing"
	"time"

	"multiprocessing/lib/internal/portable"
)

type labeled struct {
	N     int
	Label string
}

var (
	increment      = Register("increment", func(n int) int { return n + 1 })
	incrementLabel = Register("increment labeled", func(l labeled) labeled { return labeled{l.N + 1, l.Label} })
)

func reportPerTask(b *testing.B, tasks int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(tasks), "ns/task")
}

// One operation is NewPool(ctx, 2) and Close; start-ms is NewPool alone.
func BenchmarkPoolStart(b *testing.B) {
	mustPool(b, 1) // skips where there are none
	var starting time.Duration
	for b.Loop() {
		begin := time.Now()
		p, err := NewPool(b.Context(), 2)
		if err != nil {
			b.Fatal(err)
		}
		starting += time.Since(begin)
		p.Close()
	}
	b.ReportMetric(float64(starting.Microseconds())/float64(b.N)/1000, "start-ms")
}

// One operation is a Map of 100,000 tasks that add 1, on 2 workers: with
// numbers, which travel as memory, and with strings.
func BenchmarkTinyTasks(b *testing.B) {
	p := mustPool(b, 2)
	b.Run("numbers", func(b *testing.B) {
		items := make([]int, 100_000)
		for b.Loop() {
			mustMap(b, p, items, increment)
		}
		reportPerTask(b, len(items))
	})
	b.Run("structs with a string", func(b *testing.B) {
		items := make([]labeled, 100_000)
		for b.Loop() {
			mustMap(b, p, items, incrementLabel)
		}
		reportPerTask(b, len(items))
	})
}

// The same numbers with more and fewer chunks for each worker.
func BenchmarkChunksPerWorker(b *testing.B) {
	p := mustPool(b, 2)
	items := make([]int, 100_000)
	for name, chunks := range map[string]int{"1": 1, "4": 4, "16": 16, "64": 64} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				mustMap(b, p, items, increment, Chunk(len(items)/2/chunks))
			}
			reportPerTask(b, len(items))
		})
	}
}

// One operation is one task: a request, and its reply.
func BenchmarkOneTask(b *testing.B) {
	p := mustPool(b, 1)
	b.Run("number", func(b *testing.B) {
		for b.Loop() {
			mustMap(b, p, []int{1}, increment)
		}
	})
	b.Run("struct with a string", func(b *testing.B) {
		for b.Loop() {
			mustMap(b, p, []labeled{{1, "a"}}, incrementLabel)
		}
	})
}

// One operation is one task by Apply, and by MapAsync and Get.
func BenchmarkApply(b *testing.B) {
	p := mustPool(b, 1)
	b.Run("Apply", func(b *testing.B) {
		for b.Loop() {
			if _, err := Apply(b.Context(), p, 1, increment); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("MapAsync and Get", func(b *testing.B) {
		for b.Loop() {
			if _, err := MapAsync(b.Context(), p, []int{1}, increment).Get(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// One operation is New, Start and Join of a process with one task.
func BenchmarkProcess(b *testing.B) {
	mustPool(b, 1) // skips where there are none
	for b.Loop() {
		if _, err := mustStart(b, New(increment, 1)).Join(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// One operation is to send and receive 1,000 values within one process.
func BenchmarkFormats(b *testing.B) {
	b.Run("numbers", func(b *testing.B) { sendWithin(b, numbers, upTo(1000)) })
	b.Run("structs with a string", func(b *testing.B) { sendWithin(b, labeleds, make([]labeled, 1000)) })
}

func sendWithin[T any](b *testing.B, as *portable.Codec, items []T) {
	var pipe bytes.Buffer
	c := newConnection(&pipe, &pipe)
	out := make([]T, len(items))
	for b.Loop() {
		if err := roundTrip(c, as, items, out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(items)), "ns/value")
}
