// Package cputime reads how much core time this process has had.
package cputime

import (
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Self is the CPU time of this process's threads. It asks for the clock of each
// thread: getrusage and the process's clock miss up to a tick, 4 ms, of a thread
// that is running. It costs 8 µs (BenchmarkCPUTime).
func Self() time.Duration {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return 0
	}
	var sum time.Duration
	for _, t := range threads {
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			continue
		}
		const ofThread, byScheduler = 4, 2
		var spec unix.Timespec
		if unix.ClockGettime(int32(^id<<3|ofThread|byScheduler), &spec) == nil { // else the thread has ended
			sum += time.Duration(spec.Nano())
		}
	}
	return sum
}
