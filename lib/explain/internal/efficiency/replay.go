package efficiency

import (
	"cmp"
	"slices"
	"time"

	"multiprocessing/lib/explain/internal/lanes"
)

// replay runs a trace again with something left out or scaled: goroutines do in
// the same order what they did, and a wait that stays ends when the goroutine that
// ended it gets to that point.
type replay struct {
	without func(lanes.Interval) bool // which intervals take no time; nil for none
	scale   float64                   // of the time in which goroutines run
}

// step is an interval of a goroutine, in the order of a replay.
type step struct {
	who   int // index of the goroutine
	index int // of the interval
	at    time.Duration
}

// progress is how far a goroutine is in a replay.
type progress struct {
	now       time.Duration // new time at which its next interval begins
	begun     bool
	from, to  time.Duration // of the last interval, in the trace
	new       time.Duration // where that began in the replay
	rate      float64       // how long a unit of it takes in the replay
	shortened bool          // the last interval was left out
}

// run returns the new length of the run.
func (p replay) run(r lanes.Run) time.Duration {
	number := map[int64]int{}
	var steps []step
	for i, g := range r.Goroutines {
		number[g.ID] = i
		for n, iv := range g.Intervals {
			at := iv.From
			if iv.State == lanes.Waiting { // it ends when another goroutine is there
				at = iv.To
			}
			steps = append(steps, step{i, n, at})
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.at, b.at) })
	all := make([]progress, len(r.Goroutines))
	end := time.Duration(0)
	for _, s := range steps {
		g := r.Goroutines[s.who]
		iv, own := g.Intervals[s.index], &all[s.who]
		if !own.begun {
			own.begun = true
			own.now = iv.From
			if parent, known := number[g.Parent]; known && iv.From > 0 {
				own.now = all[parent].mapped(iv.From)
			}
		}
		p.step(own, iv, waker(all, number, iv))
		if g.Caller {
			end = own.now
		}
	}
	return end
}

// waker is the goroutine that ends a wait, nil if it is not known.
func waker(all []progress, number map[int64]int, iv lanes.Interval) *progress {
	if w, known := number[iv.Waker]; known && iv.Waker != 0 {
		return &all[w]
	}
	return nil
}

// step takes a goroutine through an interval.
func (p replay) step(own *progress, iv lanes.Interval, waker *progress) {
	length := iv.Length()
	rate := 1.0
	switch {
	case p.without != nil && p.without(iv), iv.State == lanes.Ready && own.shortened:
		rate = 0
	case iv.State == lanes.Running:
		rate = p.scale
	case iv.State == lanes.Waiting && waker != nil:
		length = max(0, waker.mapped(iv.To)-own.now)
	}
	own.shortened = rate == 0
	own.from, own.to, own.new, own.rate = iv.From, iv.To, own.now, rate
	own.now += time.Duration(rate * float64(length))
}

// mapped is the new time of something that the goroutine did at a time of the
// trace.
func (p *progress) mapped(at time.Duration) time.Duration {
	if !p.begun {
		return at
	}
	return p.new + time.Duration(p.rate*float64(min(at, p.to)-min(p.from, at)))
}
