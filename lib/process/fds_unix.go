//go:build unix

package process

import "syscall"

// supported is nil where workers can be started.
func supported() error { return nil }

// closeOnExec keeps a file of this process from the programs it starts.
func closeOnExec(fd int) { syscall.CloseOnExec(fd) }
