package display

import (
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"multiprocessing/lib/internal/span"
)

const ms = time.Millisecond

// uneven is a trace in which worker 2 goes home early and 3 never comes.
func uneven() []span.Span {
	return []span.Span{
		{Worker: 2, First: 4, Items: 4, Start: 0, End: 30 * ms},
		{Worker: 1, First: 0, Items: 4, Start: 0, End: 40 * ms},
		{Worker: 2, First: 8, Items: 1, Start: 31 * ms, End: 60 * ms},
		{Worker: 1, First: 9, Items: 3, Start: 40 * ms, End: 100 * ms},
		{Worker: 0, First: 12, Items: 1, Start: 90 * ms, End: 95 * ms},
		{Worker: 0, First: 13, Items: 1, Start: 92 * ms, End: 100 * ms},
	}
}

// In tests the cores are free, whatever else runs here.
func init() { freeCores = func(n int) float64 { return float64(n) } }

func timelineOf(trace []span.Span, workers int) (svg, said string) {
	lanes, total := lanesOf(trace, workers)
	said = describeLanes(lanes, total)
	return timelineSVG(lanes, total, nil, said, ""), said
}

func TestTheTimeline(t *testing.T) {
	svg, said := timelineOf(uneven(), 3)
	golden(t, "timeline.svg", svg)
	want := "3 workers in 100 ms. Worker 1 idle for 0% of the time, worker 2 idle for 41% of the time, worker 3 idle for 100% of the time."
	if said != want {
		t.Errorf("got %q", said)
	}
}

func TestATimelineNeedsNoOrderAndKeepsTheTrace(t *testing.T) {
	trace := uneven()
	first, _ := timelineOf(trace, 3)
	rand.Shuffle(len(trace), func(i, j int) { trace[i], trace[j] = trace[j], trace[i] })
	before := fmt.Sprint(trace)
	second, _ := timelineOf(trace, 3)
	if first != second {
		t.Error("another order gives another picture")
	}
	if fmt.Sprint(trace) != before {
		t.Error("the trace was changed")
	}
}

func TestManyWorkersAreSummedUp(t *testing.T) {
	var trace []span.Span
	for w := range 64 {
		trace = append(trace, span.Span{Worker: w + 1, Items: 1, End: time.Duration(100-w) * ms})
	}
	svg, said := timelineOf(trace, 64)
	want := "64 workers in 100 ms. On average idle for 32% of the time. Worker 64 idle for 63% of the time, worker 63 idle for 62% of the time, worker 62 idle for 61% of the time."
	if said != want {
		t.Errorf("got %q", said)
	}
	if n := strings.Count(svg, `text-anchor="end"`); n > 40 {
		t.Errorf("%d labels", n)
	}
}

func TestNarrowStretchesAreDrawnAsOne(t *testing.T) {
	var trace []span.Span
	for i := range 100_000 {
		at := time.Duration(i) * time.Microsecond
		trace = append(trace, span.Span{Worker: i%2 + 1, First: i, Items: 1, Start: at, End: at + 2*time.Microsecond})
	}
	svg, said := timelineOf(trace, 0)
	if n := strings.Count(svg, "<rect"); n > 2*600 {
		t.Errorf("%d blocks", n)
	}
	if !strings.Contains(said, "Worker 1 idle for 0%") {
		t.Errorf("got %q", said)
	}
}

func TestAnOddTraceIsDrawnAllTheSame(t *testing.T) {
	for _, trace := range [][]span.Span{
		{{Worker: 1, Start: 5 * ms, End: 2 * ms}},
		{{Worker: -3, Start: -5 * ms, End: 2 * ms}, {Worker: 1 << 40, End: time.Nanosecond}},
		{{Worker: 1, End: 1 << 62}},
	} {
		svg, _ := timelineOf(trace, 1)
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			_, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%v has no place for a number", trace)
		}
	}
}

