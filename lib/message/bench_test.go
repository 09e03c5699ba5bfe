package message

import (
	"testing"
)

// One operation is a Put and its Get, in two goroutines.
func BenchmarkBetweenGoroutines(b *testing.B) {
	b.Run("Queue", func(b *testing.B) {
		q := NewQueue[int](64)
		go func() {
			for i := range b.N {
				q.Put(i)
			}
			q.Close()
		}()
		for range q.All() {
		}
	})
	b.Run("channel", func(b *testing.B) {
		c := make(chan int, 64)
		go func() {
			for i := range b.N {
				c <- i
			}
			close(c)
		}()
		for range c {
		}
	})
}

// items are what goes between processes in benchmarks.
func init() {
	children["put ints"] = func() { putAll(1) }
	children["put orders"] = func() { putAll(order{1, []string{"a"}, nil}) }
	children["put thousands"] = func() { putAll([1000]int{}) }
	children["get ints"] = func() {
		for range handed[Queue[int]]().All() {
		}
	}
}

func putAll[T any](v T) {
	for q := handed[Queue[T]](); q.Put(v) == nil; {
	}
}

func getFrom[T any](b *testing.B, mode string, numbers int) {
	q := NewQueue[T](64)
	defer q.Discard()
	start(b, mode, q)
	q.Get() // it is there
	for b.Loop() {
		if _, err := q.Get(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*numbers), "ns/item")
}

// One operation is a Put in one process and its Get in another.
func BenchmarkBetweenProcesses(b *testing.B) {
	b.Run("from another, int", func(b *testing.B) { getFrom[int](b, "put ints", 1) })
	b.Run("from another, struct with strings", func(b *testing.B) { getFrom[order](b, "put orders", 1) })
	b.Run("from another, 1000 ints", func(b *testing.B) { getFrom[[1000]int](b, "put thousands", 1000) })
	b.Run("to another, int", func(b *testing.B) {
		q := NewQueue[int](64)
		defer q.Discard()
		start(b, "get ints", q)
		for b.Loop() {
			q.Put(1)
		}
	})
}

// One operation is a Put in one process and its Get in one of two others.
func BenchmarkTwoThatGet(b *testing.B) {
	q := NewQueue[int](64)
	defer q.Discard()
	start(b, "get ints", q)
	start(b, "get ints", q)
	for b.Loop() {
		q.Put(1)
	}
}

// One operation is a question to another process and its answer.
func BenchmarkPipe(b *testing.B) {
	here, there := NewPipe[int, int]()
	defer there.Close()
	defer here.Close()
	start(b, "count up", there)
	for b.Loop() {
		here.Send(1)
		if _, err := here.Recv(); err != nil {
			b.Fatal(err)
		}
	}
}

// One operation is a value that is encoded and decoded.
func BenchmarkFormats(b *testing.B) {
	b.Run("int", func(b *testing.B) {
		l := linkFor[int]()
		for b.Loop() {
			payload, _ := l.encode(new(int))
			l.decode(payload)
		}
	})
	b.Run("struct with strings", func(b *testing.B) {
		l := linkFor[order]()
		for b.Loop() {
			payload, _ := l.encode(&order{1, []string{"a"}, nil})
			l.decode(payload)
		}
	})
}
