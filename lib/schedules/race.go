package schedules

import "strings"

// accesses is what the detector of data races stores for a variable. It reports a race exactly if the schedule has one: a
// write and another access, of which neither happens before the other by Go's memory model. How many steps lie between
// them does not matter.
type accesses struct {
	write mention
	reads []mention // since the last write, one of each goroutine
	raced bool      // one race of each variable is enough
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
	at := mention{g.id, g.ticks, int32(len(g.x.events) - 1)}
	g.compare(r, r.write, at)
	if !writes {
		for i := range r.reads {
			if r.reads[i].g == g.id {
				r.reads[i] = at
				return
			}
		}
		r.reads = append(r.reads, at)
		return
	}
	for _, read := range r.reads {
		g.compare(r, read, at)
	}
	r.write, r.reads = at, r.reads[:0]
}

// compare reports a race if the first access does not happen before the second.
func (g *goroutine) compare(r *record, first, second mention) {
	if r.raced || first.g == 0 || first.g == g.id || g.sync.at(first.g-1) >= first.tick {
		return
	}
	r.raced = true
	g.x.races = append(g.x.races, race{r.name, first.event, second.event})
	if shown := g.x.explorer.shown; g.x.account != nil && (!strings.HasPrefix(shown, raceOn("")) || shown == raceOn(r.name)) {
		g.x.account.raced(first.event, second.event)
	}
}
