// Package tracefile records execution traces of Go and reads them.
package tracefile

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"runtime/trace"
	"time"

	"multiprocessing/lib/internal/cputime"
)

// region is the name of the recorded work in the trace.
const region = "explained work"

// maxBytes is how long a trace may be, about 2 million events. Tests make it
// smaller.
var maxBytes = 16 << 20

// ErrRunning and ErrTooLong are why there is no trace.
var (
	ErrRunning = errors.New("another trace is already running: stop it first")
	ErrTooLong = errors.New("the trace has too many events (more than 16 MB): do less work in one run")
)

// Recording is a trace of some work.
type Recording struct {
	Data  []byte        // as `go tool trace` reads it
	CPU   time.Duration // that the system gave to this process meanwhile; 0 if unknown
	Procs int           // GOMAXPROCS
}

// Record runs work and records what all goroutines do meanwhile. If it cannot
// record, it runs work all the same. A panic of work goes on, and the trace is
// stopped before. It costs 0.7 ms beside the work (BenchmarkRecord), and slows work with many events
// down.
func Record(work func()) (Recording, error) {
	w := &limited{}
	if trace.IsEnabled() || trace.Start(w) != nil {
		work()
		return Recording{}, ErrRunning
	}
	r := Recording{Procs: runtime.GOMAXPROCS(0)}
	func() {
		defer trace.Stop()
		trace.WithRegion(context.Background(), region, func() {
			before := cputime.Self()
			work()
			r.CPU = cputime.Self() - before
		})
	}()
	if w.tooLong {
		return Recording{}, ErrTooLong
	}
	r.Data = w.Bytes()
	return r, nil
}

// limited stores what is written up to maxBytes. It never fails, because the
// runtime would go on tracing.
type limited struct {
	bytes.Buffer
	tooLong bool
}

func (l *limited) Write(p []byte) (int, error) {
	if l.tooLong = l.tooLong || l.Len()+len(p) > maxBytes; !l.tooLong {
		l.Buffer.Write(p)
	}
	return len(p), nil
}
