package schedules

import "strings"

// accesses is what the detector of data races stores for a variable. It reports a race exactly if the schedule has one: a
// write and another access, of which neither happens before the other by Go's memory model. How many steps lie between
// them does not matter.
type accesses struct {
	write mention
	reads []mention // since the last write, one of each goroutine

	// The same by functions of package atomic. They do not race with each other.
	atomicReads, atomicWrites []mention

	raced bool // one race of each variable is enough
}

// mention is an access: a step of a goroutine.
type mention struct {
	g     int   // 0 is none
	tick  int32 // of the goroutine
	event int32
}

// race is a data race that a schedule has.
type race struct {
	name          string
	first, second int32 // events
}

// raceOn is the message of a data race.
func raceOn(name string) string { return "data race on " + name }

// use records an access of the running goroutine, which is its last step.
func (g *goroutine) use(r *record, writes bool) {
	at := g.mention()
	g.compare(r, at, r.write)
	g.compare(r, at, r.atomicWrites...)
	if !writes {
		r.reads = latest(r.reads, at)
		return
	}
	g.compare(r, at, r.reads...)
	g.compare(r, at, r.atomicReads...)
	r.write, r.reads, r.atomicReads, r.atomicWrites = at, r.reads[:0], r.atomicReads[:0], r.atomicWrites[:0]
}

// useAtomically is use for a function of package atomic, which has learned already what it observes.
func (g *goroutine) useAtomically(r *record, writes bool) {
	at := g.mention()
	g.compare(r, at, r.write)
	if !writes {
		r.atomicReads = latest(r.atomicReads, at)
		return
	}
	g.compare(r, at, r.reads...)
	r.atomicWrites = latest(r.atomicWrites, at)
}

// mention is the last step of the running goroutine.
func (g *goroutine) mention() mention { return mention{g.id, g.ticks, int32(len(g.x.events) - 1)} }

// latest adds an access to a list with one of each goroutine.
func latest(list []mention, at mention) []mention {
	for i := range list {
		if list[i].g == at.g {
			list[i] = at
			return list
		}
	}
	return append(list, at)
}

// compare reports a race if one of the earlier accesses does not happen before the second.
func (g *goroutine) compare(r *record, second mention, earlier ...mention) {
	for _, first := range earlier {
		if r.raced || first.g == 0 || first.g == g.id || g.sync.at(first.g-1) >= first.tick {
			continue
		}
		r.raced = true
		g.x.races = append(g.x.races, race{r.name, first.event, second.event})
		if shown := g.x.explorer.shown; g.x.account != nil && (!strings.HasPrefix(shown, raceOn("")) || shown == raceOn(r.name)) {
			g.x.account.raced(first.event, second.event)
		}
	}
}
