package schedules

import "runtime"

// access is how a step uses an object. It decides which steps commute.
type access uint8

const (
	reading   access = iota // commutes with reading
	writing                 // commutes with nothing
	sending                 // into a buffer: commutes with receiving
	receiving               // from a buffer: commutes with sending
)

func conflict(a, b access) bool {
	return a == b && a != reading || a == writing || b == writing || a == reading != (b == reading)
}

// operation is the next thing that a goroutine does with something shared. It is one step, which the schedule chooses.
type operation struct {
	what   string // "Lock", for people
	awaits string // for what it waits, if that has another name
	on     *record
	access access
	also   *record // written, too
	guard  guard   // nil if the operation never waits
	lock   bool    // it locks or unlocks, which a loop that waits may do in each round

	cases    []Case // of a channel operation
	fallback bool   // a select with default

	// A silent operation is not a step: it happens as soon as it can, because its order does not matter.
	silent bool
}

// guard reports whether an operation can happen in a state of its object.
type guard interface {
	ready(o *operation, state uint8) bool
}

// touches calls f for all that an operation uses.
func (o *operation) touches(f func(*record, access)) {
	if o.on != nil {
		access := o.access
		if _, once := o.guard.(*Once); once && o.on.state == done {
			access = reading // from now on it changes nothing
		}
		f(o.on, access)
	}
	if o.also != nil {
		f(o.also, writing)
	}
	for i := range o.cases {
		c := &o.cases[i]
		if c.channel == nil || c.repeats {
			continue
		}
		f(c.record, o.caseAccess(c))
	}
}

// caseAccess is writing for a select: which of its cases are ready decides what it does.
func (o *operation) caseAccess(c *Case) access {
	switch {
	case len(o.cases) > 1 || o.fallback || c.channel.size == 0:
		return writing
	case c.send:
		return sending
	}
	return receiving
}

// now is the goroutine that runs. Explore lets only one exploration run at a time.
var now *goroutine

// step announces an operation of the running goroutine, and returns when the schedule has chosen it.
func step(o operation) {
	g := now
	if g.x.ending {
		runtime.Goexit()
	}
	g.op = o
	if g.x.account != nil {
		g.file, g.line = caller()
	}
	g.co.pause()
	if g.x.ending {
		runtime.Goexit()
	}
}

// self returns the running goroutine. It panics outside of an exploration.
func self(what string) *goroutine {
	if now == nil {
		panic("schedules: " + what + " outside of Explore: use package sync there")
	}
	if now.x.ending {
		runtime.Goexit()
	}
	return now
}
