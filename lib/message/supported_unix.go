//go:build unix

package message

import "syscall"

// supported returns nil where queues and pipes work between processes.
func supported() error { return nil }

// isAlive reports whether there is a process with that id.
func isAlive(pid int) bool { return syscall.Kill(pid, 0) != syscall.ESRCH }
