package schedules

// Partial-order reduction, after Flanagan and Godefroid (2005) and Abdulla, Aronis, Jonsson and Sagonas (2014): of the
// schedules that differ only in the order of independent steps, one is run. An execution shows which of its conflicting
// steps could have come in the other order. For each such pair, the state before the earlier step gets one more goroutine
// that must go first in some run (source sets). Sleep sets prevent that a schedule is run twice.

// races finds the earlier steps that could have come after the operations of t.
func (e *explorer) races(x *execution, t transition) {
	g := x.goroutines[t.g-1]
	if t.h == 0 {
		e.reverse(x, g, nil)
		return
	}
	h := x.goroutines[t.h-1]
	e.reverse(x, g, h)
	e.reverse(x, h, g)
}

// blocked does the same for the operations of goroutines that cannot continue at the end of a run. It does so for every
// run, because such an operation may never happen in others.
func (e *explorer) blocked(x *execution) {
	var able set
	for _, t := range x.transitions(nil) {
		able |= t.goroutines()
	}
	for _, g := range x.goroutines {
		if !g.finished && !g.op.silent && !able.has(int8(g.id)) {
			e.reverse(x, g, nil)
		}
	}
}

// reverse looks for earlier steps that conflict with g's next operation, in which it meets a partner or nil, and that
// could have come after it. Before such a step g can choose any case, or meet the same partner, which may have to go first.
func (e *explorer) reverse(x *execution, g, partner *goroutine) {
	g.op.touches(func(r *record, a access) {
		var reversed []int32
	history:
		for i := len(r.history) - 1; i >= 0; i-- {
			h := r.history[i]
			earlier := &x.events[h.event]
			if !conflict(h.access, a) {
				continue
			}
			if earlier.before(g.past) {
				if h.access == writing {
					break // so does all that it conflicts with
				}
				continue
			}
			possible, sure := g.op.possible(h.before, a, r)
			if !possible {
				continue // the earlier step made it possible
			}
			for _, later := range reversed {
				if earlier.before(x.events[later].past) {
					continue history // that one must be reversed first
				}
			}
			if sure {
				reversed = append(reversed, h.event)
			}
			e.backtrack(x, h.event, g)
			if partner != nil {
				e.backtrack(x, h.event, g, partner)
			}
		}
	})
}

// possible reports whether the operation could have happened when r was in an earlier state. It is not sure of a select
// whose other cases may have been ready, and of a timer.
func (o *operation) possible(before uint8, a access, r *record) (possible, sure bool) {
	if _, timer := o.guard.(*Timer); timer {
		return true, false
	}
	if o.cases == nil {
		return o.guard == nil || r != o.on || o.guard.ready(o, before), true
	}
	if o.fallback {
		return true, true
	}
	for i := range o.cases {
		if c := &o.cases[i]; c.record == r && c.channel != nil {
			possible = possible || before&1 != 0 && c.send || before&2 != 0 && !c.send
		}
	}
	return possible || len(o.cases) > 1, possible
}

// backtrack requests a schedule in which the next operation of one goroutine, or of two that meet, comes before event n: in
// the state before n, one of the goroutines that can begin such a schedule must go first.
func (e *explorer) backtrack(x *execution, n int32, together ...*goroutine) {
	s := e.path[n]
	first := x.events[n]
	var start, seen set // goroutines that can begin, and those that take part
	var between []int32 // events that come after n only in this schedule
	for i := n + 1; int(i) < len(x.events); i++ {
		v := &x.events[i]
		if first.before(v.past) {
			continue
		}
		if v.goroutines()&seen == 0 && x.independent(between, v.past) {
			start |= v.goroutines()
		}
		seen |= v.goroutines()
		between = append(between, i)
	}
	self, past := set(0), clock(nil)
	for _, g := range together {
		self |= set(1) << (g.id - 1)
		past.join(x.pastOf(g))
	}
	if seen&self == 0 && x.independent(between, past) {
		start |= self
	}
	if start&s.backtrack != 0 {
		return
	}
	for _, t := range s.enabled {
		if t.goroutines()&start != 0 {
			both := t.goroutines() & start
			s.mustStart(both & -both)
			return
		}
	}
	s.backtrack = everyone
}

// mustStart adds goroutines to those that must go first. A goroutine that can meet one of them can also do something else,
// so it must go first as well.
func (s *state) mustStart(goroutines set) {
	s.backtrack |= goroutines
	for changed := true; changed; {
		changed = false
		for _, t := range s.enabled {
			if t.h != 0 && s.backtrack&t.goroutines() != 0 && s.backtrack&t.goroutines() != t.goroutines() {
				s.backtrack |= t.goroutines()
				changed = true
			}
		}
	}
}

// independent reports whether none of the events must come before what has this past.
func (x *execution) independent(events []int32, past clock) bool {
	for _, n := range events {
		if x.events[n].before(past) {
			return false
		}
	}
	return true
}

// pastOf is what must come before the next operation of g.
func (x *execution) pastOf(g *goroutine) clock {
	past := x.clone(g.past)
	g.op.touches(func(r *record, a access) { x.conflicting(&past, r, a) })
	return past
}

// sleep computes which transitions need not be explored after the chosen one of a state: those that were explored before
// it, here or elsewhere, and do not depend on it.
func (e *explorer) sleep(x *execution, s *state, depth int) {
	x.asleep = x.asleep[:0]
	if !e.mode.reduce || depth < len(e.path)-1 {
		return
	}
	t := s.enabled[s.chosen]
	for _, u := range s.asleep {
		if !x.dependent(u, t) {
			x.asleep = append(x.asleep, u)
		}
	}
	for i, u := range s.enabled {
		if s.tried[i] && !x.dependent(u, t) {
			x.asleep = append(x.asleep, u)
		}
	}
}
