package efficiency

import (
	"fmt"
	"math"
	"testing"

	"multiprocessing/lib/explain/internal/lanes"
	"multiprocessing/lib/internal/span"
)

func TestChunksOf3To1HaveALoadBalanceOfTwoThirds(t *testing.T) {
	r := run(3,
		calls(waits(lanes.Others, "", 0, 3, 2)),
		goes(2, busy(0, 3)),
		goes(3, busy(0, 1)))
	a, base := Of(r, 2), serial(4)
	check(t, a.Factors(base), 2.0/3, 1, 1)
	l := largest(t, a.Losses(base), "one worker has more to do", 1.0/3)
	predicts(t, r, a, base, l, 2)
	sum(t, a, base)
}

// contended is a run of workers that lock for half of each task of 2 ms. The lock
// goes around, so after the start a worker waits for the others and then works for
// 1 ms without it and 1 ms with it.
func contended(workers, tasks int) (lanes.Run, float64) {
	free, end := 0.0, 0.0
	holder := int64(0)
	now := make([]float64, workers)
	all := make([][]lanes.Interval, workers)
	for range tasks {
		for w := range workers {
			all[w] = append(all[w], busy(now[w], now[w]+1))
			now[w]++
			if free > now[w] {
				all[w] = append(all[w], waits(lanes.Mutex, "counter.go:12", now[w], free, holder))
				now[w] = free
			}
			all[w] = append(all[w], busy(now[w], now[w]+1))
			now[w]++
			free, holder = now[w], int64(w+2)
			end = max(end, now[w])
		}
	}
	goroutines := []lanes.Goroutine{calls(waits(lanes.Others, "", 0, end, holder))}
	for w := range workers {
		goroutines = append(goroutines, goes(int64(w+2), all[w]...))
	}
	return run(end, goroutines...), end
}

func TestAMutexThatIsHeldForHalfOfEachTaskIsNamedWithItsShare(t *testing.T) {
	const workers, tasks = 4, 100
	r, end := contended(workers, tasks)
	near(t, "the length", end, workers*tasks+1) // the lock is always held, but for the first ms
	a, base := Of(r, workers), serial(2*workers*tasks)
	l := a.Losses(base)[0]
	if l.Name() != "waits for the mutex at counter.go:12" {
		t.Errorf("got %q", l.Name())
	}
	lost := 0.0 // of worker w: all of its time but 2 ms a task, until it ends w ms before the last
	for w := range workers {
		lost += end - float64(workers-1-w) - 2*tasks
	}
	near(t, "the share", l.Share, lost/(workers*end))
	predicts(t, r, a, base, l, 2*tasks)
	sum(t, a, base)
}

func TestASerialPartOfAQuarterIsReportedAsThat(t *testing.T) {
	r := run(0.625,
		calls(busy(0, 0.25), waits(lanes.Others, "", 0.25, 0.625, 2)),
		goes(2, busy(0.25, 0.625)),
		goes(3, busy(0.25, 0.625)))
	a, base := Of(r, 2), serial(1)
	l := largest(t, a.Losses(base), "only one works at the beginning and the end: a serial part of 0.25", 0.2)
	near(t, "the serial part", l.Amount, 0.25)
	near(t, "the product", a.Factors(base).Product(), 0.8)
	check(t, a.Factors(base), 0.8, 1, 1) // the caller's time belongs to the first lane
	predicts(t, r, a, base, l, 0.5)
	sum(t, a, base)
}

func TestACallerThatWorksBesideOthersIsALane(t *testing.T) {
	r := run(2, calls(busy(0, 2)), goes(2, busy(0, 2)))
	check(t, Of(r, 2).Factors(serial(4)), 1, 1, 1)
}

func TestTheSameWorkMayTakeMoreCoreTime(t *testing.T) {
	r := run(1.8, calls(waits(lanes.Others, "", 0, 1.8, 2)), goes(2, busy(0, 1.8)), goes(3, busy(0, 1.8)))
	a, base := Of(r, 2), serial(2)
	check(t, a.Factors(base), 1, 1, 1/1.8)
	l := largest(t, a.Losses(base), "the same work takes 1.8 times the core time: cache lines or memory are shared", 1.6/3.6)
	predicts(t, r, a, base, l, 1)
	sum(t, a, base)
}

func TestCollectionsAreNamedWithAllThatTheyCost(t *testing.T) {
	assist := busy(1, 2)
	assist.Reason = lanes.Collection
	r := run(4,
		calls(waits(lanes.Others, "", 0, 4, 2)),
		goes(2, busy(0, 1), assist, busy(2, 4)),
		goes(3, busy(0, 1), at(lanes.Ready, 1, 2), busy(2, 4)))
	r.Collections = []lanes.Stretch{{From: ms, To: 2 * ms}}
	a, base := Of(r, 2), serial(6)
	check(t, a.Factors(base), 1, 0.75, 1)
	l := largest(t, a.Losses(base), "garbage collection", 0.25)
	predicts(t, r, a, base, l, 3)
	sum(t, a, base)
}

