package pool

import (
	"bytes"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"weak"
)

func TestProfilesShowTasks(t *testing.T) {
	p := New(1)
	defer p.Close()
	var cpu, goroutines bytes.Buffer
	if err := pprof.StartCPUProfile(&cpu); err != nil {
		t.Skip(err) // go test -cpuprofile
	}
	defer pprof.StopCPUProfile()
	Apply(p, 0, func(int) int {
		if err := pprof.Lookup("goroutine").WriteTo(&goroutines, 1); err != nil {
			t.Error(err)
		}
		return 0
	})
	if want := `labels: {"pool":"task"}`; !strings.Contains(goroutines.String(), want) {
		t.Errorf("%s is missing in\n%s", want, &goroutines)
	}
}

func TestAWorkerIsRecognizedHoweverDeepItsStackIs(t *testing.T) {
	p := New(1)
	defer p.Close()
	var dig func(depth int)
	dig = func(depth int) {
		if c := whoCalls(); !c.own || c.frame.job.pool != p {
			t.Fatalf("%d functions deep: %+v", depth, c)
		}
		if depth < 300 {
			dig(depth + 1)
		}
	}
	Apply(p, 0, func(int) int { dig(0); return 0 })
}

func TestTasksThatEachBeginTheNextDoNotStayInMemory(t *testing.T) {
	p := New(2)
	defer p.Close()
	type link struct {
		left  int
		begun chan bool
	}
	done := make(chan int)
	var begin func(l link) int
	begin = func(l link) int {
		close(l.begun)
		if l.left > 0 {
			next := link{l.left - 1, make(chan bool)}
			ApplyAsync(p, next, begin)
			<-next.begun // so that each begins before the one before it ends
			return 0
		}
		frames := 0
		for f := whoCalls().frame; f != nil; f = f.outer.Load() {
			frames++
		}
		done <- frames
		return 0
	}
	ApplyAsync(p, link{1000, make(chan bool)}, begin)
	if frames := <-done; frames > 10 {
		t.Errorf("%d frames are in memory", frames)
	}
}

func TestAGoroutineThatOutlivesItsTaskDoesNotKeepTheItems(t *testing.T) {
	p := New(1)
	defer p.Close()
	end := make(chan bool)
	var outlives sync.WaitGroup
	defer outlives.Wait()
	defer close(end)
	mapOne := func() weak.Pointer[[1 << 16]byte] {
		items := []*[1 << 16]byte{new([1 << 16]byte)}
		Map(p, items, func(*[1 << 16]byte) int {
			outlives.Go(func() { <-end })
			return 0
		})
		return weak.Make(items[0])
	}
	kept := mapOne()
	for range 3 { // a worker's stack may still have a pointer
		Apply(p, 0, func(int) int { return 0 })
		runtime.GC()
	}
	if kept.Value() != nil {
		t.Error("the item is still in memory")
	}
}

func TestAPoolThatATaskHasMadeDoesNotKeepTheTask(t *testing.T) {
	p := New(1)
	defer p.Close()
	var kept weak.Pointer[frame]
	q := Apply(p, 0, func(int) *Pool {
		kept = weak.Make(whoCalls().frame)
		return New(1)
	})
	defer q.Close()
	for range 3 { // a worker's stack may still have a pointer
		Apply(p, 0, func(int) int { return 0 })
		Apply(q, 0, func(int) int { return 0 })
		runtime.GC()
	}
	if kept.Value() != nil {
		t.Error("the frame of the task is still in memory")
	}
}

func TestNothingIsLeftWhenAllHasEnded(t *testing.T) {
	p, q := New(1), New(1)
	inQ := func(n int) int { return Apply(p, n, increment) }
	inP := func(n int) int { return Apply(q, n, inQ) }
	Map(p, numbers(10), inP)
	p.Close()
	q.Close()
	if n := unfinished.Load(); n != 0 {
		t.Errorf("%d jobs are unfinished", n)
	}
	if len(waits.all)+len(waits.crossings) != 0 {
		t.Errorf("%d waits and %d crossings are left", len(waits.all), len(waits.crossings))
	}
	workers.Range(func(number, w any) bool {
		if w := w.(*worker); w.pool == p || w.pool == q {
			t.Errorf("goroutine %v is still a worker", number)
		}
		return true
	})
}
