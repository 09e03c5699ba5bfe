package schedules

// A bounded search explores every schedule with at most so many preemptions, as CHESS does (Musuvathi and Qadeer, 2007):
// most bugs need only one or two. A preemption is a step of another goroutine while the one that ran could continue.
//
// It does not use the reduction of reduce.go: what must be tried instead of a step would depend on what the bound still
// allows, and sleep sets would lose schedules (Coons, Musuvathi and McKinley, 2013). Instead it stops in a state that it
// has been in before with no more preemptions used. The state of a program that does the same each time is known from the
// order of its conflicting steps.

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