func TestTimeThatTheSystemGaveToOthersIsNotUseful(t *testing.T) {
	r := run(2, calls(waits(lanes.Others, "", 0, 2, 2)), goes(2, busy(0, 2)), goes(3, busy(0, 2)))
	r.CPU = 3 * ms // of 4
	a, base := Of(r, 2), serial(3)
	check(t, a.Factors(base), 1, 0.75, 1)
	largest(t, a.Losses(base), "cores were not free", 0.25)
	sum(t, a, base)
}

func TestMoreWorkersThanCoresAreNamed(t *testing.T) {
	r := run(2,
		calls(waits(lanes.Others, "", 0, 2, 2)),
		goes(2, busy(0, 1), at(lanes.Ready, 1, 2)),
		goes(3, at(lanes.Ready, 0, 1), busy(1, 2)))
	r.Procs = 1
	a, base := Of(r, 2), serial(2)
	largest(t, a.Losses(base), "more workers than cores", 0.5)
	sum(t, a, base)
}

func TestManyGoroutinesWorkInAsManyLanesAsThereAreWorkers(t *testing.T) {
	goroutines := []lanes.Goroutine{calls(waits(lanes.Others, "", 0, 5, 2))}
	for i := range 10 {
		from := float64(i / 2)
		goroutines = append(goroutines, goes(int64(i+2), busy(from, from+1)))
	}
	r := run(5, goroutines...)
	a, base := Of(r, 2), serial(10)
	if len(a.Useful) != 2 {
		t.Errorf("got %d lanes", len(a.Useful))
	}
	check(t, a.Factors(base), 1, 1, 1)
	sum(t, a, base)
}

func TestAFullChannelIsNamedByItsSender(t *testing.T) {
	// A stage that takes 1 ms an item sends to one that takes 3 ms.
	r := run(10,
		calls(waits(lanes.Others, "", 0, 10, 3)),
		goes(2, busy(0, 1), busy(1, 2), waits(lanes.Send, "pipe.go:7", 2, 4, 3), busy(4, 5), waits(lanes.Send, "pipe.go:7", 5, 7, 3)),
		goes(3, waits(lanes.Receive, "pipe.go:9", 0, 1, 2), busy(1, 4), busy(4, 7), busy(7, 10)))
	a, base := Of(r, 2), serial(12)
	if l := a.Losses(base)[0]; l.Name() != "one worker has more to do" {
		t.Errorf("the end of the sender's work counts as uneven, got %q", l)
	}
	if l := a.Losses(base)[1]; l.Name() != "waits to send to the channel at pipe.go:7" || math.Abs(l.Share-0.1) > 1e-9 {
		t.Errorf("got %q with %v", l, l.Share)
	} else {
		predicts(t, r, a, base, l, 10) // the slow stage decides
	}
	sum(t, a, base)
}

func TestToWakeAGoroutineIsPartOfItsWaitIfAProcessorIsFree(t *testing.T) {
	woken := func(procs int) Loss {
		r := run(4,
			calls(waits(lanes.Others, "", 0, 4, 2)),
			goes(2, busy(0, 4)),
			goes(3, busy(0, 1), waits(lanes.Mutex, "a.go:1", 1, 2, 2), at(lanes.Ready, 2, 3), busy(3, 4)))
		r.Procs = procs
		return Of(r, 2).Losses(nil)[0]
	}
	if l := woken(2); l.Reason != lanes.Mutex || l.Share != 0.25 {
		t.Errorf("with a free processor: %v", l)
	}
	if l := woken(1); l.Reason != lanes.Mutex && l.Kind != NoCore || l.Share != 0.125 {
		t.Errorf("without one: %v", l)
	}
}

func TestEvenWorkLosesNothing(t *testing.T) {
	r := run(2, calls(waits(lanes.Others, "", 0, 2, 2)), goes(2, busy(0, 2)), goes(3, busy(0, 2)))
	a, base := Of(r, 2), serial(4)
	for _, l := range a.Losses(base) {
		if l.Share > 0 {
			t.Errorf("there is a loss: %v", l)
		}
	}
	check(t, a.Factors(base), 1, 1, 1)
}

