package schedules

import "slices"

// A loop that waits without blocking, such as for !ready.Load() { runtime.Gosched() }, has infinitely many schedules. They
// differ only in how often the loop goes round while it sees the same. So after three rounds in a row that saw the same and
// changed nothing, Gosched waits until something changes that the last round has read. If no other goroutine can continue,
// all loops that wait go on: one that counts its rounds ends then, and any other reaches the limit of steps.
//
// What a round has seen depends on the order of conflicting steps alone. So a loop that waits is in the same state in all
// schedules that differ only in the order of independent steps, which is what partial-order reduction and state caching
// rely on. And other goroutines can only let the loop go on, never keep it from that. So a schedule in which they do so
// early stands for those in which an independent step of the loop comes first.

// sameRounds is how often a loop that waits goes round while it sees the same.
const sameRounds = 3

// spin is what a goroutine does between its calls of Gosched.
type spin struct {
	seen, before []seen // in this round, and in the one before
	changes      int    // by the goroutine itself, in this round
	repeats      int    // rounds in a row that saw what the one before saw, and changed nothing
	empty        int    // rounds without a step, in a row
	free         bool   // no other goroutine can continue
}

// seen is what a step has read: an object, and how often that had been changed.
type seen struct {
	r       *record
	version int
}

// look notes for g's round that it has used r. If mutates, r changes.
func (x *execution) look(g *goroutine, r *record, mutates bool) {
	switch {
	case g.op.lock: // what a loop does between Lock and Unlock is of interest, not these
		r.version++
	case mutates:
		x.changes++
		g.spin.changes++
		if r != nil {
			r.version++
		}
	default:
		g.spin.seen = append(g.spin.seen, seen{r, r.version})
	}
}

// unchanged says that the running goroutine's last step, of r, changed nothing after all: it was a CompareAndSwap or a
// TryLock that failed.
func (g *goroutine) unchanged(r *record) {
	r.version--
	g.x.changes--
	g.spin.changes--
	g.spin.seen = append(g.spin.seen, seen{r, r.version})
}

// Gosched lets other goroutines run, as runtime.Gosched does. A loop that waits for a change without blocking must call
// it: see the package comment.
func Gosched() {
	g := self("Gosched")
	s := &g.spin
	if s.empty++; len(s.seen) > 0 || s.changes > 0 {
		s.empty = 0
	}
	if s.empty == maxSteps {
		g.x.fail(Endless, g, g.name()+" does not end: it calls Gosched again and again, and reads nothing in between")
		step(operation{what: "Gosched", guard: never{}, silent: true})
	}
	if s.repeats++; s.changes > 0 || len(s.seen) == 0 || !slices.Equal(s.seen, s.before) {
		s.repeats = 0
	}
	if s.repeats >= sameRounds-1 {
		g.x.spun = true
		step(operation{what: "Gosched", guard: s, silent: true})
	}
	s.seen, s.before = s.before[:0], s.seen
	s.changes, s.free = 0, false
}

// ready is for a Gosched that waits.
func (s *spin) ready(*operation, uint8) bool {
	return s.free || slices.ContainsFunc(s.seen, func(seen seen) bool { return seen.r.version != seen.version })
}

// never is the guard of an operation that never happens.
type never struct{}

func (never) ready(*operation, uint8) bool { return false }

// letSpin lets goroutines that spin go on if nothing else can happen.
func (x *execution) letSpin() bool {
	spins := func(g *goroutine) bool { return !g.finished && g.op.silent && g.op.guard == &g.spin }
	if !slices.ContainsFunc(x.goroutines, spins) || len(x.transitions(nil)) > 0 {
		return false
	}
	for _, g := range x.goroutines {
		g.spin.free = spins(g)
	}
	x.freed = x.changes + 1
	return true
}

// spinsForever reports whether only loops that wait have gone on, and nothing has changed, since letSpin let them.
func (x *execution) spinsForever() bool { return x.freed == x.changes+1 }
