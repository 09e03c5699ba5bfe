package python

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"

	"multiprocessing/lib/internal/notnil"
)

//go:embed memory.py
var memoryScript string

// ProcessMemory is how much memory a process has, in MiB. The tags name the
// columns of a DataFrame made of it.
type ProcessMemory struct {
	Process  string  `dataframe:"process"`
	Resident float64 `dataframe:"resident MiB"` // in RAM now
	Own      float64 `dataframe:"own MiB"`      // the part of it that no other process shares
}

// Memory has Python fill so many MiB and then start children, by spawn and by
// fork; the last is forked and writes to all that it inherited. It returns
// the memory of the parent and of each child: slide 6's "separate copy of
// memory from time of launch", which fork copies only where it is written to.
//
// It reads /proc/self/smaps_rollup, which is there on Linux only; elsewhere
// the error says so. It costs 0.3 to 0.4 s with 32 MiB (BenchmarkMemory).
func Memory(ctx context.Context, mib int) ([]ProcessMemory, error) {
	notnil.Context(ctx, "python: Memory")
	const what = "python: memory of processes"
	if mib < 0 {
		return nil, fmt.Errorf("%s: MiB must not be negative, got %d", what, mib)
	}
	var rows []ProcessMemory
	if err := ScriptReport(ctx, &rows, memoryScript, strconv.Itoa(mib)); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return rows, nil
}
