package goroutine_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/primes"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ExampleMap() {
	fmt.Println(goroutine.Map([]int{20000, 20001, 20002, 20003}, primes.Nth))
	// Output: [224737 224743 224759 224771]
}

// mustPanic returns what f panicked with.
func mustPanic(t *testing.T, f func()) (value any) {
	t.Helper()
	defer func() {
		if value = recover(); value == nil {
			t.Error("did not panic")
		}
	}()
	f()
	return nil
}

func TestAllTasksRunAtTheSameTime(t *testing.T) {
	var all sync.WaitGroup // a task ends only when every task has begun
	all.Add(100)
	goroutine.Map(make([]int, 100), func(int) int { all.Done(); all.Wait(); return 0 })
}

func explode(n int) int {
	if n == 3 {
		panic("boom")
	}
	return n
}

func TestAPanicReachesTheCallerWithTheTasksStack(t *testing.T) {
	value := mustPanic(t, func() { goroutine.Map([]int{1, 2, 3, 4}, explode) })
	p, ok := value.(*goroutine.Panic)
	if !ok || p.Value != "boom" || !strings.Contains(p.Error(), "goroutine_test.explode") {
		t.Errorf("panic value is %v", value)
	}
}

func TestTheOtherTasksEndBeforeAPanicReachesTheCaller(t *testing.T) {
	var ended atomic.Int32
	mustPanic(t, func() {
		goroutine.Map(make([]int, 50), func(int) int { defer ended.Add(1); panic("boom") })
	})
	if ended.Load() != 50 {
		t.Errorf("%d of 50 tasks had ended", ended.Load())
	}
}

func TestATaskThatEndsItsGoroutineIsReported(t *testing.T) {
	value := mustPanic(t, func() {
		goroutine.Map([]int{1}, func(int) int { runtime.Goexit(); return 0 })
	})
	if !strings.Contains(fmt.Sprint(value), "Goexit") {
		t.Errorf("panic value is %v", value)
	}
}

func TestMapRefusesANilFunction(t *testing.T) {
	value := mustPanic(t, func() { goroutine.Map[int, int](nil, nil) })
	if value != "goroutine: Map: f must not be nil" {
		t.Errorf("panic value is %v", value)
	}
}

// One operation is a Map of 10,000 tiny tasks.
func TestMapErrRefusesANilFunction(t *testing.T) {
	defer func() {
		if got := recover(); got != "goroutine: MapErr: g must not be nil" {
			t.Errorf("panic value is %v", got)
		}
	}()
	goroutine.MapErr[int, int](t.Context(), nil, nil)
}

func TestTheTraceOfMapErrHasEveryTaskThatHasReturned(t *testing.T) {
	var spans []goroutine.Span
	goroutine.MapErr(t.Context(), []int{0, 1, 2}, func(_ context.Context, n int) (int, error) { return n, nil }, goroutine.Trace(&spans))
	seen := map[int]bool{}
	for _, s := range spans {
		if s.Worker != s.First+1 || s.Items != 1 || seen[s.First] {
			t.Errorf("a span is %+v", s)
		}
		seen[s.First] = true
	}
	if len(seen) != 3 {
		t.Errorf("spans are %v", spans)
	}
}

func BenchmarkMap(b *testing.B) {
	items := make([]int, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		goroutine.Map(items, func(n int) int { return n + 1 })
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(items)), "ns/task")
}

func BenchmarkMapErr(b *testing.B) {
	items := make([]int, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		goroutine.MapErr(b.Context(), items, func(_ context.Context, n int) (int, error) { return n + 1, nil })
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(items)), "ns/task")
}
