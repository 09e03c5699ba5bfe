package schedules

// WaitGroup is sync.WaitGroup.
//
// Its operations are not steps as long as the program uses it properly, because their order does not matter then: every
// Done comes after an Add of its own, and no Add is concurrent with a Wait. If a program breaks this rule, the exploration
// starts again: see the package comment.
type WaitGroup struct{ object }

// group is the state of a WaitGroup: what it has counted. The count itself is the record's n.
type group struct {
	adds, waits []credit
	dones       []credit
	done        clock
}

// credit is a call of Add, Done or Wait: who, when, and what came before.
type credit struct {
	g    int
	tick int32
	past clock
	used bool
}

func (c credit) before(past clock) bool { return past.at(c.g-1) >= c.tick }

func (g *goroutine) credit() credit {
	g.ticks++
	g.past.set(g.id-1, g.ticks)
	g.sync.set(g.id-1, g.ticks)
	return credit{g: g.id, tick: g.ticks, past: g.x.clone(g.past)}
}

// zero is the guard of Wait. The state is 0 if the count is.
type zero struct{ r *record }

func (z zero) ready(o *operation, state uint8) bool {
	if o.silent {
		return z.r.n == 0
	}
	return state == 0
}

// Add is sync.WaitGroup.Add. It panics if the count becomes negative.
func (wg *WaitGroup) Add(n int) {
	g := self("WaitGroup.Add")
	r := wg.record(g.x, "waitgroup")
	if g.x.explorer.strict {
		step(operation{what: "Add", on: r, access: writing})
	}
	if r.n += n; r.n < 0 {
		g.x.misused = true
		panic("negative WaitGroup counter")
	}
	r.state = uint8(min(r.n, 1))
	for ; n > 0; n-- {
		r.group.adds = append(r.group.adds, g.credit())
	}
	for ; n < 0; n++ {
		r.group.dones = append(r.group.dones, g.credit())
		r.group.done.join(g.past)
		r.sync.join(g.sync)
	}
}

// Done is sync.WaitGroup.Done.
func (wg *WaitGroup) Done() { wg.Add(-1) }

// Wait is sync.WaitGroup.Wait.
func (wg *WaitGroup) Wait() {
	g := self("WaitGroup.Wait")
	r := wg.record(g.x, "waitgroup")
	if g.x.explorer.strict {
		step(operation{what: "Wait", awaits: "the goroutines", on: r, access: writing, guard: zero{r}})
	} else if r.n > 0 {
		step(operation{what: "Wait", awaits: "the goroutines", on: r, guard: zero{r}, silent: true})
	}
	if !g.x.explorer.strict {
		g.past.join(r.group.done)
	}
	g.sync.join(r.sync)
	r.group.waits = append(r.group.waits, g.credit())
}

// Go is sync.WaitGroup.Go.
func (wg *WaitGroup) Go(f func()) {
	wg.Add(1)
	Go(func() {
		defer wg.Done()
		f()
	})
}

// proper reports whether the order of the operations on the WaitGroup did not matter.
func (g *group) proper() bool {
	for _, done := range g.dones {
		found := false
		for i := len(g.adds) - 1; i >= 0 && !found; i-- {
			if add := &g.adds[i]; !add.used && add.before(done.past) {
				add.used, found = true, true
			}
		}
		if !found {
			return false
		}
	}
	for _, wait := range g.waits {
		for _, add := range g.adds {
			if !add.before(wait.past) && !wait.before(add.past) {
				return false
			}
		}
	}
	return true
}
