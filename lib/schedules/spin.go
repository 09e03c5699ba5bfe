package schedules

// A loop that waits, such as for !ready.Load() { runtime.Gosched() }, has infinitely many schedules, which differ only in
// how often it goes round while nothing changes. So after more than spinLimit such rounds Gosched waits until something changes
// that the last round has read. If no goroutine is left that could change it, all that spin go on: a loop that counts its
// rounds ends, and any other reaches the limit of steps.
const spinLimit = 2

// spin is what a goroutine has seen since its last Gosched.
type spin struct {
	seen    []seen
	changed bool // by the goroutine itself
	rounds  int  // without a change, in a row
	free    bool // no other goroutine can continue
}

type seen struct {
	r       *record
	version int
}

// look notes for g's round that it has used r, and counts a change of r.
func (x *execution) look(g *goroutine, r *record, mutates bool) {
	if mutates {
		g.spin.changed = true
		if r != nil {
			r.version++
		}
	} else {
		g.spin.seen = append(g.spin.seen, seen{r, r.version})
	}
}

// unchanged says that the running goroutine's last step, of r, changed nothing after all: it was a CompareAndSwap or a
// TryLock that failed.
func (g *goroutine) unchanged(r *record) {
	r.version--
	g.spin.changed = false
	g.spin.seen = append(g.spin.seen, seen{r, r.version})
}

// Gosched lets other goroutines run, as runtime.Gosched does. A loop that waits for a change without blocking must call
// it: see the package comment.
func Gosched() {
	g := self("Gosched")
	g.x.yields = true
	s := &g.spin
	if s.rounds++; s.news() {
		s.rounds = 0
	}
	if s.rounds > spinLimit {
		g.x.spun = true
		step(operation{what: "Gosched", guard: s, silent: true})
		for _, seen := range s.seen {
			if seen.r.version != seen.version {
				g.past.join(lastChange(g, seen.r))
			}
		}
	}
	s.seen, s.changed, s.free = s.seen[:0], false, false
}

// lastChange is the past of the last step that changed r.
func lastChange(g *goroutine, r *record) clock {
	for i := len(r.history) - 1; i >= 0; i-- {
		if r.history[i].access != reading {
			return g.x.events[r.history[i].event].past
		}
	}
	return nil
}

// news reports whether the round has changed something, or something has changed that it read.
func (s *spin) news() bool {
	for _, seen := range s.seen {
		if seen.r.version != seen.version {
			return true
		}
	}
	return s.changed
}

func (s *spin) ready(*operation, uint8) bool { return s.free || s.news() }

// letSpin lets goroutines that spin go on if nothing else can happen.
func (x *execution) letSpin() bool {
	spins := false
	for _, g := range x.goroutines {
		if !g.finished && g.op.silent && g.op.guard == &g.spin {
			spins = true
		}
	}
	if !spins || len(x.transitions(nil)) > 0 {
		return false
	}
	for _, g := range x.goroutines {
		g.spin.free = !g.finished && g.op.silent && g.op.guard == &g.spin
	}
	return true
}
