package message

import (
	"errors"
	"fmt"
)

// Errors of Put, Get, Send and Recv; test for them with errors.Is. If the context
// is done first, the error wraps ctx.Err(); the caller has its context.Cause.
var (
	// ErrClosed means that the queue or pipe was closed. Get and Recv return
	// it only when no items are left.
	ErrClosed = errors.New("the queue or pipe is closed")
	// ErrLost means that the process that made the queue died; or that the
	// process with the other end of the pipe died, or let its End be garbage
	// collected without Close.
	ErrLost = errors.New("the other side has ended without Close")
	// ErrFull is returned by TryPut instead of waiting. It mirrors Python's
	// queue.Full.
	ErrFull = errors.New("the queue is full")
	// ErrEmpty is returned by TryGet instead of waiting. It mirrors Python's
	// queue.Empty.
	ErrEmpty = errors.New("the queue is empty")
)

// during wraps err with the operation that failed.
func during(operation string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("message: %s: %w", operation, err)
}

// misuse panics with a text that begins with the package's name.
func misuse(format string, args ...any) {
	panic("message: " + fmt.Sprintf(format, args...))
}
