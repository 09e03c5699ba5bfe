package schedules

import (
	"slices"
	"time"
)

// explorer runs the program again and again, depth first: each run repeats the path up to the last state that has a choice
// left, and takes that choice.
type explorer struct {
	body    func()
	home    string // the file of the body
	mode    mode
	strict  bool // all operations are steps, because the program misuses a WaitGroup or an RWMutex
	path    []*state
	spare   []*state
	idle    []*coroutine
	last    *execution
	shown   string // the failure or data race that is being shown; "" for the first failure, and all races
	memory  [][]int32
	visited map[uint64]int8 // states of a bounded search, and the preemptions that led there
	stop    func(runs int) bool

	runs, redundant int
	spins           int // schedules in which loops wait without end
	found           *findings
	done            bool // everything within the mode was explored
	endless         bool // a schedule has too many steps, and so the exploration ended
}

// mode says which schedules are explored.
type mode struct {
	reduce bool // one of those that differ only in the order of independent steps
	bound  int8 // of preemptions; below 0 is none
}

// state is a point of the current path.
type state struct {
	enabled   []transition
	tried     []bool
	asleep    []transition // other branches have explored what begins with them (sleep set)
	backtrack set          // goroutines that must go first in some schedule
	chosen    int
	holder    set  // goroutines of the last step that can continue: a step of another one is a preemption
	preempted int8 // preemptions so far
}

// cost is the number of preemptions of a transition.
func (s *state) cost(t transition) int8 {
	if s.holder != 0 && s.holder&t.goroutines() == 0 {
		return 1
	}
	return 0
}

func (s *state) sleeps(t transition) bool {
	for _, u := range s.asleep {
		if u == t {
			return true
		}
	}
	return false
}

// open reports whether transition i of the state must still be explored.
func (e *explorer) open(s *state, i int) bool {
	t := s.enabled[i]
	return !s.tried[i] && s.backtrack&t.goroutines() != 0 && !s.sleeps(t) &&
		(e.mode.bound < 0 || s.preempted+s.cost(t) <= e.mode.bound)
}

// explore runs schedules until all are explored, or stop says so.
func (e *explorer) explore() {
	for !e.done && !e.endless && !e.stop(e.runs+e.redundant) {
		x := e.begin()
		complete := e.follow(x)
		if e.mode.reduce {
			e.blocked(x)
		}
		if complete {
			x.finish()
			e.runs++
			e.found.add(x)
		} else {
			e.redundant++
		}
		x.end()
		e.last = x
		if !e.strict && x.improper() {
			e.restart()
			continue
		}
		e.done = !e.endless && !e.advance()
	}
}

// restart begins again after a misuse of a WaitGroup or an RWMutex: from now on the order of all operations matters.
func (e *explorer) restart() {
	e.strict, e.path, e.runs, e.redundant, e.spins = true, nil, 0, 0, 0
	e.found.reset()
	clear(e.visited)
}

func (x *execution) improper() bool {
	if x.misused {
		return true
	}
	for _, r := range x.records {
		if !r.group.proper() {
			return true
		}
	}
	return false
}

// maxSteps is where a schedule counts as endless.
const maxSteps = 2000

// follow runs x along the path, and extends the path until the schedule ends. It returns false if other runs have explored
// all that can follow.
func (e *explorer) follow(x *execution) bool {
	var holder set
	for depth := 0; ; depth++ {
		x.settle()
		if depth == len(e.path) {
			s := e.newState(x, depth, holder)
			if e.mode.bound >= 0 && e.known(x, s) {
				return false
			}
			if len(s.enabled) == 0 {
				return true
			}
			if !e.choose(x, s) {
				return false
			}
			e.path = append(e.path, s)
		}
		s := e.path[depth]
		if depth == len(e.path)-1 && !x.still(s.enabled) {
			x.differs()
		}
		t := s.enabled[s.chosen]
		if e.mode.reduce && depth == len(e.path)-1 {
			e.races(x, t)
		}
		if depth == maxSteps {
			e.endless = x.tooLong(x.goroutines[t.g-1])
			return true
		}
		e.sleep(x, s, depth)
		x.execute(t)
		holder = t.goroutines()
	}
}

// maxSpins is how many schedules may end with loops that wait for each other. Each takes milliseconds.
const maxSpins = 50

// tooLong notes that a schedule has too many steps, g's the last. It reports whether the exploration must end.
func (x *execution) tooLong(g *goroutine) bool {
	if x.spinsForever() {
		x.fail(Endless, g, g.name()+" waits in a loop for a change that no goroutine makes")
		x.explorer.spins++
		return x.explorer.spins == maxSpins
	}
	x.fail(Endless, g, g.name()+" does not end: a loop that waits must call Gosched")
	return true
}

// still reports whether the same things can happen as in an earlier run.
func (x *execution) still(enabled []transition) bool {
	x.now = x.transitions(x.now[:0])
	return slices.Equal(x.now, enabled)
}

// differs ends an execution that cannot repeat an earlier one.
func (x *execution) differs() {
	x.end()
	panic("schedules: the body does not do the same each time; it must not depend on time, randomness, the order of a map or what an earlier run left")
}

// newState returns what can happen now, at this depth.
func (e *explorer) newState(x *execution, depth int, holder set) *state {
	s := new(state)
	if n := len(e.spare); n > 0 {
		s, e.spare = e.spare[n-1], e.spare[:n-1]
	}
	*s = state{enabled: x.transitions(s.enabled[:0]), tried: s.tried[:0], asleep: s.asleep[:0]}
	for _, t := range s.enabled {
		s.tried = append(s.tried, false)
		s.holder |= holder & t.goroutines()
	}
	if depth > 0 {
		before := e.path[depth-1]
		s.preempted = before.preempted + before.cost(before.enabled[before.chosen])
		s.asleep = append(s.asleep, x.asleep...)
	}
	return s
}

// choose takes the first transition of a new state: the last goroutine continues if it can.
func (e *explorer) choose(x *execution, s *state) bool {
	s.backtrack = everyone
	s.chosen = -1
	for i, t := range s.enabled {
		if e.open(s, i) && (s.chosen < 0 || s.cost(t) < s.cost(s.enabled[s.chosen])) {
			s.chosen = i
		}
	}
	if s.chosen < 0 {
		return false
	}
	if e.mode.reduce {
		s.backtrack = 0
		s.mustStart(1 << (s.enabled[s.chosen].g - 1))
	}
	return true
}

// advance shortens the path to the last state with a transition that must still be explored, and chooses that. It returns
// false if there is none.
func (e *explorer) advance() bool {
	for len(e.path) > 0 {
		s := e.path[len(e.path)-1]
		s.tried[s.chosen] = true
		for i := range s.enabled {
			if e.open(s, i) {
				s.chosen = i
				return true
			}
		}
		e.path = e.path[:len(e.path)-1]
		e.spare = append(e.spare, s)
	}
	return false
}

func (e *explorer) coroutine() *coroutine {
	if n := len(e.idle); n > 0 {
		c := e.idle[n-1]
		e.idle = e.idle[:n-1]
		return c
	}
	return newCoroutine()
}

// close ends the coroutines.
func (e *explorer) close() {
	for _, c := range e.idle {
		c.stop()
	}
}

// until stops an exploration after a number of runs, or at a time if it is not zero.
func until(runs int, deadline time.Time) func(int) bool {
	return func(n int) bool {
		return n >= runs || !deadline.IsZero() && time.Now().After(deadline)
	}
}
