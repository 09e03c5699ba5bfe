// Package guard is the process between the front and GoNB. It owns all that runs below it, and ends it when the front
// is gone, however the front went: its standard input is a pipe that only the front holds open, so that even a front
// that was killed is seen to end. It has a session of its own, because jupyter_client kills a kernel's process group.
package guard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"multiprocessing/kernel/internal/supervise"
)

// Argument, as the first of the command line, makes the front's program a guard.
const Argument = "-guard"

// grace is what GoNB has to stop its gopls before it is killed.
const grace = 500 * time.Millisecond

// Command is a guard that runs program and owns folder, which it removes at the end. It lives as long as what it reads
// from its standard input has no end.
func Command(folder, program string, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	cmd := exec.Command(self, append([]string{Argument, folder, program}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // a session of its own
	return cmd, nil
}

// Main is the guard's main function; args are those after Argument. It returns the exit status.
func Main(args []string) int {
	if len(args) < 2 {
		fmt.Fprintln(os.Stderr, "front: -guard is for the front itself")
		return 2
	}
	folder, cmd := args[0], exec.Command(args[1], args[2:]...)
	defer RemoveAll(folder)
	signal.Ignore(os.Interrupt) // for the cell's program
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err := supervise.Run(ctx, cmd, grace)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		fmt.Fprintf(os.Stderr, "front: starting GoNB: %v; run \"go run ./kernel doctor\"\n", err)
	}
	if err != nil {
		return 1
	}
	return 0
}

// RemoveAll removes folder, into which a process that is just ending may still write.
func RemoveAll(folder string) {
	for range 50 {
		if os.RemoveAll(folder) == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}
