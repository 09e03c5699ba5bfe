package schedules

// A bounded search explores every schedule with at most n preemptions, as CHESS does (Musuvathi and Qadeer, 2007): most
// bugs need only one or two. A preemption is a step of another goroutine while the one that ran could continue.
//
// The reduction of reduce.go does not fit: which goroutines must go first would depend on the preemptions that are left,
// and sleep sets would lose schedules (Coons, Musuvathi and McKinley, 2013). Instead a run ends in a state that an earlier
// run has reached with as many preemptions or fewer. The order of its conflicting steps identifies the state of a program
// that does the same in every run, and also what spin knows of its loops that wait.

// known reports whether a search has continued from this state before.
func (e *explorer) known(x *execution, s *state) bool {
	key := x.class
	for _, g := range x.goroutines {
		if s.holder.has(int8(g.id)) {
			key += mix(g.path, 1)
		}
	}
	least, found := e.visited[key]
	if found && least <= s.preempted {
		return true
	}
	e.visited[key] = s.preempted
	return false
}
