package python_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"multiprocessing/lib/python"
)

func TestThreadsUnderAGILRunInTurns(t *testing.T) {
	needPython(t)
	run, err := python.Deck(context.Background(), python.Serial, 1, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if !run.GIL {
		t.Skip("this Python has no GIL")
	}
	trace, err := python.ThreadTrace(context.Background(), 2, 50*time.Millisecond, 5*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	stretches := map[int]int{}
	var ran, both time.Duration
	for i, a := range trace {
		stretches[a.Worker]++
		ran += a.End - a.Start
		for _, b := range trace[:i] {
			both += max(0, min(a.End, b.End)-max(a.Start, b.Start))
		}
	}
	if stretches[1] < 2 || stretches[2] < 2 || len(stretches) != 2 {
		t.Errorf("stretches of each thread: %v, want several of 1 and 2", stretches)
	}
	// A wait shorter than half the interval is not seen, so a little is allowed.
	if both > ran/4 {
		t.Errorf("both threads ran at once for %v of %v: %v", both, ran, trace)
	}
}

func TestAThreadTraceIsInOrderOfStart(t *testing.T) {
	needPython(t)
	trace, err := python.ThreadTrace(context.Background(), 3, 5*time.Millisecond, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for i, s := range trace {
		seen[s.Worker] = true
		if s.Start < 0 || s.End < s.Start || s.Items != 1 || s.First != s.Worker-1 || i > 0 && s.Start < trace[i-1].Start {
			t.Errorf("span %d of %v", i, trace)
		}
	}
	if len(seen) != 3 {
		t.Errorf("threads %v, want 3", seen)
	}
}

func TestAThreadTraceRefusesWhatMakesNoSense(t *testing.T) {
	for want, call := range map[string]struct {
		threads        int
		work, interval time.Duration
	}{
		"threads must be at least 1, got 0": {0, 1, 1},
		"work must be positive, got 0s":     {1, 0, 1},
		"interval must be positive, got":    {1, 1, -1},
	} {
		_, err := python.ThreadTrace(context.Background(), call.threads, call.work, call.interval)
		if err == nil || !strings.HasPrefix(err.Error(), "python: tracing threads: "+want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func BenchmarkThreadTrace(b *testing.B) {
	needPython(b)
	for b.Loop() {
		if _, err := python.ThreadTrace(context.Background(), 2, 25*time.Millisecond, 5*time.Millisecond); err != nil {
			b.Fatal(err)
		}
	}
}
