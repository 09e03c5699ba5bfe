package exercise

import (
	"runtime"
	"time"
)

// raceTime is how long a check looks for a race.
var raceTime = 500 * time.Millisecond

// againAndAgain runs a trial that may show a race only now and then, with
// threads that can be in each other's way. Where other programs use the
// cores that happens seldom, so it takes longer; with one core it cannot
// happen, or nearly.
func againAndAgain(trial func(run int) string) (problem string) {
	const least, most = 2, 20_000
	withProcessors(max(4, runtime.GOMAXPROCS(0)), func() {
		begin, limit := time.Now(), raceTime
		for run := 1; problem == "" && run <= most && (run <= least || time.Since(begin) < limit); run++ {
			problem = trial(run)
			if limit == raceTime && time.Since(begin) >= limit && runtime.NumCPU() > 1 && !twoCoresFree() {
				limit = 6 * raceTime
			}
		}
	})
	return problem
}
