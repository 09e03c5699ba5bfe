package efficiency

import (
	"time"

	"multiprocessing/lib/explain/internal/lanes"
)

// Without returns how long the run would take without a loss, and whether that
// can be told. It can be for uneven work and the serial part, which are divided
// evenly among the workers, and for waits for a mutex or to send, collections and
// more core time, which are left out while the rest of the trace is replayed.
//
// Without the waits for a mutex, the work takes no more core time than in the base
// (nil for none): a mutex spins before it waits, and moves between cores. Waits to
// receive are not left out: what was not sent cannot be used.
func Without(r lanes.Run, a Account, base *Account, l Loss) (time.Duration, bool) {
	if l.Kind == Uneven || l.Kind == Alone {
		return a.Length - time.Duration(l.Share*float64(a.Length)), true
	}
	if len(r.Goroutines) == 0 { // only the spans are known
		return 0, false
	}
	switch l.Kind {
	case Wait:
		if l.Reason != lanes.Mutex && l.Reason != lanes.GIL && l.Reason != lanes.Send {
			return 0, false
		}
		scale := 1.0
		if l.Reason == lanes.Mutex && base != nil && base.total() > 0 {
			scale = min(1, float64(base.total())/float64(a.total()))
		}
		return a.atLeast(r, replay{without: func(iv lanes.Interval) bool {
			return iv.State == lanes.Waiting && iv.Reason == l.Reason && iv.Place == l.Place
		}, scale: scale}), true
	case Collection:
		during := collectionsOf(r)
		return a.atLeast(r, replay{without: func(iv lanes.Interval) bool {
			return iv.Reason == lanes.Collection || iv.State == lanes.Ready && during(iv)
		}, scale: 1}), true
	case MoreCoreTime:
		return a.atLeast(r, replay{scale: 1 / l.Amount}), true
	}
	return 0, false
}

// atLeast replays, but takes no less time than the work needs on its cores.
func (a Account) atLeast(r lanes.Run, p replay) time.Duration {
	cores := min(a.Workers, max(r.Procs, 1))
	return max(p.run(r), time.Duration(p.scale*float64(a.total())/float64(cores)))
}

// collectionsOf returns a function that reports whether an interval overlaps a
// collection.
func collectionsOf(r lanes.Run) func(lanes.Interval) bool {
	return func(iv lanes.Interval) bool {
		for _, c := range r.Collections {
			if c.From < iv.To && iv.From < c.To {
				return true
			}
		}
		return false
	}
}
