package cputime

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestTheCPUTimeOfRunningThreadsIsComplete has threads run on: what the system counts
// only at its next tick would be missing.
func TestTheCPUTimeOfRunningThreadsIsComplete(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has a clock of each thread")
	}
	if Self() == 0 {
		t.Fatal("there is none")
	}
	var wg sync.WaitGroup
	var stop atomic.Bool
	defer wg.Wait()
	defer stop.Store(true)
	wg.Go(func() {
		for !stop.Load() {
		}
	})
	for range 100 {
		before := Self()
		begin := time.Now()
		for time.Since(begin) < 100*time.Microsecond {
		}
		if Self() > before {
			continue
		}
		t.Fatal("it stands still while a thread runs")
	}
}

func BenchmarkCPUTime(b *testing.B) {
	for b.Loop() {
		Self()
	}
}
