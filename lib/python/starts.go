package python

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"multiprocessing/lib/internal/notnil"
)

//go:embed starts.py
var startsScript string

// Start is what processes cost that are started by one method. All are
// medians.
type Start struct {
	Method  string        // "fork", "spawn" or "forkserver"
	Default bool          // whether it is this Python's default on this system
	Process time.Duration // start and join of a Process with an empty task; 9 times
	Apply   time.Duration // round trip of one task by Pool.apply; 200 times
	Task    time.Duration // one of many empty tasks of Pool.map; 5 times
}

// Starts measures what processes cost in Python, by every start method that
// it has on this system: on Windows that is spawn only, of whose overhead
// slide 6 warns. The pool has so many workers, and its map so many tasks.
//
// It costs 1.3 to 2 s (BenchmarkStarts), most of it for spawning.
func Starts(ctx context.Context, workers, tasks int) ([]Start, error) {
	notnil.Context(ctx, "python: Starts")
	const what = "python: start methods"
	switch {
	case workers < 1:
		return nil, fmt.Errorf("%s: workers must be at least 1, got %d", what, workers)
	case tasks < 1:
		return nil, fmt.Errorf("%s: tasks must be at least 1, got %d", what, tasks)
	}
	var report []struct {
		Method             string
		Default            bool
		Start, Apply, Task float64 // seconds
	}
	if err := ScriptReport(ctx, &report, startsScript, strconv.Itoa(workers), strconv.Itoa(tasks)); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	duration := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	starts := make([]Start, len(report))
	for i, r := range report {
		starts[i] = Start{r.Method, r.Default, duration(r.Start), duration(r.Apply), duration(r.Task)}
	}
	return starts, nil
}
