package goroutine_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/primes"
	"multiprocessing/lib/serial"
)

// prime is the deck's task, as it runs under a lock: it offers to let others
// run after every number.
func prime(nth int, gil *goroutine.GIL) int {
	i := 0
	for found := 0; found < nth; {
		gil.Check()
		i++
		if primes.IsPrime(i) {
			found++
		}
	}
	return i
}

func ExampleWithGIL() {
	numbers := []int{20000, 20001, 20002, 20003}
	fmt.Println(goroutine.WithGIL(goroutine.SwitchInterval, numbers, prime))
	// Output: [224737 224743 224759 224771]
}

func TestWithGILGivesTheAnswersOfSerial(t *testing.T) {
	for _, interval := range []time.Duration{1, time.Millisecond, time.Hour} {
		for _, n := range []int{0, 1, 2, 30} {
			items := make([]int, n)
			for i := range items {
				items[i] = i*37%500 + 1
			}
			got, want := goroutine.WithGIL(interval, items, prime), serial.Map(items, primes.Nth)
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		}
	}
}

func TestOnlyOneTaskRunsAtATime(t *testing.T) {
	var running atomic.Int32
	unguarded := 0 // the race detector watches it
	goroutine.WithGIL(time.Nanosecond, make([]int, 20), func(_ int, gil *goroutine.GIL) int {
		for range 200 {
			if n := running.Add(1); n != 1 {
				t.Errorf("%d tasks run", n)
			}
			unguarded++
			running.Add(-1)
			gil.Check()
		}
		return 0
	})
	if unguarded != 20*200 {
		t.Errorf("counted to %d", unguarded)
	}
}

func TestTheLockIsHandedOverAfterTheInterval(t *testing.T) {
	var other atomic.Bool
	goroutine.WithGIL(time.Millisecond, []int{0, 1}, func(n int, gil *goroutine.GIL) int {
		for began := other.Swap(true); !began && other.Load(); {
			gil.Check() // until the other task, which needs the lock for it, says so
		}
		other.Store(false)
		return 0
	})
}

func TestWithoutCheckNobodyElseRuns(t *testing.T) {
	var spans []goroutine.Span
	goroutine.WithGIL(time.Nanosecond, []int{1, 2, 3}, func(n int, _ *goroutine.GIL) int { return primes.Nth(1000 * n) }, goroutine.Trace(&spans))
	if len(spans) != 3 {
		t.Errorf("the lock was held %d times by 3 tasks: %v", len(spans), spans)
	}
}

func TestWhoDropsTheLockOnRequestDoesNotGetItBackBeforeAnother(t *testing.T) {
	var spans []goroutine.Span
	goroutine.WithGIL(time.Microsecond, []int{2000, 2000}, prime, goroutine.Trace(&spans))
	ends := 0
	for i := range spans[1:] {
		if spans[i].Worker == spans[i+1].Worker {
			ends++ // one task has ended, and its successor was alone
		}
	}
	if ends > 1 {
		t.Errorf("%d times the same task twice in %v", ends, spans)
	}
}

func TestWithoutInWithoutDoesNotLetTwoTasksRun(t *testing.T) {
	var running atomic.Int32
	goroutine.WithGIL(time.Nanosecond, make([]int, 20), func(_ int, gil *goroutine.GIL) int {
		for range 100 {
			gil.Without(func() {
				gil.Check()
				gil.Without(func() { gil.Check() })
			})
			if n := running.Add(1); n != 1 {
				t.Errorf("%d tasks run", n)
			}
			runtime.Gosched()
			running.Add(-1)
		}
		return 0
	})
}

func TestTasksThatWaitWithoutTheLockWaitTogether(t *testing.T) {
	var all sync.WaitGroup // a task goes on only when every task waits
	all.Add(50)
	goroutine.WithGIL(time.Hour, make([]int, 50), func(_ int, gil *goroutine.GIL) int {
		gil.Without(func() { all.Done(); all.Wait() })
		return 0
	})
}

