package sharedmem

import (
	"sync"
	"sync/atomic"
	"testing"
)

// contended has 2 goroutines add b.N times together.
func contended(b *testing.B, of func(worker int) func()) {
	var wg sync.WaitGroup
	for w := range 2 {
		add := of(w)
		wg.Go(func() {
			for range b.N / 2 {
				add()
			}
		})
	}
	wg.Wait()
}

// One operation is an addition of 1 by one of 2 goroutines, which do nothing
// else. Packed against Sharded is the price of false sharing.
func BenchmarkCounters(b *testing.B) {
	b.Run("Locked", func(b *testing.B) {
		var n Locked[int]
		contended(b, func(int) func() { return func() { n.Add(1) } })
	})
	b.Run("Atomic", func(b *testing.B) {
		var n Atomic[int]
		contended(b, func(int) func() { return func() { n.Add(1) } })
	})
	b.Run("Atomic, float64", func(b *testing.B) {
		var n Atomic[float64]
		contended(b, func(int) func() { return func() { n.Add(1) } })
	})
	b.Run("Packed", func(b *testing.B) {
		n := NewPacked[int](2)
		contended(b, func(w int) func() { c := n.Cell(w); return func() { c.Add(1) } })
	})
	b.Run("Sharded", func(b *testing.B) {
		n := NewSharded[int](2)
		contended(b, func(w int) func() { c := n.Cell(w); return func() { c.Add(1) } })
	})
}

// One operation is an addition of 1 by one of 2 processes, which do nothing
// else. The bare atomic addition is what the processor takes.
func BenchmarkAcrossProcesses(b *testing.B) {
	both := func(b *testing.B, one, other *child) {
		one.line(b)
		other.line(b)
		b.ResetTimer()
		one.tell(b.N / 2)
		other.tell(b.N / 2)
		one.line(b)
		other.line(b)
	}
	for name, mode := range map[string]string{"Value, Add": "add", "Value, Lock": "add under the lock"} {
		b.Run(name, func(b *testing.B) {
			v := mustValue(b, 0)
			both(b, start(b, mode, v), start(b, mode, v))
			if got := v.Load(); got != b.N/2*2 {
				b.Errorf("it is %d", got)
			}
		})
	}
	b.Run("bare atomic", func(b *testing.B) {
		v := mustValue(b, int64(0))
		both(b, start(b, "add bare", v), start(b, "add bare", v))
	})
	b.Run("Value, Add, float64", func(b *testing.B) {
		v := mustValue(b, 0.0)
		both(b, start(b, "add float", v), start(b, "add float", v))
	})
}

// One operation is an addition, or lock and unlock, by one who is alone.
func BenchmarkAlone(b *testing.B) {
	v := mustValue(b, 0)
	a := mustArray[int](b, 100)
	b.Run("bare atomic", func(b *testing.B) {
		var n atomic.Int64
		for range b.N {
			n.Add(1)
		}
	})
	b.Run("Value, Add", func(b *testing.B) {
		for range b.N {
			v.Add(1)
		}
	})
	b.Run("Array, Add", func(b *testing.B) {
		for b.Loop() {
			a.Add(7, 1)
		}
	})
	b.Run("Value, Lock", func(b *testing.B) {
		for b.Loop() {
			v.Lock()
			v.Unlock()
		}
	})
}

// One operation is an array made, sent, received and closed.
func BenchmarkNewArray(b *testing.B) {
	skipWithout(b)
	for b.Loop() {
		a, err := NewArray[int](1000)
		must(b, err)
		other := travel(b, a)
		other.Close()
		a.Close()
	}
}
