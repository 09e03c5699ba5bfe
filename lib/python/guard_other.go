//go:build !unix

package python

import (
	"context"
	"os/exec"
	"strconv"
)

// guarded returns the command that runs args. Without process groups nothing
// ends it when the caller is killed.
func guarded(ctx context.Context, args []string) *exec.Cmd {
	return exec.CommandContext(ctx, args[0], args[1:]...)
}

// killGroup ends pid and its children; Windows has no process groups to signal.
func killGroup(pid int) error {
	return exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(pid)).Run()
}
