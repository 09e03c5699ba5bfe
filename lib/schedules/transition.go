package schedules

// transition is one thing that can happen in a state: the operation of a goroutine, or a send and a receive that meet.
type transition struct {
	g, h         int8 // the goroutine, and the receiver that it meets or 0
	choice, meet int8 // which cases of the two; -1 is default
}

// set is a set of goroutines.
type set uint64

func (s set) has(g int8) bool { return s&(1<<(g-1)) != 0 }

func (t transition) goroutines() set {
	s := set(1) << (t.g - 1)
	if t.h != 0 {
		s |= 1 << (t.h - 1)
	}
	return s
}

const everyone = ^set(0)

// transitions lists what can happen now.
func (x *execution) transitions(list []transition) []transition {
	for _, g := range x.goroutines {
		switch o := &g.op; {
		case g.finished || o.silent:
		case o.cases != nil:
			list = x.communications(list, g)
		case o.guard == nil || o.guard.ready(o, o.on.state):
			list = append(list, transition{g: int8(g.id)})
		}
	}
	return list
}

// communications lists what g can do with its channels. A meeting is listed at its sender.
func (x *execution) communications(list []transition, g *goroutine) []transition {
	alone := false // a case is ready without a partner
	for i := range g.op.cases {
		c := &g.op.cases[i]
		switch {
		case c.channel == nil:
		case c.ready():
			alone = true
			list = append(list, transition{g: int8(g.id), choice: int8(i)})
		case c.send && c.channel.size == 0:
			for _, h := range x.goroutines {
				if h == g || h.finished {
					continue
				}
				for j := range h.op.cases {
					if d := &h.op.cases[j]; d.record == c.record && d.channel != nil && !d.send {
						list = append(list, transition{int8(g.id), int8(h.id), int8(i), int8(j)})
					}
				}
			}
		}
	}
	// The program cannot know that a partner which waits has arrived, unless nothing else can happen.
	if g.op.fallback && !alone && !(x.spinsForever() && x.partner(g)) {
		list = append(list, transition{g: int8(g.id), choice: -1})
	}
	return list
}

// partner reports whether another goroutine waits at the other side of a channel that g polls.
func (x *execution) partner(g *goroutine) bool {
	for _, c := range g.op.cases {
		for _, h := range x.goroutines {
			for _, d := range h.op.cases {
				if h != g && !h.op.fallback && c.channel != nil && d.channel != nil && c.record == d.record && c.send != d.send {
					return true
				}
			}
		}
	}
	return false
}

// dependent reports whether the order of two transitions of the current state matters.
func (x *execution) dependent(a, b transition) bool {
	if a.goroutines()&b.goroutines() != 0 {
		return true
	}
	found := false
	x.touches(a, func(r *record, one access) {
		x.touches(b, func(s *record, other access) {
			found = found || r == s && conflict(one, other)
		})
	})
	return found
}

func (x *execution) touches(t transition, f func(*record, access)) {
	x.goroutines[t.g-1].op.touches(f)
	if t.h != 0 {
		x.goroutines[t.h-1].op.touches(f)
	}
}