func TestTheTimelineOutsideANotebook(t *testing.T) {
	t.Setenv("GONB_PIPE", "")
	got, _ := printed(t, func() { Timeline(uneven()[:2], Caption("Chunks of 4.")) })
	if got != "2 workers in 40.0 ms. Worker 1 idle for 0% of the time, worker 2 idle for 25% of the time.\nChunks of 4.\n" {
		t.Errorf("got %q", got)
	}
	got, _ = printed(t, func() { Timeline(nil, Workers(2)) })
	if got != "The trace is empty: no work was done.\n" {
		t.Errorf("got %q", got)
	}
}

func TestATimelineNamesTheStagesOfAPipeline(t *testing.T) {
	t.Setenv("GONB_PIPE", "")
	got, _ := printed(t, func() { Timeline(uneven()[:2], Stages("read", "square <")) })
	if got != "2 goroutines in 40.0 ms. Read idle for 0% of the time, square < idle for 25% of the time.\n" {
		t.Errorf("got %q", got)
	}
	lanes, total := lanesOf(uneven()[:2], 2)
	lanes[1].stage = "square <"
	var drawn strings.Builder
	blocks(&drawn, lanes[1], total, 0, 10)
	if !strings.Contains(drawn.String(), "<title>square &lt;: ") {
		t.Errorf("%s", drawn.String())
	}
}

// withFree has so many cores be free.
func withFree(t *testing.T, cores float64) {
	t.Helper()
	old, procs := freeCores, runtime.GOMAXPROCS(2)
	freeCores = func(int) float64 { return cores }
	t.Cleanup(func() { freeCores = old; runtime.GOMAXPROCS(procs) })
}

func TestATimelineOfABusyMachineSaysSoAcross(t *testing.T) {
	withFree(t, 0.94)
	t.Setenv("GONB_PIPE", "")
	got, _ := printed(t, func() { Timeline(uneven()) })
	if !strings.HasPrefix(got, "0.9 of 2 cores were free: not a result. 2 workers in 100 ms.") {
		t.Errorf("got %q", got)
	}
	lanes, total := lanesOf(uneven(), 2)
	golden(t, "timeline-busy.svg", timelineSVG(lanes, total, nil, describeLanes(lanes, total), busy(lanes, settings{})))
	for name, said := range map[string]string{"waiting": busy(lanes, settings{waits: true}), "one worker": busy(lanes[:2], settings{})} {
		if said != "" {
			t.Errorf("%s: %q", name, said)
		}
	}
	withFree(t, 1.9)
	if got := busy(lanes, settings{}); got != "" {
		t.Errorf("1.9 of 2 cores are enough, and it says %q", got)
	}
}

func TestWorkersBelowOnePanics(t *testing.T) {
	defer func() {
		if got := recover(); got != "display: Workers: must be at least 1, got 0" {
			t.Errorf("got %v", got)
		}
	}()
	Workers(0)
}

func BenchmarkTimeline(b *testing.B) {
	var trace []span.Span
	for i := range 1000 {
		at := time.Duration(i) * ms
		trace = append(trace, span.Span{Worker: i%4 + 1, First: i, Items: 1, Start: at, End: at + 3*ms})
	}
	for b.Loop() {
		timelineOf(trace, 4)
	}
}

func TestMarksAreDrawnAndSaid(t *testing.T) {
	lanes, total := lanesOf([]span.Span{{Worker: 1, First: 0, Items: 1, Start: 0, End: 100 * ms}}, 1)
	marks := []mark{{20 * ms, "worker 1 <killed>"}, {80 * ms, "server killed"}}
	if got, want := describeMarks(marks), " Worker 1 <killed> at 20.0 ms. Server killed at 80.0 ms."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	plain, svg := timelineSVG(lanes, total, nil, "", ""), timelineSVG(lanes, total, marks, "", "")
	for _, want := range []string{"worker 1 &lt;killed&gt;", `text-anchor="end"`, `text-anchor="start"`} {
		if !strings.Contains(svg, want) || strings.Contains(plain, "killed") {
			t.Errorf("%s is missing in %s", want, svg)
		}
	}
}
