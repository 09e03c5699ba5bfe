package schedules

import (
	"fmt"
	"iter"
)

// Chan is a channel, chan T. A nil *Chan is a nil channel.
type Chan[T any] struct{ channel }

// channel is what does not depend on the type of the values.
type channel struct {
	object
	size int
}

// NewChan is make(chan T, size).
func NewChan[T any](size int) *Chan[T] {
	if size < 0 {
		panic("makechan: size out of range")
	}
	return &Chan[T]{channel{size: size}}
}

// traffic is the state of a channel.
type traffic struct {
	size     int
	queue    []message
	closed   bool
	sent     int
	received []message // without values: what the k-th receive tells the send that gets its place in the buffer
}

// message is a value in a buffer, and what its receiver learns of the sender.
type message struct {
	value      any
	past, sync clock
}

func (c *channel) open(x *execution) *record {
	r := c.record(x, "chan")
	if r.traffic == nil {
		r.traffic = &traffic{size: c.size}
	}
	return r
}

// Send is c <- value. It panics if the channel is closed.
func (c *Chan[T]) Send(value T) { choose("send", false, c.OnSend(value)) }

// Recv is <-c.
func (c *Chan[T]) Recv() T {
	value, _ := c.Recv2()
	return value
}

// Recv2 is value, ok := <-c.
func (c *Chan[T]) Recv2() (value T, ok bool) {
	choose("receive", false, c.OnRecv(&value, &ok))
	return value, ok
}

// All is range c.
func (c *Chan[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for {
			value, ok := c.Recv2()
			if !ok || !yield(value) {
				return
			}
		}
	}
}

// Close is close(c).
func (c *Chan[T]) Close() {
	g := self("Chan.Close")
	if c == nil {
		panic("close of nil channel")
	}
	r := c.open(g.x)
	step(operation{what: "close", on: r, access: writing})
	if r.closed {
		panic("close of closed channel " + r.name)
	}
	r.closed = true
	r.sync.join(g.sync)
}

// Len is len(c).
func (c *Chan[T]) Len() int {
	g := self("Chan.Len")
	if c == nil {
		return 0
	}
	r := c.open(g.x)
	step(operation{what: "len", on: r, access: reading})
	return len(r.queue)
}

// Cap is cap(c).
func (c *Chan[T]) Cap() int {
	if c == nil {
		return 0
	}
	return c.size
}

// traffic reports what can be done with a channel: bit 0 is send, bit 1 is receive.
func (x *execution) traffic(r *record) (can uint8) {
	if r.closed || len(r.queue) < r.size {
		can |= 1
	}
	if r.closed || len(r.queue) > 0 {
		can |= 2
	}
	if r.size > 0 {
		return can
	}
	for _, g := range x.goroutines {
		for i := range g.op.cases {
			if c := &g.op.cases[i]; c.record == r && c.send {
				can |= 2
			} else if c.record == r {
				can |= 1
			}
		}
	}
	return can
}

// communicate moves values by a transition of channels, and what goroutines learn from it.
func (x *execution) communicate(t transition) {
	g := x.goroutines[t.g-1]
	g.choice = int(t.choice)
	if t.choice < 0 {
		return
	}
	c := &g.op.cases[t.choice]
	r := c.record
	if t.h != 0 {
		h := x.goroutines[t.h-1]
		h.choice, h.value, h.ok = int(t.meet), c.value, true
		g.ok = true
		g.sync.join(h.sync) // execute joins the rest
		return
	}
	switch {
	case c.send && r.closed:
		g.ok = false
	case c.send:
		g.ok = true
		if k := r.sent - c.channel.size; k >= 0 {
			g.past.join(r.received[k].past)
			g.sync.join(r.received[k].sync)
		}
		r.sent++
		r.queue = append(r.queue, message{value: c.value})
	case len(r.queue) > 0:
		m := r.queue[0]
		r.queue = r.queue[1:]
		g.value, g.ok = m.value, true
		g.past.join(m.past)
		g.sync.join(m.sync)
		r.received = append(r.received, message{})
	default:
		g.value, g.ok = nil, false
		g.sync.join(r.sync)
	}
}

// publish stores what a transition of channels tells others, when its step has its number.
func (x *execution) publish(t transition) {
	g := x.goroutines[t.g-1]
	if t.choice < 0 || t.h != 0 || !g.ok {
		return
	}
	r := g.op.cases[t.choice].record
	list := r.received
	if g.op.cases[t.choice].send {
		list = r.queue
	}
	last := &list[len(list)-1]
	last.past, last.sync = x.clone(g.past), x.clone(g.sync)
}

// String says what a case does.
func (c *Case) String() string {
	switch {
	case c.channel == nil && c.send:
		return "send to a nil channel"
	case c.channel == nil:
		return "receive from a nil channel"
	case c.send:
		return fmt.Sprintf("send %s to %s", text(c.value), c.record.name)
	}
	return "receive from " + c.record.name
}
