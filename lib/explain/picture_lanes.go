package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"multiprocessing/lib/explain/internal/lanes"
)

// mostLanes is how many lanes a picture has at most.
const mostLanes = 64

// lane is a row of the picture.
type lane struct {
	name       string
	goroutines []int64 // whose they are: one, or none for a processor
	caller     bool
	left       bool
	intervals  []lanes.Interval
	names      []string // for a processor, what each interval ran
}

// goroutineLanes has a lane for each goroutine: the caller first, the others by
// their start.
func goroutineLanes(r lanes.Run) []lane {
	var all []lane
	for _, g := range r.Goroutines {
		if g.System || len(g.Intervals) == 0 {
			continue
		}
		name := shortName(g.Name)
		if g.Caller {
			name = "caller"
		}
		all = append(all, lane{name: name, goroutines: []int64{g.ID}, caller: g.Caller, left: g.Left, intervals: g.Intervals})
	}
	slices.SortStableFunc(all, func(a, b lane) int {
		if a.caller != b.caller {
			if a.caller {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.intervals[0].From, b.intervals[0].From)
	})
	return all
}

// processorLanes has a lane for each processor, with what it ran.
func processorLanes(r lanes.Run) []lane {
	type ran struct {
		lanes.Interval
		name string
	}
	byProc := map[int][]ran{}
	for _, g := range r.Goroutines {
		name := shortName(g.Name)
		if g.Caller {
			name = "caller"
		}
		for _, iv := range g.Intervals {
			if iv.State == lanes.Running {
				if g.System && strings.Contains(g.Name, "gcBgMark") {
					iv.Reason = lanes.Collection
				}
				byProc[iv.Proc] = append(byProc[iv.Proc], ran{iv, fmt.Sprintf("%s (goroutine %d)", name, g.ID)})
			}
		}
	}
	var all []lane
	for proc := range max(r.Procs, 1) {
		own := byProc[proc]
		slices.SortFunc(own, func(a, b ran) int { return cmp.Compare(a.From, b.From) })
		l := lane{name: fmt.Sprintf("processor %d", proc)}
		for _, o := range own {
			l.intervals, l.names = append(l.intervals, o.Interval), append(l.names, o.name)
		}
		all = append(all, l)
	}
	return all
}

// times are how long a lane was in each state.
func (l lane) times() (in [4]time.Duration) {
	for _, iv := range l.intervals {
		in[iv.State] += iv.Length()
	}
	return in
}

// longestWait sums up the waits of each kind and returns the longest.
func (l lane) longestWait() (name string, length time.Duration) {
	sums := map[string]time.Duration{}
	for _, iv := range l.intervals {
		if iv.State == lanes.Waiting {
			sums[lanes.Words(iv.Reason, iv.Place)] += iv.Length()
		}
	}
	for text, sum := range sums {
		if sum > length || sum == length && text < name {
			name, length = text, sum
		}
	}
	return name, length
}

// shortName leaves out the folders of a package, and the types of a generic
// function: "pool.(*worker).loop".
func shortName(name string) string {
	if before, after, found := strings.Cut(name, "[...]"); found {
		name = before + after
	}
	name = name[strings.LastIndexByte(name, '/')+1:]
	if name == "" {
		return "unnamed"
	}
	return name
}
