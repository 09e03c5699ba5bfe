package main

import (
	"container/heap"
	"time"
)

// clock is a discrete-event simulation: it has no time of its own, but goes
// from one event to the next.
type clock struct {
	now    time.Duration
	events events
	count  int
}

type event struct {
	at    time.Duration
	count int // events at the same time happen in the order in which they were planned
	do    func()
}

// after plans an event.
func (c *clock) after(d time.Duration, do func()) {
	c.count++
	heap.Push(&c.events, event{c.now + d, c.count, do})
}

// run goes on until nothing is planned any more.
func (c *clock) run() {
	for len(c.events) > 0 {
		e := heap.Pop(&c.events).(event)
		c.now = e.at
		e.do()
	}
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].count < e[j].count
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	(*e)[last] = event{}
	*e = (*e)[:last]
	return x
}

// resource is what so many can use at a time, and others wait for, first come,
// first served: the cores of a machine, or a server that does one thing after
// the other. A nil resource has room for all.
type resource struct {
	free    int
	waiting []func()
	head    int // waiting before it have been served
}

func (r *resource) acquire(then func()) {
	switch {
	case r == nil:
		then()
	case r.free > 0:
		r.free--
		then()
	default:
		r.waiting = append(r.waiting, then)
	}
}

func (r *resource) release() {
	if r == nil {
		return
	}
	if r.head == len(r.waiting) {
		r.free++
		return
	}
	then := r.waiting[r.head]
	r.waiting[r.head] = nil
	if r.head++; r.head == len(r.waiting) {
		r.waiting, r.head = r.waiting[:0], 0
	}
	then()
}

// use holds one, and a core, for so long.
func (c *clock) use(one, core *resource, d time.Duration, then func()) {
	one.acquire(func() {
		core.acquire(func() {
			c.after(d, func() {
				core.release()
				one.release()
				then()
			})
		})
	})
}
