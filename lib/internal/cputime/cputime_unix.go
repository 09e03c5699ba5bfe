//go:build unix && !linux

package cputime

import (
	"syscall"
	"time"
)

// Self is the CPU time of this process and its threads.
func Self() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
