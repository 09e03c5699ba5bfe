package python

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"time"

	"multiprocessing/lib/internal/notnil"
)

//go:embed messages.py
var messagesScript string

// Channel is a way for messages in Python (slide 11).
type Channel string

// The channels, and who is at the other end.
const (
	ThreadQueue  Channel = "thread"  // a queue.Queue, filled by a thread
	ProcessQueue Channel = "process" // a multiprocessing.Queue, filled by a process
	ProcessPipe  Channel = "pipe"    // a multiprocessing.Pipe to a process that sends everything back
)

// Messages sends the numbers from 0 to numbers-1 through a channel of Python,
// so many in each message, and returns their sum and how long it took, without
// the start of the other end. A queue has room for so many messages as the
// capacity says; a pipe carries one number a message.
func Messages(ctx context.Context, by Channel, numbers, each, capacity int) (sum int, elapsed time.Duration, err error) {
	notnil.Context(ctx, "python: Messages")
	const what = "python: messages"
	switch {
	case !slices.Contains([]Channel{ThreadQueue, ProcessQueue, ProcessPipe}, by):
		return 0, 0, fmt.Errorf("%s: unknown channel %q: use ThreadQueue, ProcessQueue or ProcessPipe", what, by)
	case numbers < 0:
		return 0, 0, fmt.Errorf("%s: numbers must not be negative, got %d", what, numbers)
	case each < 1 || by == ProcessPipe && each != 1:
		return 0, 0, fmt.Errorf("%s: each must be at least 1, and 1 for a pipe, got %d", what, each)
	case capacity < 1:
		return 0, 0, fmt.Errorf("%s: the capacity must be at least 1, got %d", what, capacity)
	}
	var report struct {
		Total   int
		Seconds float64
	}
	if err := ScriptReport(ctx, &report, messagesScript, string(by), strconv.Itoa(numbers), strconv.Itoa(each), strconv.Itoa(capacity)); err != nil {
		return 0, 0, fmt.Errorf("%s: %w", what, err)
	}
	return report.Total, time.Duration(report.Seconds * float64(time.Second)), nil
}
