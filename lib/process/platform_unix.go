//go:build unix

package process

import (
	"os"
	"syscall"
)

// supported is nil where workers can be started.
func supported() error { return nil }

// closeOnExec keeps a file of this process from the programs it starts.
func closeOnExec(fd int) { syscall.CloseOnExec(fd) }

// exitCode is a process's exit status, or -n if signal n ended it.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return -int(status.Signal())
	}
	return state.ExitCode()
}
