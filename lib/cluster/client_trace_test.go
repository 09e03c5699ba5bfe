package cluster

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
)

// workBy has this program work for c, by a clock of the test's, until the test
// ends.
func workBy(t *testing.T, c *Cluster, at jetstream.Address, now func() time.Duration) {
	t.Helper()
	l, err := at.Dial(t.Context(), "test", nil, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	s := order{Queue: LibQueue, AckWait: c.config.ackWait, Grace: time.Second, Name: "test/", First: 1, Workers: 2}.group(l, codeOf, slog.New(slog.DiscardHandler))
	s.clock = clock{wire.NewName(), now}
	ctx, cancel := context.WithCancel(t.Context())
	var working sync.WaitGroup
	working.Go(func() { s.run(ctx) })
	t.Cleanup(func() {
		cancel()
		working.Wait()
		l.Close()
	})
}

func wantSpans(t *testing.T, trace []Span, items int, elapsed time.Duration) {
	t.Helper()
	seen := make([]int, items)
	for i, s := range trace {
		if s.Start < 0 || s.End < s.Start || s.End > elapsed || i > 0 && s.Start < trace[i-1].Start {
			t.Errorf("span %d of %v: %+v", i, elapsed, s)
		}
		for n := range s.Items {
			seen[s.First+n]++
		}
	}
	if slices.Min(seen) != 1 || slices.Max(seen) != 1 {
		t.Errorf("the items are there %v times", seen)
	}
}

// After a step of the clock more than maxBad results ended before they began,
// and their Map failed.
func TestNoResultIsRejectedWhateverTheClocksOfWorkersDo(t *testing.T) {
	config := Config{Listen: freeAddress(t), Token: "right"}
	c := mustOpen(t, config)
	var calls atomic.Int64
	workBy(t, c, jetstream.Address{URL: "nats://" + config.Listen, Token: "right"}, func() time.Duration {
		n := time.Duration(calls.Add(1))
		return map[bool]time.Duration{true: -time.Hour, false: 500 * time.Hour}[n%3 == 0] - n*time.Minute
	})
	var trace []Span
	begin := time.Now()
	const items = 5 * maxBad
	wantDoubles(t, mustMap(t, c, upTo(items), double, ChunkSize(1), Trace(&trace)), items)
	if n := c.Rejected(); n > 0 {
		t.Errorf("%d results were rejected", n)
	}
	wantSpans(t, trace, items, time.Since(begin))
}

func TestTimesByManyClocksArePutOnOne(t *testing.T) {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	var got []Span
	l := timeline{into: &got}
	add := func(clock string, first, start, end, came int) {
		l.add(timed{Span{Worker: 1, First: first, Items: 1, Start: ms(start), End: ms(end)}, clock, ms(came)})
	}
	add("a", 0, 1_000_000, 1_000_010, 17) // 7 on its way
	add("a", 1, 1_000_010, 1_000_020, 22) // 2, the least
	add("b", 2, 5, 15, 46)                // a process that took the place of the first
	add("b", 3, 15, 25, 55)
	add("", 4, 1_700_000_000, 1_700_000_010, 30) // a clock that is not known: as if it had come at once
	add("c", 5, 0, 0, 60)                        // no times
	add("d", 6, 100, 200, 1)                     // for an earlier Map of the job
	add("d", 7, 50, 90, 1)
	add("forged", 8, 0, 1<<62/1_000_000, 8)
	l.publish()
	at := func(first int, start, end time.Duration) Span {
		return Span{Worker: 1, First: first, Items: 1, Start: start, End: end}
	}
	want := []Span{
		at(6, 0, ms(1)), at(7, 0, 0), at(8, 0, ms(8)),
		at(0, ms(2), ms(12)), at(1, ms(12), ms(22)),
		at(4, ms(20), ms(30)),
		at(2, ms(35), ms(45)), at(3, ms(45), ms(55)),
		at(5, ms(60), ms(60)),
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestTheSpansOfOneWorkerDoNotOverlap(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	var trace []Span
	begin := time.Now()
	mustMap(t, c, make([]int, 50), pids, ChunkSize(1), Trace(&trace))
	wantSpans(t, trace, 50, time.Since(begin))
	for i, s := range trace {
		if s.End-s.Start < time.Millisecond || i > 0 && s.Start < trace[i-1].End { // each task sleeps so long
			t.Errorf("%v after %v", s, trace[max(0, i-1)])
		}
	}
}
