package pool_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"multiprocessing/lib/pool"
	"multiprocessing/lib/primes"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ExampleMap() {
	p := pool.New(4)
	defer p.Close()
	fmt.Println(pool.Map(p, []int{20000, 20001, 20002, 20003}, primes.Nth))
	// Output: [224737 224743 224759 224771]
}

func ExampleChunk() {
	p := pool.New(2)
	defer p.Close()
	words := []string{"one", "at", "a", "time"}
	fmt.Println(pool.Map(p, words, strings.ToUpper, pool.Chunk(1)))
	// Output: [ONE AT A TIME]
}

func ExamplePanic() {
	p := pool.New(2)
	defer p.Close()
	defer func() { fmt.Println(recover().(*pool.Panic).Value) }()
	pool.Map(p, []int{1, 0}, func(n int) int { return 1 / n })
	// Output: runtime error: integer divide by zero
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

func upTo(n int) []int {
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	return items
}

func double(n int) int { return 2 * n }

func wantDoubles(t *testing.T, got []int, n int) {
	t.Helper()
	for i := range n {
		if len(got) != n || got[i] != 2*i {
			t.Fatalf("got %v for %d items", got, n)
		}
	}
}

func TestEveryChunkSizeGivesEveryResultInOrder(t *testing.T) {
	p := pool.New(3)
	defer p.Close()
	for _, n := range []int{0, 1, 2, 3, 7, 100, 1001} {
		wantDoubles(t, pool.Map(p, upTo(n), double), n)
		for _, chunk := range []int{1, 2, 3, 99, 100, 5000, int(^uint(0) >> 1)} {
			wantDoubles(t, pool.Map(p, upTo(n), double, pool.Chunk(chunk)), n)
		}
	}
}

func TestEveryTaskRunsOnce(t *testing.T) {
	p := pool.New(4)
	defer p.Close()
	runs := make([]atomic.Int32, 10_000)
	pool.Map(p, upTo(len(runs)), func(i int) int { runs[i].Add(1); return 0 })
	for i := range runs {
		if n := runs[i].Load(); n != 1 {
			t.Fatalf("item %d ran %d times", i, n)
		}
	}
}

func TestNoMoreTasksThanWorkersRunAtOnce(t *testing.T) {
	const workers = 3
	p := pool.New(workers)
	defer p.Close()
	var now, most atomic.Int32
	task := func(int) int {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		runtime.Gosched()
		now.Add(-1)
		return 0
	}
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() { pool.Map(p, upTo(200), task, pool.Chunk(1)) })
	}
	callers.Wait()
	if most.Load() > workers {
		t.Errorf("%d tasks ran at once on %d workers", most.Load(), workers)
	}
}

func TestAllWorkersRunAtOnce(t *testing.T) {
	const workers = 5
	p := pool.New(workers)
	defer p.Close()
	var all sync.WaitGroup // a task ends only when every worker has one
	all.Add(workers)
	pool.Map(p, upTo(workers), func(int) int { all.Done(); all.Wait(); return 0 })
}

func TestManyGoroutinesMayCallMapOnOnePool(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	var callers sync.WaitGroup
	for n := range 50 {
		callers.Go(func() { wantDoubles(t, pool.Map(p, upTo(n), double), n) })
	}
	callers.Wait()
}

func TestMapInsideATaskOfTheSamePoolDoesNotDeadlock(t *testing.T) {
	for _, workers := range []int{1, 2, 7} {
		p := pool.New(workers)
		var depth func(int) int
		depth = func(d int) int {
			if d == 0 {
				return 1
			}
			sum := 0
			for _, n := range pool.Map(p, []int{d - 1, d - 1, d - 1}, depth) {
				sum += n
			}
			return sum
		}
		if got := pool.Map(p, []int{4, 4}, depth); !slices.Equal(got, []int{81, 81}) {
			t.Errorf("%d workers: got %v", workers, got)
		}
		p.Close()
	}
}

func TestTwoPoolsMayCallEachOther(t *testing.T) {
	a, b := pool.New(1), pool.New(1)
	defer a.Close()
	defer b.Close()
	inB := func(n int) int { return pool.Map(a, []int{n}, double)[0] }
	inA := func(n int) int { return pool.Map(b, []int{n}, inB)[0] }
	wantDoubles(t, pool.Map(a, upTo(20), inA), 20)
}

func TestMapDeepInATasksStackIsStillSeenAsInside(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	var dig func(int) int
	dig = func(n int) int {
		if n == 0 {
			return pool.Map(p, []int{21}, double)[0]
		}
		return dig(n-1) + 0
	}
	for _, depth := range []int{0, 50, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 120, 1000} {
		if got := pool.Map(p, []int{depth}, dig); got[0] != 42 {
			t.Fatalf("depth %d: got %v", depth, got)
		}
	}
}

func explode(n int) int {
	if n == 70 {
		panic("boom")
	}
	return n
}