func TestTheTraceOfTheLockNeverOverlaps(t *testing.T) {
	var spans []goroutine.Span
	goroutine.WithGIL(10*time.Microsecond, []int{500, 501, 502, 503}, prime, goroutine.Trace(&spans))
	for i := range spans[1:] {
		if spans[i+1].Start < spans[i].End {
			t.Errorf("%v begins before %v has ended", spans[i+1], spans[i])
		}
	}
	held := map[int]bool{}
	for _, s := range spans {
		held[s.Worker] = true
		if s.First != s.Worker-1 || s.Items != 1 {
			t.Errorf("span %v", s)
		}
	}
	if len(held) != 4 {
		t.Errorf("workers %v held the lock", held)
	}
}

func TestAPanicUnderTheLockReachesTheCallerAndTheOthersGoOn(t *testing.T) {
	var ended atomic.Int32
	for _, inWait := range []bool{false, true} {
		ended.Store(0)
		value := mustPanic(t, func() {
			goroutine.WithGIL(time.Millisecond, []int{1, 2, 3, 4}, func(n int, gil *goroutine.GIL) int {
				defer ended.Add(1)
				if inWait {
					gil.Without(func() { explode(n) })
				}
				return explode(n)
			})
		})
		p, ok := value.(*goroutine.Panic)
		if !ok || p.Value != "boom" || !strings.Contains(p.Error(), "goroutine_test.explode") || ended.Load() != 4 {
			t.Errorf("%d tasks have ended, panic value is %v", ended.Load(), value)
		}
	}
}

func TestTraceOfMapHoldsEveryTaskOnce(t *testing.T) {
	var spans []goroutine.Span
	goroutine.Map([]int{1, 2, 3}, primes.Nth, goroutine.Trace(&spans))
	seen := map[int]bool{}
	for _, s := range spans {
		seen[s.First] = s.Worker == s.First+1 && s.Items == 1 && s.End >= s.Start
	}
	if len(spans) != 3 || !seen[0] || !seen[1] || !seen[2] {
		t.Errorf("got %v", spans)
	}
}

func TestWithGILRefusesWhatCannotWork(t *testing.T) {
	for want, misuse := range map[string]func(){
		"goroutine: WithGIL: f must not be nil":                  func() { goroutine.WithGIL[int, int](1, nil, nil) },
		"goroutine: WithGIL: interval must be positive, got 0s":  func() { goroutine.WithGIL(0, []int{1}, prime) },
		"goroutine: WithGIL: interval must be positive, got -1s": func() { goroutine.WithGIL(-time.Second, []int{1}, prime) },
		"goroutine: Trace: into must not be nil":                 func() { goroutine.Trace(nil) },
	} {
		if got := mustPanic(t, misuse); got != want {
			t.Errorf("panic value is %v, want %q", got, want)
		}
	}
}

// One operation is the deck's four tasks: in one goroutine without a lock,
// and in four with one. Then one Check, and one switch of the lock.
func BenchmarkGIL(b *testing.B) {
	numbers := []int{2000, 2001, 2002, 2003}
	b.Run("serial", func(b *testing.B) {
		for b.Loop() {
			serial.Map(numbers, primes.Nth)
		}
	})
	b.Run("without a lock", func(b *testing.B) {
		for b.Loop() {
			goroutine.Map(numbers, primes.Nth)
		}
	})
	b.Run("with it", func(b *testing.B) {
		for b.Loop() {
			goroutine.WithGIL(goroutine.SwitchInterval, numbers, prime)
		}
	})
	b.Run("Check", func(b *testing.B) {
		goroutine.WithGIL(goroutine.SwitchInterval, []int{0}, func(_ int, gil *goroutine.GIL) int {
			for b.Loop() {
				gil.Check()
			}
			return 0
		})
	})
	b.Run("switch", func(b *testing.B) {
		goroutine.WithGIL(time.Hour, []int{0, 1}, func(_ int, gil *goroutine.GIL) int {
			for range b.N {
				gil.Without(func() {})
			}
			return 0
		})
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(2*b.N), "ns/switch")
	})
}
