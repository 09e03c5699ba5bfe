package pool_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"multiprocessing/lib/pool"
	"multiprocessing/lib/primes"
)

func ExampleMapAsync() {
	p := pool.New(2)
	defer p.Close()
	result := pool.MapAsync(p, []int{1, 2, 3}, primes.Nth)
	fmt.Println("meanwhile")
	fmt.Println(result.Get(context.Background()))
	// Output:
	// meanwhile
	// [2 3 5] <nil>
}

func ExampleApply() {
	p := pool.New(2)
	defer p.Close()
	fmt.Println(pool.Apply(p, 20000, primes.Nth))
	// Output: 224737
}

func ExampleStarmap() {
	p := pool.New(2)
	defer p.Close()
	fmt.Println(pool.Starmap(p, []pool.Args[float64, float64]{{A: 2, B: 10}, {A: 3, B: 4}}, math.Pow))
	// Output: [1024 81]
}

func ExampleMapErr() {
	p := pool.New(2)
	defer p.Close()
	ctx := context.Background()
	fmt.Println(pool.MapErr(ctx, p, []string{"1", "2", "3"}, strconv.Atoi))
	fmt.Println(pool.MapErr(ctx, p, []string{"1", "two", "3"}, strconv.Atoi))
	// Output:
	// [1 2 3] <nil>
	// [] pool: MapErr: item 1: strconv.Atoi: parsing "two": invalid syntax
}

func ExampleImap() {
	p := pool.New(2)
	defer p.Close()
	everyNumber := func(yield func(int) bool) {
		for n := 1; yield(n); n++ {
		}
	}
	for prime := range pool.Imap(p, everyNumber, primes.Nth) {
		if prime > 10 {
			break
		}
		fmt.Println(prime)
	}
	// Output:
	// 2
	// 3
	// 5
	// 7
}

func ExampleImapUnordered() {
	p := pool.New(2)
	defer p.Close()
	squares := make([]int, 4)
	for i, square := range pool.ImapUnordered(p, slices.Values([]int{1, 2, 3, 4}), func(n int) int { return n * n }) {
		squares[i] = square // in any order
	}
	fmt.Println(squares)
	// Output: [1 4 9 16]
}

func ExampleTrace() {
	p := pool.New(2)
	defer p.Close()
	var spans []pool.Span
	pool.Map(p, []int{1, 2, 3, 4}, primes.Nth, pool.Chunk(2), pool.Trace(&spans))
	for _, s := range spans {
		fmt.Println("items", s.First, "to", s.First+s.Items-1) // by s.Worker, from s.Start to s.End
	}
	// Unordered output:
	// items 0 to 1
	// items 2 to 3
}

var background = context.Background()

// over is a context that has ended.
func over(cause string) context.Context {
	ctx, cancel := context.WithCancelCause(background)
	cancel(errors.New(cause))
	return ctx
}

func TestMapAsyncReturnsAtOnceAndGetWaits(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	gate := make(chan bool)
	a := pool.MapAsync(p, upTo(10), func(n int) int { <-gate; return 2 * n })
	if a.Ready() {
		t.Error("ready before its tasks have ended")
	}
	if got, err := a.Get(over("no patience")); got != nil || err == nil || err.Error() != "pool: Get: the result is not ready: no patience" {
		t.Errorf("got %v, %v", got, err)
	}
	close(gate)
	a.Wait()
	for range 2 {
		got, err := a.Get(over("a result that is there wins"))
		if err != nil || !a.Ready() {
			t.Fatal(err)
		}
		wantDoubles(t, got, 10)
	}
}

