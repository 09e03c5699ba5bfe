package display

import (
	"runtime"

	"multiprocessing/lib/internal/cores"
	"multiprocessing/lib/internal/verdict"
)

// freeCores measures how many of n cores are free. Tests replace it.
var freeCores = cores.Free

// Waits tells Timeline that its workers wait, for a network or a clock,
// rather than compute: it then does not matter whether the cores are free.
func Waits() Option { return func(s *settings) { s.waits = true } }

// busy returns how many cores are free, in words, if they are too few for the
// workers, else "". On a busy machine a block of a timeline may be time in which
// the core worked for another program.
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
