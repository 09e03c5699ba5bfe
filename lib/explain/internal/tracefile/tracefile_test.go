package tracefile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"runtime/trace"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"multiprocessing/lib/explain/internal/lanes"
	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/pool"
)

func recorded(t *testing.T, work func()) lanes.Run {
	t.Helper()
	r, err := Record(work)
	if err != nil {
		t.Fatal(err)
	}
	run, err := Read(r)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// wait returns the longest wait for the reason.
func wait(t *testing.T, run lanes.Run, reason lanes.Reason) lanes.Interval {
	t.Helper()
	var longest lanes.Interval
	for _, g := range run.Goroutines {
		for _, iv := range g.Intervals {
			if iv.State == lanes.Waiting && iv.Reason == reason && !g.System && iv.Length() > longest.Length() {
				longest = iv
			}
		}
	}
	if longest.Length() == 0 {
		t.Errorf("no goroutine waits for %q", reason)
	}
	return longest
}

// line returns the place of the line that is so many after the call.
func line(after int) string {
	_, _, at, _ := runtime.Caller(1)
	return fmt.Sprintf("tracefile_test.go:%d", at+after)
}

const briefly = 5 * time.Millisecond

func TestAWaitForAMutexIsFoundWithItsPlaceAndWhoEndedIt(t *testing.T) {
	var mu sync.Mutex
	var place string
	run := recorded(t, func() {
		mu.Lock()
		var wg sync.WaitGroup
		place = line(2)
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
		})
		time.Sleep(briefly)
		mu.Unlock()
		wg.Wait()
	})
	w := wait(t, run, lanes.Mutex)
	if w.Place != place {
		t.Errorf("it waits at %q, want %q", w.Place, place)
	}
	for _, g := range run.Goroutines {
		if g.Caller != (g.ID == w.Waker) {
			t.Errorf("goroutine %d: caller is %v, and %d has ended the wait", g.ID, g.Caller, w.Waker)
		}
	}
	wait(t, run, lanes.Sleep)
}

func TestWaitsHaveTheirReasons(t *testing.T) {
	full, done := make(chan int), make(chan int)
	var sends string
	run := recorded(t, func() {
		var wg sync.WaitGroup
		wg.Go(func() { time.Sleep(briefly); <-full; done <- 1 })
		sends = line(1)
		full <- 1
		<-done
		wg.Go(func() { time.Sleep(briefly) })
		wg.Wait()
		select {
		case <-done:
		case <-time.After(briefly):
		}
	})
	if w := wait(t, run, lanes.Send); w.Place != sends {
		t.Errorf("it sends at %q, want %q", w.Place, sends)
	}
	wait(t, run, lanes.Others)
	wait(t, run, lanes.Select)
}

func TestAReceiveIsFoundWithItsPlace(t *testing.T) {
	c := make(chan int)
	var place string
	run := recorded(t, func() {
		go func() { time.Sleep(briefly); close(c) }()
		place = line(1)
		<-c
	})
	if w := wait(t, run, lanes.Receive); w.Place != place {
		t.Errorf("it receives at %q, want %q", w.Place, place)
	}
}

func TestThePoolAndTheGILAreKnown(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	sleep := func(int) int { time.Sleep(briefly); return 0 }
	run := recorded(t, func() { pool.Map(p, []int{1, 2, 3, 4}, sleep, pool.Chunk(1)) })
	for _, g := range run.Goroutines {
		for _, iv := range g.Intervals[min(1, len(g.Intervals)):] { // why the workers wait at the start is not in the trace
			if iv.State == lanes.Waiting && !g.System && iv.Reason != lanes.Others && iv.Reason != lanes.Sleep {
				t.Errorf("goroutine %d waits for %q at %q", g.ID, iv.Reason, iv.Place)
			}
		}
	}
	run = recorded(t, func() {
		goroutine.WithGIL(time.Second, []int{1, 2}, func(int, *goroutine.GIL) int { return sleep(0) })
	})
	wait(t, run, lanes.GIL)
}

