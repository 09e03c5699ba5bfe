package message

import (
	"errors"
	"fmt"
)

// The reasons for which a Put, Get, Send or Recv does not succeed; look for
// them with errors.Is. A context that ended is another: then the error is
// context.Canceled or context.DeadlineExceeded.
var (
	// ErrClosed means that somebody closed the queue or pipe. A Get or Recv
	// says so only when nothing is left to receive.
	ErrClosed = errors.New("the queue or pipe is closed")
	// ErrLost means that a process at the other side died, or let go of its
	// end of a pipe without Close.
	ErrLost = errors.New("the other side has ended without Close")
	// ErrFull is what TryPut says instead of waiting. It mirrors Python's
	// queue.Full.
	ErrFull = errors.New("the queue is full")
	// ErrEmpty is what TryGet says instead of waiting. It mirrors Python's
	// queue.Empty.
	ErrEmpty = errors.New("nothing is there to receive")
)

// during says what was being done when err came up.
func during(operation string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("message: %s: %w", operation, err)
}

// misuse panics in the package's name.
func misuse(format string, args ...any) {
	panic("message: " + fmt.Sprintf(format, args...))
}
