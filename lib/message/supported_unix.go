//go:build unix

package message

import "syscall"

// supported is nil where queues and pipes reach other processes.
func supported() error { return nil }

// isAlive reports whether there is a process with that number.
func isAlive(pid int) bool { return syscall.Kill(pid, 0) != syscall.ESRCH }