func TestSpansOfProcessesAreExplained(t *testing.T) {
	spans := []span.Span{
		{Worker: 1, Start: 1 * ms, End: 4 * ms}, {Worker: 1, Start: 5 * ms, End: 9 * ms},
		{Worker: 2, Start: 1 * ms, End: 2 * ms},
	}
	a, base := OfSpans(spans, 10*ms, 2), serial(8)
	check(t, a.Factors(base), 8.0/14, 0.7, 1)
	l := largest(t, a.Losses(base), "one worker has more to do", 7.0/20)
	predicts(t, lanes.Run{}, a, base, l, 6.5)
	if _, ok := Without(lanes.Run{}, a, base, Loss{Kind: MoreCoreTime, Amount: 2}); ok {
		t.Error("there is a prediction without a trace")
	}
	if l := a.Losses(base)[1]; l.Kind != Nobody || math.Abs(l.Share-0.2) > 1e-9 {
		t.Errorf("got %v", l)
	}
	if l := a.Losses(base)[2]; l.Name() != "waits for messages to and from the workers" || math.Abs(l.Share-0.05) > 1e-9 {
		t.Errorf("got %v", l)
	}
	sum(t, a, base)
}

func TestMoreProcessesThanWorkersShareTheirPlaces(t *testing.T) {
	spans := []span.Span{{Worker: 1, Start: ms, End: 9 * ms}, {Worker: 2, Start: ms, End: 9 * ms}, {Worker: 3, Start: ms, End: 5 * ms}, {Worker: 4, Start: 9 * ms, End: 10 * ms}}
	a, base := OfSpans(spans, 10*ms, 2), serial(17)
	check(t, a.Factors(base), 17.0/18, 0.9, 1)
	largest(t, a.Losses(base), "starting and ending the workers", 2.0/20)
	sum(t, a, base)
}

func TestSpansAreComparedWithTheTimeForWhichTheBaseRan(t *testing.T) {
	r := run(10, calls(busy(0, 10)))
	r.CPU = 5 * ms // the system gave half of it to others
	base := Of(r, 1)
	a := OfSpans([]span.Span{{Worker: 1, Start: 0, End: 5 * ms}, {Worker: 2, Start: 0, End: 5 * ms}}, 5*ms, 2)
	check(t, a.Factors(&base), 1, 1, 1)
	near(t, "the part of its time in which the base works", a.Own(&base), 1)
	near(t, "that for a trace", base.Own(&base), 0.5)
}

func TestAWorkerWithoutSpansHasNothingToDo(t *testing.T) {
	a, base := OfSpans([]span.Span{{Worker: 1, Start: 0, End: 10 * ms}}, 10*ms, 2), serial(10)
	largest(t, a.Losses(base), "one worker has more to do", 0.5)
	sum(t, a, base)
}

func TestWhatWaitsForAClockTakesAsLongInAReplay(t *testing.T) {
	r := run(5,
		calls(waits(lanes.Others, "", 0, 5, 2)),
		goes(2, busy(0, 1), waits(lanes.Mutex, "a.go:1", 1, 2, 3), waits(lanes.Sleep, "a.go:2", 2, 4, 0), busy(4, 5)),
		goes(3, busy(0, 3)))
	predicts(t, r, Of(r, 2), nil, Loss{Kind: Wait, Reason: lanes.Mutex, Place: "a.go:1"}, 4)
}

func TestAPredictionNeedsTheTimeOfTheWorkOnItsCores(t *testing.T) {
	r, _ := contended(4, 10)
	r.Procs = 2
	predicts(t, r, Of(r, 4), nil, Loss{Kind: Wait, Reason: lanes.Mutex, Place: "counter.go:12"}, 4*20/2)
}

func TestWithoutAMutexItsSpinningIsGoneToo(t *testing.T) {
	r := run(5,
		calls(waits(lanes.Others, "", 0, 5, 2)),
		goes(2, busy(0, 5)),
		goes(3, busy(0, 1), waits(lanes.Mutex, "a.go:1", 1, 2, 2), busy(2, 5)))
	a, base := Of(r, 2), serial(6) // of 9 ms of work, 3 are spinning
	predicts(t, r, a, base, Loss{Kind: Wait, Reason: lanes.Mutex, Place: "a.go:1"}, 5*6.0/9)
}

func TestAReplayWithoutAChangeTakesAsLong(t *testing.T) {
	r, end := contended(3, 10)
	near(t, "the replay", float64(replay{scale: 1}.run(r))/float64(ms), end)
}

func TestARunWithoutWorkHasNoFactors(t *testing.T) {
	f := Of(run(2, calls(waits(lanes.Sleep, "", 0, 2, 0))), 2).Factors(serial(1))
	if !math.IsNaN(f.Product()) {
		t.Errorf("got %v", f)
	}
}

func BenchmarkOf(b *testing.B) {
	r, _ := contended(4, 10_000)
	b.ReportMetric(float64(len(r.Goroutines[1].Intervals)*4), "intervals")
	for b.Loop() {
		Of(r, 4)
	}
}

func ExampleLoss_String() {
	fmt.Println(Loss{Kind: Wait, Reason: lanes.Mutex, Place: "counter.go:12", Share: 0.41})
	fmt.Println(Loss{Kind: Wait, Reason: lanes.Unknown, Share: 0.5})
	// Output:
	// waits for the mutex at counter.go:12, 41%
	// waits, 50%
}
