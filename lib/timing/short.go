package timing

import (
	"math"
	"sync"
	"time"
)

// A run may be shorter than what surrounds it: reading the clock takes some
// 50 ns, calling Run 2 ns. So Run is repeated until the clock is far below 1%
// of the measured time, and what the calls take by themselves is subtracted.

// shortest is the least measured time of a Run that may be repeated. It is much
// longer than the clock asks for, because an interruption of some µs, too, must
// not be a large part of it.
const shortest = time.Millisecond

// maxRepeats is for a clock that stands still.
const maxRepeats = 1 << 24

// now is the clock. Tests replace it.
var now = time.Now

// callCost is how many ns a call of Run takes if it does nothing, within a
// fifth of it. Tests replace it.
var callCost = sync.OnceValue(func() float64 {
	const calls = 100_000
	least := math.Inf(1)
	for range 5 {
		begin := now()
		_, _ = repeat(calls, func() (any, error) { return nil, nil })
		least = min(least, float64(now().Sub(begin))/calls)
	}
	return least
})

// callsPerRun is how many calls a run must be worth: with less, what callCost
// is off by is more than 1% of it.
const callsPerRun = 5

// repeat calls run so many times, or until it fails. It returns what the last
// call returned. The compiler must not know what run is: it would drop a call
// that does nothing.
//
//go:noinline
func repeat(times int, run func() (any, error)) (result any, err error) {
	for range times {
		if result, err = run(); err != nil {
			break
		}
	}
	return result, err
}

// lengthen has Run repeated more often, if all repetitions took less than they
// must, and reports whether it did.
func (row *row) lengthen(took time.Duration) bool {
	if row.Run == nil || row.Setup != nil || took >= shortest || row.repeats >= maxRepeats {
		return false
	}
	// The first runs may be slower than the later ones, so not all at once.
	more := min(1.2*float64(shortest)/float64(max(took, 1)), 100)
	row.repeats = min(max(int(more*float64(row.repeats)), row.repeats+1), maxRepeats)
	return true
}

// net is the time of all runs of a round in ms, without that of the calls. A
// run that takes no longer than a call by itself has a hundredth of that left.
func (r round) net() float64 {
	if r.runs == 1 {
		return ms(r.elapsed)
	}
	calls := float64(r.runs) * callCost()
	return max(float64(r.elapsed)-calls, calls/100) / float64(time.Millisecond)
}

// tooShort reports whether a run is too short to time well, although it was
// repeated if it may be: the calls, or the clock and cold caches, weigh more
// than 1% of it.
func (row *row) tooShort() bool {
	took := median(row.samples.wall)
	if row.repeats > 1 {
		return took*float64(time.Millisecond) < callsPerRun*callCost()
	}
	return took < ms(10*time.Microsecond)
}