func TestAPanicReachesTheCallerWithTheTasksStackAndThePoolStaysUsable(t *testing.T) {
	p := pool.New(3)
	defer p.Close()
	for range 20 {
		value := mustPanic(t, func() { pool.Map(p, upTo(100), explode) })
		got, ok := value.(*pool.Panic)
		if !ok || got.Value != "boom" || !strings.Contains(got.Error(), "pool_test.explode") {
			t.Fatalf("panic value is %v", value)
		}
		wantDoubles(t, pool.Map(p, upTo(100), double), 100)
	}
}

func TestAfterAPanicTheRemainingTasksAreAbandoned(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	ran := 0
	mustPanic(t, func() {
		pool.Map(p, upTo(1000), func(n int) int { ran++; return explode(n) }, pool.Chunk(1))
	})
	if ran != 71 {
		t.Errorf("%d tasks ran, want 71", ran)
	}
}

func TestAPanicInAnInnerMapReachesTheOuterCallerWithTheInnerStack(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	value := mustPanic(t, func() {
		pool.Map(p, upTo(4), func(int) int { return pool.Map(p, upTo(100), explode)[0] })
	})
	got, ok := value.(*pool.Panic)
	if !ok || got.Value != "boom" || !strings.Contains(got.Stack, "pool_test.explode") {
		t.Errorf("panic value is %v", value)
	}
}

func TestATaskThatEndsItsGoroutineCostsNoWorker(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	for range 10 {
		value := mustPanic(t, func() {
			pool.Map(p, upTo(10), func(int) int { runtime.Goexit(); return 0 })
		})
		if !strings.Contains(fmt.Sprint(value), "Goexit") {
			t.Fatalf("panic value is %v", value)
		}
	}
	var all sync.WaitGroup // both workers must still be there
	all.Add(2)
	pool.Map(p, upTo(2), func(int) int { all.Done(); all.Wait(); return 0 })
}

func TestCloseWaitsForTheMapThatIsRunning(t *testing.T) {
	p := pool.New(2)
	begun, closing := make(chan bool), make(chan bool)
	var got []int
	var caller sync.WaitGroup
	caller.Go(func() {
		got = pool.Map(p, upTo(100), func(n int) int {
			if n == 0 {
				close(begun)
				<-closing
			}
			return pool.Map(p, []int{n}, double)[0] // a task may still map
		})
	})
	<-begun
	go func() { close(closing) }()
	p.Close()
	caller.Wait()
	wantDoubles(t, got, 100)
}

func TestClosingTwiceIsHarmless(t *testing.T) {
	p := pool.New(2)
	var closers sync.WaitGroup
	for range 5 {
		closers.Go(p.Close)
	}
	closers.Wait()
	p.Close()
}

func TestNoGoroutineOutlivesClose(t *testing.T) {
	before := goleak.IgnoreCurrent()
	p := pool.New(10)
	pool.Map(p, upTo(100), double)
	p.Close()
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

func TestTheNumberOfAllocationsDoesNotGrowWithTheTasks(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	few, many := upTo(10), upTo(100_000)
	a := testing.AllocsPerRun(10, func() { pool.Map(p, few, double) })
	b := testing.AllocsPerRun(10, func() { pool.Map(p, many, double) })
	if b > a+2 { // the garbage collector may add one of its own
		t.Errorf("%v allocations for 10 tasks, %v for 100,000", a, b)
	}
}

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	open, closed := pool.New(1), pool.New(1)
	defer open.Close()
	closed.Close()
	for want, misuse := range map[string]func(){
		"pool: New: workers must not be negative, got -3; 0 means GOMAXPROCS":      func() { pool.New(-3) },
		"pool: Chunk: the number of items must be at least 1, got 0":               func() { pool.Chunk(0) },
		"pool: Map: f must not be nil":                                             func() { pool.Map[int, int](open, nil, nil) },
		"pool: Map: the pool is closed; call Map before Close, or make a new pool": func() { pool.Map(closed, upTo(3), double) },
		"pool: Map: the pool must not be nil; make it with New":                    func() { pool.Map(nil, upTo(3), double) },
	} {
		if got := mustPanic(t, misuse); got != want {
			t.Errorf("panic value is %v, want %q", got, want)
		}
	}
}

func TestWithoutANumberOfWorkersAPoolHasGOMAXPROCS(t *testing.T) {
	n := runtime.GOMAXPROCS(0)
	var zero, unused pool.Pool
	unused.Close()
	for name, p := range map[string]*pool.Pool{"New(0)": pool.New(0), "the zero value": &zero} {
		var all sync.WaitGroup
		all.Add(n)
		pool.Map(p, upTo(n), func(int) int { all.Done(); all.Wait(); return 0 }, pool.Chunk(1)) // ends if all run at once
		var now, most atomic.Int32
		pool.Map(p, upTo(10*n), func(int) int {
			most.Store(max(most.Load(), now.Add(1)))
			runtime.Gosched()
			now.Add(-1)
			return 0
		}, pool.Chunk(1))
		if int(most.Load()) > n {
			t.Errorf("%s: %d tasks ran at once, with GOMAXPROCS %d", name, most.Load(), n)
		}
		p.Close()
	}
}
