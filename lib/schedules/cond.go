package schedules

// Cond is sync.Cond. Signal wakes the goroutine that has waited longest, as Go does today.
type Cond struct {
	object
	L Locker
}

// NewCond is sync.NewCond.
func NewCond(l Locker) *Cond { return &Cond{L: l} }

// waiter is a goroutine in Wait. What it learns from the goroutine that wakes it is in past and sync.
type waiter struct {
	woken      bool
	past, sync clock
}

func (w *waiter) ready(*operation, uint8) bool { return w.woken }

// Wait is sync.Cond.Wait.
func (c *Cond) Wait() {
	g := self("Cond.Wait")
	r := c.record(g.x, "cond")
	step(operation{what: "Wait", on: r, access: writing})
	w := new(waiter)
	r.waiting = append(r.waiting, w)
	c.L.Unlock()
	step(operation{what: "Wait", awaits: "a Signal", on: r, guard: w, silent: true})
	g.past.join(w.past)
	g.sync.join(w.sync)
	c.L.Lock()
}

// Signal is sync.Cond.Signal.
func (c *Cond) Signal() { c.wake("Signal", 1) }

// Broadcast is sync.Cond.Broadcast.
func (c *Cond) Broadcast() { c.wake("Broadcast", maxGoroutines) }

func (c *Cond) wake(what string, n int) {
	g := self("Cond." + what)
	r := c.record(g.x, "cond")
	step(operation{what: what, on: r, access: writing})
	for ; n > 0 && len(r.waiting) > 0; n-- {
		w := r.waiting[0]
		w.woken, w.past, w.sync = true, g.x.clone(g.past), g.x.clone(g.sync)
		r.waiting = r.waiting[1:]
	}
}
