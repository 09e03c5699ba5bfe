package schedules

import (
	"slices"
	"time"
)

// Time in an exploration is not real: a timer fires at any moment after its start, because other goroutines may take
// arbitrarily long, but never before one that is due earlier. Sleep takes no time, and any number of steps of other
// goroutines: it orders nothing.

// Sleep is time.Sleep.
func Sleep(time.Duration) { Gosched() }

// timers are the timers of an execution.
type timers struct {
	clock   *record
	now     time.Duration
	pending []*Timer
}

// Timer is time.Timer, without Reset.
type Timer struct {
	C   *Chan[time.Time]
	due time.Duration
	g   *goroutine
}

// ready reports whether the timer can fire: it is pending, and no other one is due earlier.
func (t *Timer) ready(*operation, uint8) bool {
	pending := t.g.x.time.pending
	for _, other := range pending {
		if other.due < t.due {
			return false
		}
	}
	return slices.Contains(pending, t)
}

// AfterFunc is time.AfterFunc.
func AfterFunc(d time.Duration, f func()) *Timer {
	return startTimer(d, nil, f)
}

// NewTimer is time.NewTimer.
func NewTimer(d time.Duration) *Timer {
	return startTimer(d, NewChan[time.Time](1), nil)
}

// After is time.After.
func After(d time.Duration) *Chan[time.Time] { return NewTimer(d).C }

func startTimer(d time.Duration, c *Chan[time.Time], f func()) *Timer {
	g := self("a timer")
	x := g.x
	s := &x.time
	if s.clock == nil {
		s.clock = x.newRecord("clock", "the clock")
	}
	step(operation{what: "start a timer", on: s.clock, access: writing})
	t := &Timer{C: c, due: s.now + max(d, 0), g: x.start(g, nil)}
	s.pending = append(s.pending, t)
	t.g.op = operation{what: "fire", on: s.clock, access: writing, guard: t}
	if c != nil {
		SetName("timer", c)
		t.g.op.also = c.open(x)
	}
	t.g.fire = func() { t.fire(f) }
	return t
}

func (t *Timer) fire(f func()) {
	x := t.g.x
	x.time.now = max(x.time.now, t.due)
	t.remove()
	if t.C == nil {
		x.start(t.g, f)
		return
	}
	r := t.C.open(x)
	r.sent++
	r.queue = append(r.queue, message{time.Unix(0, 0).Add(x.time.now), x.clone(t.g.past), x.clone(t.g.sync)})
}

func (t *Timer) remove() (found bool) {
	s := &t.g.x.time
	i := slices.Index(s.pending, t)
	if i >= 0 {
		s.pending = slices.Delete(s.pending, i, i+1)
	}
	return i >= 0
}

// Stop is time.Timer.Stop. A stopped timer never fires, and is not reported as left behind. Explore also covers the schedules
// in which the timer fires first, and Stop returns false.
func (t *Timer) Stop() bool {
	g := self("Timer.Stop")
	step(operation{what: "stop a timer", on: g.x.time.clock, access: writing})
	return t.remove()
}

// stopped reports whether g is of a timer that was stopped.
func (g *goroutine) stopped() bool {
	return g.fire != nil && !g.finished && !g.op.guard.ready(&g.op, 0)
}
