//go:build unix

package timing

import (
	"syscall"
	"time"
)

// cpuTime is the CPU time of this process and of the children that it has
// waited for, in user mode and in the kernel.
func cpuTime() time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}
