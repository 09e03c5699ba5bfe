//go:build unix

package process

import (
	"os"
	"syscall"
)

// supported returns nil where workers can be started.
func supported() error { return nil }

// closeOnExec prevents the programs that this process starts from inheriting
// a file.
func closeOnExec(fd int) { syscall.CloseOnExec(fd) }

// exitCode returns a process's exit status, or -n if signal n killed it.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return -int(status.Signal())
	}
	return state.ExitCode()
}
