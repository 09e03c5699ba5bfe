package display

import (
	"runtime"

	"multiprocessing/lib/internal/cores"
	"multiprocessing/lib/internal/verdict"
)

// freeCores measures how many of n cores are free. Tests replace it.
var freeCores = cores.Free

// Waits says of a timeline that its workers wait, for a network or a clock,
// rather than compute: cores in use by others are then no doubt about it.
func Waits() Option { return func(s *settings) { s.waits = true } }

// busy says how many cores are free if they are too few for the workers, else
// "". What a worker of a busy machine seems to do, its core may do for others.
func busy(lanes []lane, s settings) string {
	workers := 0
	for _, l := range lanes {
		if l.worker != 0 {
			workers++
		}
	}
	n := min(workers, runtime.GOMAXPROCS(0))
	if n < 2 || s.waits {
		return ""
	}
	if free := freeCores(n); cores.Few(free, n) {
		return verdict.Busy(free, n)
	}
	return ""
}
