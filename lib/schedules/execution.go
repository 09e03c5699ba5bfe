package schedules

import (
	"runtime"
	"unsafe"
)

// execution runs the program once, by one schedule.
type execution struct {
	explorer   *explorer
	number     uint64
	goroutines []*goroutine
	records    []*record
	unnamed    map[string]int
	labels     uint64                     // identifies which objects the numbers of unnamed belong to
	variables  map[unsafe.Pointer]*record // plain variables, by address
	events     []event
	class      uint64 // identifies the order of conflicting steps; the order of others does not change it
	failures   []*failure
	races      []race
	time       timers
	account    *account     // not nil if the execution is to be shown
	memory     []int32      // for clocks
	asleep     []transition // in the next state
	now        []transition // scratch
	spun       bool         // a Gosched has waited: then not all orders of independent steps are possible
	changes    int          // steps that changed something
	freed      int          // changes when all that could continue were loops that wait, plus 1; 0 if that was never so
	ending     bool         // goroutines must return
	exited     bool         // a goroutine called runtime.Goexit
	misused    bool         // a WaitGroup or an RWMutex
}

// event is a step that happened.
type event struct {
	transition
	at   [2]int32 // its number among the ticks of its goroutines
	past clock    // the steps that come before it in all equivalent schedules, and itself
}

// before reports whether event e comes before an event with this past.
func (e *event) before(past clock) bool { return past.at(int(e.g)-1) >= e.at[0] }

var executions uint64 // numbers them; guarded by exploring

func (e *explorer) begin() *execution {
	executions++
	x := e.last
	if x == nil {
		x = &execution{explorer: e}
	}
	*x = execution{explorer: e, number: executions, records: x.records[:0], goroutines: x.goroutines[:0], events: x.events[:0],
		unnamed: x.unnamed, variables: x.variables, asleep: x.asleep, now: x.now}
	if len(e.memory) > 0 {
		x.memory = e.memory[0]
		e.memory = e.memory[:1]
	}
	if x.variables == nil {
		x.variables, x.unnamed = map[unsafe.Pointer]*record{}, map[string]int{}
	}
	clear(x.variables)
	clear(x.unnamed)
	x.start(nil, e.body)
	return x
}

// settle performs silent operations until none is possible.
func (x *execution) settle() {
	for again := true; again; {
		again = false
		for i := 0; i < len(x.goroutines); i++ {
			g := x.goroutines[i]
			if !g.finished && g.op.silent && (g.op.guard == nil || g.op.guard.ready(&g.op, 0)) {
				again = true
				x.resume(g)
			}
		}
		if !again && x.letSpin() {
			again = true
		}
	}
	if x.exited {
		x.end()
		runtime.Goexit()
	}
}

// execute performs a transition of the current state.
func (x *execution) execute(t transition) {
	g := x.goroutines[t.g-1]
	n := int32(len(x.events))
	past := g.past
	e := event{transition: t}
	if t.h != 0 {
		past.join(x.goroutines[t.h-1].past)
	}
	mutates := false
	x.touches(t, func(r *record, a access) {
		x.conflicting(&past, r, a)
		mutates = mutates || a != reading && t.choice >= 0
	})
	x.touches(t, func(r *record, a access) {
		before := r.state
		if r.traffic != nil {
			before = x.traffic(r)
		}
		r.history = append(r.history, touched{n, a, before})
		x.look(g, r, mutates)
	})
	g.past = past
	if g.op.cases != nil {
		x.communicate(t)
	}
	g.ticks++
	g.past.set(g.id-1, g.ticks)
	e.at[0] = g.ticks
	g.sync.set(g.id-1, g.ticks)
	if t.h != 0 {
		h := x.goroutines[t.h-1]
		h.ticks++
		g.past.set(h.id-1, h.ticks)
		g.sync.set(h.id-1, h.ticks)
		e.at[1] = h.ticks
		h.past, h.sync = x.clone(g.past), x.clone(g.sync)
		x.look(h, nil, true)
	}
	if g.op.cases != nil {
		x.publish(t)
	}
	e.past = x.clone(g.past)
	x.events = append(x.events, e)
	x.class += x.mark(&e)
	if x.account != nil {
		x.account.step(t)
	}
	if g.fire != nil {
		g.finished = true
		g.fire()
		return
	}
	x.resume(g)
	if t.h != 0 {
		x.resume(x.goroutines[t.h-1])
	}
}

// conflicting adds the pasts of the steps that conflict with an access to r.
func (x *execution) conflicting(past *clock, r *record, a access) {
	for i := len(r.history) - 1; i >= 0; i-- {
		h := r.history[i]
		if conflict(h.access, a) {
			past.join(x.events[h.event].past)
		}
		if h.access == writing { // all earlier ones come before it
			break
		}
	}
}

// mark is a hash of an event and of what comes before it.
func (x *execution) mark(e *event) uint64 {
	h := mix(x.goroutines[e.g-1].path, uint64(e.at[0])<<16|uint64(uint8(e.choice))<<8|uint64(uint8(e.meet)))
	sum := uint64(0)
	for g, n := range e.past {
		if n > 0 {
			sum += mix(x.goroutines[g].path, uint64(n))
		}
	}
	return mix(h, sum)
}

// mix is a hash of two words (the finalizer of SplitMix64).
func mix(a, b uint64) uint64 {
	z := a*0x9e3779b97f4a7c15 + b + 0x632be59bd9b4e019
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// end makes all goroutines return, also those that wait.
func (x *execution) end() {
	x.ending = true
	for i := 0; i < len(x.goroutines); i++ {
		if g := x.goroutines[i]; !g.finished && g.co != nil {
			if g.op.what == "start" {
				x.explorer.idle = append(x.explorer.idle, g.co) // it has not run
				continue
			}
			now = g
			beat(g.id)
			g.co.abandon()
			beat(0)
			now = nil
			g.finished = true
		}
	}
}
