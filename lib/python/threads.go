package python

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"time"

	"multiprocessing/lib/internal/notnil"
	"multiprocessing/lib/internal/span"
)

//go:embed threads.py
var threadsScript string

// Span is one stretch of a thread's time: Worker, which is the thread's
// number from 1, ran from Start to End, counted from before the first thread
// was started.
type Span = span.Span

// ThreadTrace has so many threads of Python compute for the time that work
// takes one of them alone, and returns when each of them ran, in order of
// start. It shows the GIL of slide 5 as it is, where goroutine.WithGIL shows
// one made in Go; display.Timeline draws both.
//
// Threads are asked to give up the GIL after interval (sys.setswitchinterval).
// A thread that got no further for half the interval is taken to have waited,
// for the GIL or, if there are too few, for a core.
//
// With Use it is another Python; StartMethod is of no use, for there are no
// processes.
//
// It costs the work of all threads, two starts of the interpreter, and finding
// out how long the work takes: 0.2 to 0.4 s for 2 threads with 25 ms of work
// (BenchmarkThreadTrace).
func ThreadTrace(ctx context.Context, threads int, work, interval time.Duration, opts ...Option) ([]Span, error) {
	notnil.Context(ctx, "python: ThreadTrace")
	const what = "python: tracing threads"
	switch {
	case threads < 1:
		return nil, fmt.Errorf("%s: threads must be at least 1, got %d", what, threads)
	case work <= 0:
		return nil, fmt.Errorf("%s: work must be positive, got %v", what, work)
	case interval <= 0:
		return nil, fmt.Errorf("%s: interval must be positive, got %v", what, interval)
	}
	var c config
	for _, o := range opts {
		o(&c)
	}
	seconds := func(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'g', -1, 64) }
	var report []struct {
		Thread     int
		Begin, End float64
	}
	args := []string{strconv.Itoa(threads), seconds(work), seconds(interval)}
	if err := c.scriptReport(ctx, &report, threadsScript, args); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	spans := make([]Span, len(report))
	for i, r := range report {
		duration := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
		spans[i] = Span{Worker: r.Thread, First: r.Thread - 1, Items: 1, Start: duration(r.Begin), End: duration(r.End)}
	}
	slices.SortStableFunc(spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	return spans, nil
}
