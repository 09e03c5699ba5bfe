package pool_test

import (
	"context"
	"runtime"
	"slices"
	"testing"

	"multiprocessing/lib/pool"
)

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
			func() { pool.MapAsync(p, upTo(n), double, trace).Get(context.Background()) },
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