func TestAGoroutineThatBeginsWithARegionIsShown(t *testing.T) {
	run := recorded(t, func() {
		done := make(chan bool)
		go trace.WithRegion(context.Background(), "stage 1", func() { close(done) })
		<-done
	})
	if !slices.ContainsFunc(run.Goroutines, func(g lanes.Goroutine) bool { return g.Name == "stage 1" && !g.System }) {
		t.Errorf("it is missing in %v", run.Goroutines)
	}
}

func TestACollectionIsFound(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // no other than ours
	if run := recorded(t, runtime.GC); len(run.Collections) == 0 {
		t.Error("there is no collection")
	}
	if run := recorded(t, func() {}); len(run.Collections) != 0 {
		t.Errorf("there are %d collections", len(run.Collections))
	}
}

func TestIntervalsLeaveNoGaps(t *testing.T) {
	run := recorded(t, func() {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 100 {
					runtime.Gosched()
				}
			})
		}
		wg.Wait()
	})
	for _, g := range run.Goroutines {
		at := g.Intervals[0].From
		for _, iv := range g.Intervals {
			if iv.From != at || iv.To <= iv.From || iv.To > run.Length {
				t.Fatalf("goroutine %d: the interval from %v to %v follows %v, of %v", g.ID, iv.From, iv.To, at, run.Length)
			}
			at = iv.To
		}
		if g.Caller && (g.Intervals[0].From != 0 || at != run.Length) {
			t.Errorf("the caller is there from %v to %v", g.Intervals[0].From, at)
		}
	}
}

func TestAGoroutineThatIsLeftIsFoundWithWhereItWaits(t *testing.T) {
	c := make(chan int)
	defer close(c)
	var place string
	run := recorded(t, func() {
		place = line(1)
		go func() { <-c }()
		time.Sleep(briefly)
	})
	left := 0
	for _, g := range run.Goroutines {
		if g.Left && !g.System {
			left++
			if last := g.Intervals[len(g.Intervals)-1]; last.Place != place || last.Reason != lanes.Receive {
				t.Errorf("it waits for %q at %q, want %q", last.Reason, last.Place, place)
			}
		}
	}
	if left != 1 {
		t.Errorf("%d goroutines are left", left)
	}
}

func TestARegionNamesItsGoroutine(t *testing.T) {
	run := recorded(t, func() {
		var wg sync.WaitGroup
		wg.Go(func() { trace.WithRegion(context.Background(), "stage 1", func() { time.Sleep(briefly) }) })
		wg.Wait()
	})
	for _, g := range run.Goroutines {
		if g.Name == "stage 1" {
			return
		}
	}
	t.Errorf("no goroutine has the region's name: %v", run.Goroutines)
}

func TestATraceThatRunsAlreadyIsNamed(t *testing.T) {
	if trace.Start(io.Discard) != nil {
		t.Skip("go test itself is tracing")
	}
	defer trace.Stop()
	ran := false
	if _, err := Record(func() { ran = true }); !errors.Is(err, ErrRunning) || !ran {
		t.Errorf("ran %v, got %v", ran, err)
	}
}

func TestALongTraceIsNamedAndNotStored(t *testing.T) {
	most := maxBytes
	defer func() { maxBytes = most }()
	maxBytes = 1000
	r, err := Record(func() { trace.Log(context.Background(), "", strings.Repeat("x", 2000)) })
	if !errors.Is(err, ErrTooLong) || r.Data != nil {
		t.Errorf("got %d bytes, %v", len(r.Data), err)
	}
}

func TestAPanicEndsTheTrace(t *testing.T) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is gone")
			}
		}()
		Record(func() { panic("x") })
	}()
	if trace.IsEnabled() {
		t.Error("the trace goes on")
	}
}

func TestWhatIsNoTraceIsAnError(t *testing.T) {
	if _, err := Read(Recording{Data: []byte("no trace")}); err == nil {
		t.Error("there is no error")
	}
}

// BenchmarkRecord takes the time of a trace of no work.
func BenchmarkRecord(b *testing.B) {
	for b.Loop() {
		Record(func() {})
	}
}

// BenchmarkRead takes the time to read an event.
func BenchmarkRead(b *testing.B) {
	const events = 100_000
	r, err := Record(func() {
		for range events {
			runtime.Gosched()
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Read(r); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(3*events), "ns/event") // it stops, is ready, and runs again
}
