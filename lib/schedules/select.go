package schedules

// Case is a case of a select: see OnSend and OnRecv.
type Case struct {
	channel *channel // nil for a nil channel
	record  *record
	send    bool
	repeats bool // the channel has an earlier case
	value   any
	take    func(value any, ok bool)
}

// OnSend is case c <- value.
func (c *Chan[T]) OnSend(value T) Case {
	if c == nil {
		return Case{send: true}
	}
	return Case{channel: &c.channel, send: true, value: value}
}

// OnRecv is case *value, *ok = <-c. Either may be nil.
func (c *Chan[T]) OnRecv(value *T, ok *bool) Case {
	if c == nil {
		return Case{}
	}
	return Case{channel: &c.channel, take: func(got any, open bool) {
		if value != nil {
			*value, _ = got.(T)
		}
		if ok != nil {
			*ok = open
		}
	}}
}

// Select is a select without default. It returns the number of the case that was chosen, from 0. If several can be
// chosen, each is explored.
func Select(cases ...Case) int { return choose("select", false, cases...) }

// TrySelect is a select with default, for which it returns -1. If a case is ready only because another goroutine waits at
// the other side of an unbuffered channel, Explore covers the default, too: the program cannot rely on the other goroutine
// having arrived.
func TrySelect(cases ...Case) int { return choose("select", true, cases...) }

func choose(what string, fallback bool, cases ...Case) int {
	g := self("a channel operation")
	for i := range cases {
		c := &cases[i]
		if c.channel == nil {
			continue
		}
		c.record = c.channel.open(g.x)
		for _, earlier := range cases[:i] {
			c.repeats = c.repeats || earlier.record == c.record
		}
		if c.channel.size == 0 && !fallback { // one with default waits for nobody
			c.record.version++ // a select with default may now find a partner
		}
	}
	if cases == nil {
		cases = []Case{}
	}
	step(operation{what: what, cases: cases, fallback: fallback})
	if g.choice < 0 {
		return -1
	}
	c := &cases[g.choice]
	if g.x.account != nil {
		g.x.account.detail("%s", g.said(c))
	}
	if c.send && !g.ok {
		panic("send on closed channel")
	}
	if !c.send {
		c.take(g.value, g.ok)
	}
	return g.choice
}

func (g *goroutine) said(c *Case) string {
	switch {
	case c.send:
		return c.String()
	case g.ok:
		return "receive " + text(g.value) + " from " + c.record.name
	}
	return c.String() + ": closed"
}

// ready reports whether the case can be chosen without a partner.
func (c *Case) ready() bool {
	r := c.record
	return r.closed || c.send && len(r.queue) < r.size || !c.send && len(r.queue) > 0
}
