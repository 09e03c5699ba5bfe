package schedules

import (
	"fmt"
	"sync"
	"time"
)

// exploring is locked by the exploration that runs: there is one at a time.
var exploring sync.Mutex

func lock(what string) (unlock func()) {
	if inside() {
		panic("schedules: " + what + " within an exploration")
	}
	exploring.Lock()
	return exploring.Unlock
}

// Option changes what Explore explores.
type Option func(*settings)

type settings struct {
	runs     int
	within   time.Duration
	bound    int
	reduce   bool
	deadline time.Time
	home     string
}

// Runs limits the number of runs of the body. The default is DefaultRuns. Runs panics if n is less than 1.
func Runs(n int) Option {
	if n < 1 {
		panic(fmt.Sprintf("schedules: Runs: must be at least 1, got %d", n))
	}
	return func(s *settings) { s.runs = n }
}

// DefaultRuns is how often Explore runs the body at most.
const DefaultRuns = 20_000

// Within stops the exploration after d, when a run has ended. What is covered then depends on the
// speed of the machine. The default is no limit, as for d <= 0.
func Within(d time.Duration) Option { return func(s *settings) { s.within = d } }

// Preemptions limits Explore to the schedules with at most n preemptions: steps of another goroutine while the last one
// could continue. It panics unless n is 0 to 100. Schedules are not counted then: see Result.Exact.
func Preemptions(n int) Option {
	if n < 0 || n > 100 {
		panic(fmt.Sprintf("schedules: Preemptions: must be 0 to 100, got %d", n))
	}
	return func(s *settings) { s.bound = n }
}

// in names the file whose places are reported by their lines alone.
func in(file string) Option { return func(s *settings) { s.home = file } }

// Unreduced makes Explore run every schedule, also those that differ only in the order of independent steps. Tests compare
// the reduction with it.
func Unreduced() Option { return func(s *settings) { s.reduce = false } }

// Explore runs body by every schedule that can make a difference, and reports what went wrong. body must do the same each
// time, apart from what the schedule decides: see the package comment.
//
// A small program is explored completely. If that takes more than a tenth of the runs, Explore first explores all
// schedules with at most two preemptions, then with three, and then goes on with the rest until its limit.
//
// A process has one exploration at a time: another call waits, and one in a body panics. At most 20 different failures, and
// 20 data races, are kept. A body that blocks outside of this package blocks Explore.
func Explore(body func(), opts ...Option) *Result {
	s := settings{runs: DefaultRuns, bound: -1, reduce: true, home: fileOf(body)}
	for _, o := range opts {
		o(&s)
	}
	if s.within > 0 {
		s.deadline = time.Now().Add(s.within)
	}
	defer lock("Explore")()
	if s.bound >= 0 || !s.reduce {
		e := s.newExplorer(body, mode{reduce: false, bound: int8(s.bound)})
		defer e.close()
		e.stop = until(s.runs, s.deadline)
		e.explore()
		return e.result(e)
	}
	return s.stages(body)
}

// stages explores everything if a tenth of the runs is enough for that; otherwise it raises a bound of preemptions first.
func (s *settings) stages(body func()) *Result {
	all := s.newExplorer(body, mode{reduce: true, bound: -1})
	defer all.close()
	all.stop = until((s.runs+9)/10, s.deadline)
	all.explore()
	used := all.runs + all.redundant
	best := all
	for _, bound := range []int8{2, 3} {
		if all.done || all.endless {
			break
		}
		e := s.newExplorer(body, mode{bound: bound})
		defer e.close()
		e.strict = all.strict
		e.stop = until((s.runs-used)/2, s.deadline)
		e.explore()
		used += e.runs + e.redundant
		if !e.done {
			all.found.merge(e.found)
			break
		}
		best = e
	}
	if !all.done && !all.endless {
		all.stop = until(s.runs-used+all.runs+all.redundant, s.deadline)
		all.explore()
	}
	if all.done || all.endless {
		best = all
	}
	return all.result(best)
}

func (s *settings) newExplorer(body func(), m mode) *explorer {
	e := &explorer{body: body, home: s.home, mode: m, found: &findings{bounded: m.bound >= 0}, visited: map[uint64]int8{}}
	if m.reduce {
		e.found.counter = newCounter()
	}
	return e
}
