package schedules

// clock is a vector clock: entry g is the last tick of goroutine g that happened before. Missing entries are 0.
type clock []int32

func (c clock) at(g int) int32 {
	if g < len(c) {
		return c[g]
	}
	return 0
}

// set makes entry g at least n.
func (c *clock) set(g int, n int32) {
	for len(*c) <= g {
		*c = append(*c, 0)
	}
	(*c)[g] = max((*c)[g], n)
}

func (c *clock) join(d clock) {
	for len(*c) < len(d) {
		*c = append(*c, 0)
	}
	for g, n := range d {
		(*c)[g] = max((*c)[g], n)
	}
}

// clone copies a clock into the execution's memory, which the next execution uses again.
func (x *execution) clone(c clock) clock {
	const room = 4 // for goroutines that start later
	n := len(c) + room
	if len(x.memory) < n {
		x.memory = make([]int32, 1<<14)
		x.explorer.memory = append(x.explorer.memory, x.memory)
	}
	copied := append(clock(x.memory[:0:n]), c...)
	x.memory = x.memory[n:]
	return copied
}
