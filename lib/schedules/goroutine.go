package schedules

import (
	"fmt"
	"runtime"
)

// goroutine is one goroutine of the program.
type goroutine struct {
	x    *execution
	id   int    // 1 is the body itself
	path uint64 // identifies it in all schedules: hash of the parent's path and its place among the parent's children
	co   *coroutine
	fire func() // of a timer, instead of co

	op       operation
	finished bool
	children uint64
	ticks    int32 // its steps, and its operations on WaitGroups
	past     clock // the steps that must come before, in every schedule with the same order of conflicting steps
	sync     clock // the steps that happen before, by Go's memory model
	spin     spin
	reads    map[*record]int // read locks that it holds

	file string // where it waits, if the execution is shown
	line int

	// The result of a channel operation.
	choice int
	value  any
	ok     bool
}

// Go starts f in a goroutine, as the go statement does.
func Go(f func()) {
	parent := self("Go")
	parent.x.start(parent, f)
}

const maxGoroutines = 64 // a set of goroutines is a word

func (x *execution) start(parent *goroutine, f func()) *goroutine {
	if len(x.goroutines) == maxGoroutines {
		panic(fmt.Sprintf("schedules: a program may start at most %d goroutines: use fewer, their schedules are too many anyway", maxGoroutines-1))
	}
	g := &goroutine{x: x, id: len(x.goroutines) + 1, path: 1, reads: map[*record]int{}}
	if parent != nil {
		parent.children++
		g.path = mix(parent.path, parent.children)
		g.past, g.sync = x.clone(parent.past), x.clone(parent.sync)
	}
	x.goroutines = append(x.goroutines, g)
	if f != nil {
		g.op = operation{what: "start", silent: true}
		g.co = x.explorer.coroutine()
		g.co.body = func() { g.main(f) }
	}
	return g
}

// main runs f. A panic is a failure, but only this goroutine ends: the others continue, so that failed schedules are
// counted like others.
func (g *goroutine) main(f func()) {
	returned := false
	defer func() {
		if g.x.ending {
			return
		}
		if reason := recover(); reason != nil {
			g.x.fail(Panic, g, fmt.Sprintf("panic: %v", reason))
		} else if !returned {
			g.x.exited = true // by runtime.Goexit, for example by t.Fatal: the goroutine of Explore exits, too
		}
		g.finished = true
		g.op = operation{}
	}()
	f()
	returned = true
}

// resume runs g until its next operation.
func (x *execution) resume(g *goroutine) {
	now = g
	beat(g.id)
	g.co.resume()
	beat(0)
	now = nil
	if g.finished && g.co != nil {
		x.explorer.idle = append(x.explorer.idle, g.co)
		g.co = nil
	}
}

// WaitAll waits until all other goroutines have returned. It is not a step, and what they did happens before its return.
func WaitAll() {
	g := self("WaitAll")
	step(operation{what: "Wait", awaits: "all other goroutines", guard: others{g}, silent: true})
	for _, h := range g.x.goroutines {
		g.past.join(h.past)
		g.sync.join(h.sync)
	}
}

type others struct{ g *goroutine }

func (o others) ready(*operation, uint8) bool {
	for _, h := range o.g.x.goroutines {
		if h != o.g && !h.finished && !h.stopped() {
			return false
		}
	}
	return true
}

// inside reports whether the caller runs in a goroutine of an exploration.
func inside() bool {
	callers := make([]uintptr, 100)
	for frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)]); ; {
		frame, more := frames.Next()
		if frame.Function == "multiprocessing/lib/schedules.(*goroutine).main" {
			return true
		}
		if !more {
			return false
		}
	}
}
