// Package guard is the process between the front and GoNB. It owns all processes below it, and kills them when the front
// ends, in whatever way: its standard input is a pipe that only the front holds open, so it notices even a front that was
// killed. It has its own session, because jupyter_client kills a kernel's process group.
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

// Argument is the first command line argument that makes the front's program a guard.
const Argument = "-guard"

// grace is the time that GoNB has to stop its gopls before GoNB is killed.
const grace = 500 * time.Millisecond

// Command returns the command of a guard that runs program and owns folder, which it removes at the end. The guard runs
// until program ends or the guard's standard input reaches its end.
func Command(folder, program string, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	cmd := exec.Command(self, append([]string{Argument, folder, program}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd, nil
}

// Main is the guard's main function; args are the arguments after Argument. It returns the exit status.
func Main(args []string) int {
	if len(args) < 2 {
		fmt.Fprintln(os.Stderr, "front: -guard needs a folder and a program; only the front itself uses it")
		return 2
	}
	folder, cmd := args[0], exec.Command(args[1], args[2:]...)
	defer RemoveAll(folder)
	signal.Ignore(os.Interrupt) // interrupts are for the cell's program
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

// RemoveAll removes folder. It retries for a second, because a process that is ending may still write to folder.
func RemoveAll(folder string) {
	for range 50 {
		if os.RemoveAll(folder) == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}