func TestMapAsyncOfNoItemsIsReady(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	a := pool.MapAsync(p, nil, double)
	if got, err := a.Get(background); !a.Ready() || err != nil || got == nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestAPanicInMapAsyncIsRaisedByEveryGetAndNotByWait(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	a := pool.MapAsync(p, upTo(100), explode)
	a.Wait()
	for range 2 {
		value := mustPanic(t, func() { a.Get(background) })
		if got, ok := value.(*pool.Panic); !ok || got.Value != "boom" {
			t.Errorf("panic value is %v", value)
		}
	}
}

func TestCloseWaitsForMapAsync(t *testing.T) {
	p := pool.New(2)
	var ran atomic.Int32
	a := pool.MapAsync(p, upTo(1000), func(n int) int { ran.Add(1); return n })
	p.Close()
	if !a.Ready() || ran.Load() != 1000 {
		t.Errorf("%d of 1000 tasks have run", ran.Load())
	}
}

func TestManyMapAsyncsMayRunAtOnceAndBeAwaitedByMany(t *testing.T) {
	p := pool.New(3)
	defer p.Close()
	var waiting sync.WaitGroup
	for n := range 50 {
		a := pool.MapAsync(p, upTo(n), double)
		for range 3 {
			waiting.Go(func() {
				got, _ := a.Get(background)
				wantDoubles(t, got, n)
			})
		}
	}
	waiting.Wait()
}

func TestATaskMayWaitForMapAsyncOfItsOwnPool(t *testing.T) {
	for _, workers := range []int{1, 2, 7} {
		p := pool.New(workers)
		got := pool.Map(p, upTo(20), func(n int) int {
			a := pool.ApplyAsync(p, n, double)
			b := pool.MapAsync(p, upTo(n), double)
			b.Wait()
			value, err := a.Get(background)
			if err != nil {
				t.Error(err)
			}
			return value
		}, pool.Chunk(1))
		wantDoubles(t, got, 20)
		p.Close()
	}
}

func TestATaskMayStartAMapAsyncThatOutlivesIt(t *testing.T) {
	p := pool.New(1)
	inner := pool.Apply(p, 100, func(n int) *pool.AsyncResult[[]int] { return pool.MapAsync(p, upTo(n), double) })
	p.Close()
	got, _ := inner.Get(background)
	wantDoubles(t, got, 100)
}

func TestApplyRunsOneTask(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	if got := pool.Apply(p, 21, double); got != 42 {
		t.Errorf("got %v", got)
	}
	value := mustPanic(t, func() { pool.Apply(p, 70, explode) })
	if got, ok := value.(*pool.Panic); !ok || got.Value != "boom" {
		t.Errorf("panic value is %v", value)
	}
}

func failFrom(first int) func(int) (int, error) {
	return func(n int) (int, error) {
		if n >= first {
			return 0, fmt.Errorf("no %d", n)
		}
		return 2 * n, nil
	}
}

func TestMapErrReturnsTheErrorAtWhichAForLoopWouldHaveStopped(t *testing.T) {
	for _, workers := range []int{1, 2, 8} {
		p := pool.New(workers)
		for range 50 {
			got, err := pool.MapErr(background, p, upTo(100), failFrom(37), pool.Chunk(3))
			if err == nil || err.Error() != "pool: MapErr: item 37: no 37" || got != nil {
				t.Fatalf("got %v, %v", got, err)
			}
		}
		got, err := pool.MapErr(background, p, upTo(100), failFrom(100))
		if err != nil {
			t.Fatal(err)
		}
		wantDoubles(t, got, 100)
		p.Close()
	}
}

func TestMapErrWaitsForTheErrorOfAnEarlierItemThatIsSlower(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	second := make(chan bool)
	_, err := pool.MapErr(background, p, upTo(2), func(n int) (int, error) {
		if n == 0 {
			<-second
		} else {
			close(second)
		}
		return 0, fmt.Errorf("no %d", n)
	})
	if err == nil || err.Error() != "pool: MapErr: item 0: no 0" {
		t.Errorf("got %v", err)
	}
}

func TestAfterAnErrorTheLaterItemsAreAbandoned(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	ran := 0
	pool.MapErr(background, p, upTo(1000), func(n int) (int, error) { ran++; return failFrom(70)(n) })
	if ran != 71 {
		t.Errorf("%d tasks ran, want 71", ran)
	}
}

func TestTheErrorOfATaskIsWrapped(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	_, err := pool.MapErr(background, p, []string{"x"}, strconv.Atoi)
	if !errors.Is(err, strconv.ErrSyntax) {
		t.Errorf("got %v", err)
	}
}

func TestCancellingStopsMapErr(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	ctx, cancel := context.WithCancelCause(background)
	var ran atomic.Int32
	got, err := pool.MapErr(ctx, p, upTo(1_000_000), func(n int) (int, error) {
		if ran.Add(1) == 10 {
			cancel(errors.New("enough"))
		}
		if n > 10 {
			<-ctx.Done() // as a download would
		}
		return n, nil
	}, pool.Chunk(1))
	if got != nil || err == nil || err.Error() != "pool: MapErr: stopped before all items were done: enough" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := pool.MapErr(ctx, p, upTo(3), func(int) (int, error) { t.Error("a task ran"); return 0, nil }); err == nil {
		t.Error("no error for a context that has ended before")
	}
	wantDoubles(t, pool.Map(p, upTo(100), double), 100)
}

func TestMapErrThatWasDoneBeforeItsContextEndedIsNoError(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	ctx, cancel := context.WithCancel(background)
	got, err := pool.MapErr(ctx, p, upTo(10), func(n int) (int, error) {
		if n == 9 {
			cancel()
		}
		return 2 * n, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantDoubles(t, got, 10)
}

func TestAPanicInMapErrIsAPanic(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	mustPanic(t, func() {
		pool.MapErr(background, p, upTo(100), func(n int) (int, error) { return explode(n), nil })
	})
}

// counting yields 0, 1, 2 and so on for ever, and counts what was read.
func counting(read *int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for n := 0; yield(n); n++ {
			*read = n + 1
		}
	}
}

func TestImapGivesResultsInOrderAndImapUnorderedWithTheirNumber(t *testing.T) {
	for _, workers := range []int{1, 3} {
		p := pool.New(workers)
		for _, n := range []int{0, 1, 2, 5, 100} {
			for _, chunk := range []int{1, 2, 7, 1000} {
				wantDoubles(t, slices.Collect(pool.Imap(p, slices.Values(upTo(n)), double, pool.Chunk(chunk))), n)
				got := make([]int, n)
				for i, r := range pool.ImapUnordered(p, slices.Values(upTo(n)), double, pool.Chunk(chunk)) {
					got[i] += r + 1
				}
				wantDoubles(t, pool.Map(p, got, func(r int) int { return r - 1 }), n)
			}
		}
		p.Close()
	}
}

func TestALoopOverImapMayBeRunTwice(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	loop := pool.Imap(p, slices.Values(upTo(10)), double)
	wantDoubles(t, slices.Collect(loop), 10)
	wantDoubles(t, slices.Collect(loop), 10)
}

func TestImapReadsNoFurtherAheadThanTwoChunksAWorker(t *testing.T) {
	p := pool.New(3)
	defer p.Close()
	read, taken := 0, 0
	for range pool.Imap(p, counting(&read), double, pool.Chunk(5)) {
		if taken++; taken == 100 {
			break
		}
		if read > taken+3*2*5+5 {
			t.Fatalf("%d items read when %d results were taken", read, taken)
		}
	}
	for i := range pool.ImapUnordered(p, counting(&read), double) {
		if i > 100 {
			break
		}
	}
}

func TestLeavingTheLoopAbandonsWhatHasNotBegunAndWaitsForTheRest(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	var running atomic.Int32
	task := func(n int) int {
		running.Add(1)
		runtime.Gosched()
		running.Add(-1)
		return n
	}
	for range 50 {
		read := 0
		for range pool.Imap(p, counting(&read), task) {
			break
		}
		for range pool.ImapUnordered(p, counting(&read), task) {
			break
		}
		if running.Load() != 0 {
			t.Fatal("a task outlives the loop")
		}
	}
}

func TestLeavingTheLoopDoesNotWaitForWorkersThatAreBusyElsewhere(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	begun, gate := make(chan bool), make(chan bool)
	for range pool.Imap(p, slices.Values(upTo(10)), double) {
		busy := pool.ApplyAsync(p, 0, func(int) int { close(begun); <-gate; return 0 })
		defer busy.Wait()
		defer close(gate)
		pool.ApplyAsync(p, 0, double) // queued behind it
		break
	}
}

func TestAPanicInATaskIsRaisedInTheLoopWhereItsResultWouldHaveCome(t *testing.T) {
	p := pool.New(3)
	defer p.Close()
	for range 20 {
		read, taken := 0, 0
		value := mustPanic(t, func() {
			for range pool.Imap(p, counting(&read), explode) {
				taken++
			}
		})
		if got, ok := value.(*pool.Panic); !ok || got.Value != "boom" || taken != 70 {
			t.Fatalf("after %d results: %v", taken, value)
		}
		mustPanic(t, func() {
			for range pool.ImapUnordered(p, counting(&read), explode) {
			}
		})
	}
	wantDoubles(t, pool.Map(p, upTo(100), double), 100)
}

func TestAPanicInTheLoopOrInTheItemsLeavesNothingBehind(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	read := 0
	if value := mustPanic(t, func() {
		for range pool.Imap(p, counting(&read), double) {
			panic("in the loop")
		}
	}); value != "in the loop" {
		t.Errorf("panic value is %v", value)
	}
	if value := mustPanic(t, func() {
		for range pool.ImapUnordered(p, func(yield func(int) bool) { yield(1); panic("in the items") }, double) {
		}
	}); value != "in the items" {
		t.Errorf("panic value is %v", value)
	}
	wantDoubles(t, pool.Map(p, upTo(100), double), 100)
}

func TestATaskMayLoopOverImapOfItsOwnPool(t *testing.T) {
	for _, workers := range []int{1, 2, 5} {
		p := pool.New(workers)
		got := pool.Map(p, upTo(20), func(n int) int {
			sum := 0
			for r := range pool.Imap(p, slices.Values([]int{n, n}), double) {
				sum += r
			}
			for _, r := range pool.ImapUnordered(p, slices.Values([]int{n, n, n}), double) {
				sum += r
			}
			return sum / 5
		}, pool.Chunk(1))
		wantDoubles(t, got, 20)
		p.Close()
	}
}

func TestAResultThatIsReadyDoesNotWaitForASlowerOneBeforeIt(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	gate := make(chan bool)
	for i := range pool.ImapUnordered(p, slices.Values(upTo(2)), func(n int) int {
		if n == 0 {
			<-gate
		}
		return n
	}) {
		if i == 1 {
			close(gate) // else it hangs
		}
	}
}

// wantEveryItemOnce checks the spans of n items on so many workers.
func wantEveryItemOnce(t *testing.T, spans []pool.Span, n, workers int) {
	t.Helper()
	ran := make([]int, n)
	for i, s := range spans {
		if s.Worker < 1 || s.Worker > workers || s.Start < 0 || s.End < s.Start || i > 0 && s.Start < spans[i-1].Start {
			t.Errorf("span %d of %v", i, spans)
		}
		for item := s.First; item < s.First+s.Items; item++ {
			ran[item]++
		}
	}
	if slices.ContainsFunc(ran, func(times int) bool { return times != 1 }) {
		t.Errorf("%d items: ran %v", n, ran)
	}
}

func TestTraceHoldsEveryItemOnceWithItsWorkerInOrderOfStart(t *testing.T) {
	p := pool.New(3)
	defer p.Close()
	for _, n := range []int{0, 1, 100} {
		var spans []pool.Span
		trace, items := pool.Trace(&spans), slices.Values(upTo(n))
		for _, run := range []func(){
			func() { pool.Map(p, upTo(n), double, trace, pool.Chunk(3)) },
			func() { pool.MapAsync(p, upTo(n), double, trace).Wait() },
			func() { pool.MapErr(background, p, upTo(n), failFrom(n), trace) },
			func() { wantDoubles(t, slices.Collect(pool.Imap(p, items, double, trace, pool.Chunk(7))), n) },
			func() {
				for range pool.ImapUnordered(p, items, double, trace) {
				}
			},
		} {
			spans = nil
			run()
			wantEveryItemOnce(t, spans, n, 3)
		}
	}
}

func TestOneWorkerNeverOverlapsItself(t *testing.T) {
	p := pool.New(3)
	defer p.Close()
	var spans []pool.Span
	pool.Map(p, upTo(300), func(n int) int { runtime.Gosched(); return n }, pool.Chunk(1), pool.Trace(&spans))
	last := map[int]pool.Span{}
	for _, s := range spans {
		if s.Start < last[s.Worker].End {
			t.Errorf("%v begins before %v has ended", s, last[s.Worker])
		}
		last[s.Worker] = s
	}
}

func TestTraceGivesATaskThatHelpsTheNumberZero(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	pool.Apply(p, 0, func(int) int {
		var spans []pool.Span
		pool.Map(p, upTo(10), double, pool.Trace(&spans), pool.Chunk(10))
		if len(spans) != 1 || spans[0].Worker != 0 || spans[0].Items != 10 {
			t.Errorf("got %v", spans)
		}
		return 0
	})
}

func TestMisuseOfTheOtherFormsPanicsWithAClearMessage(t *testing.T) {
	open, closed := pool.New(1), pool.New(1)
	defer open.Close()
	closed.Close()
	var none *pool.Pool
	var noContext context.Context
	atoi, values := strconv.Atoi, slices.Values(upTo(3))
	for want, misuse := range map[string]func(){
		"MapAsync: f must not be nil":                                                func() { pool.MapAsync[int, int](open, nil, nil) },
		"MapAsync: the pool must not be nil or zero; make it with New":               func() { pool.MapAsync(none, upTo(3), double) },
		"MapAsync: the pool is closed; call MapAsync before Close":                   func() { pool.MapAsync(closed, upTo(3), double) },
		"MapErr: f must not be nil":                                                  func() { pool.MapErr[int, int](background, open, nil, nil) },
		"MapErr: ctx must not be nil":                                                func() { pool.MapErr(noContext, open, []string{"1"}, atoi) },
		"MapErr: the pool is closed; call MapErr before Close":                       func() { pool.MapErr(background, closed, nil, atoi) },
		"Apply: f must not be nil":                                                   func() { pool.Apply[int, int](open, 1, nil) },
		"Apply: the pool is closed; call Apply before Close":                         func() { pool.Apply(closed, 1, double) },
		"ApplyAsync: f must not be nil":                                              func() { pool.ApplyAsync[int, int](open, 1, nil) },
		"ApplyAsync: the pool is closed; call ApplyAsync before Close":               func() { pool.ApplyAsync(closed, 1, double) },
		"Starmap: f must not be nil":                                                 func() { pool.Starmap[int, int, int](open, nil, nil) },
		"Starmap: the pool must not be nil or zero":                                  func() { pool.Starmap(none, nil, math.Pow) },
		"Imap: f must not be nil":                                                    func() { pool.Imap[int, int](open, values, nil) },
		"Imap: items must not be nil; for a slice pass slices.Values(items)":         func() { pool.Imap(open, nil, double) },
		"Imap: the pool is closed; call Imap before Close":                           func() { _ = slices.Collect(pool.Imap(closed, values, double)) },
		"ImapUnordered: f must not be nil":                                           func() { pool.ImapUnordered[int, int](open, values, nil) },
		"ImapUnordered: items must not be nil; for a slice pass slices.Values(items": func() { pool.ImapUnordered(open, nil, double) },
		"ImapUnordered: the pool must not be nil or zero":                            func() { pool.ImapUnordered(none, values, double) },
		"Trace: into must not be nil":                                                func() { pool.Trace(nil) },
		"Get: ctx must not be nil":                                                   func() { pool.ApplyAsync(open, 1, double).Get(noContext) },
	} {
		if got := fmt.Sprint(mustPanic(t, misuse)); !strings.HasPrefix(got, "pool: "+want) {
			t.Errorf("panic value is %v, want %q", got, want)
		}
	}
}
