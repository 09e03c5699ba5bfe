package main

import (
	"math/rand/v2"
	"time"
)

// costs are what a chunk takes where, beside its tasks. Command measure finds
// them on this machine.
type costs struct {
	Client  time.Duration // at the client: to send it and to take its result in
	Server  time.Duration // at the server that leads the streams
	Worker  time.Duration // at the worker
	Latency time.Duration // in which nobody computes, but the worker waits: the network, the disk, votes
	Alive   time.Duration // at the server: to hear that a chunk is still being worked on
}

// system is who works, and on what.
type system struct {
	costs
	Workers  int
	Clients  int           // Maps at once, each with a program of its own
	Window   int           // chunks that a Map has on their way at most, as package cluster
	Chunks   int           // of all Maps
	Chunk    time.Duration // how long the tasks of a chunk compute or wait
	Spread   float64       // of that time, as a fraction: chunks take from (1-Spread) to (1+Spread) times as long
	Compute  bool          // the tasks need a core, rather than wait
	Cores    int           // on which all of this runs; 0 if each has a machine of its own
	Lifetime time.Duration // of a worker, on average; 0 if none dies
	AckWait  time.Duration // after which the chunk of a dead worker goes to another
	Restart  time.Duration // after which another worker takes its place
}

// outcome is what came of it.
type outcome struct {
	Elapsed time.Duration
	Work    time.Duration // of all tasks, once each
	Server  float64       // which part of the time the leading server was busy
	Client  float64       // the same of a client, on average
	Deaths  int
}

// Speedup is the work over the time it took: how many workers' worth.
func (o outcome) Speedup() float64 { return float64(o.Work) / float64(o.Elapsed) }

// model is a system while it runs.
type model struct {
	system
	clock
	random        *rand.Rand
	cores, server *resource
	clients       []*client
	queue         []chunk // stored, and with no worker
	idle          int     // workers that wait for a chunk
	left          int     // chunks without a result
	out           outcome
	serverBusy    time.Duration
	clientBusy    time.Duration
}

type client struct {
	*resource
	toSend int
	onWay  int
}

type chunk struct {
	of   *client
	time time.Duration
}

// simulate runs a system, with the same random numbers each time.
func simulate(s system) outcome {
	m := &model{system: s, random: rand.New(rand.NewPCG(1, 2)), server: &resource{free: 1}, left: s.Chunks, idle: s.Workers}
	if s.Cores > 0 {
		m.cores = &resource{free: s.Cores}
	}
	for i := range s.Clients {
		c := &client{resource: &resource{free: 1}, toSend: (s.Chunks + i) / s.Clients}
		m.clients = append(m.clients, c)
		m.send(c)
	}
	m.run()
	m.out.Server = float64(m.serverBusy) / float64(m.out.Elapsed)
	m.out.Client = float64(m.clientBusy) / float64(m.out.Elapsed) / float64(s.Clients)
	return m.out
}

// The client and the server have to do with a chunk more than once; each time
// takes its part. A chunk is sent and its result received; it is stored, handed
// out, and its result stored and acknowledged.
const clientVisits, serverVisits = 2, 3

func (m *model) atClient(c *client, then func()) {
	d := m.costs.Client / clientVisits
	m.clientBusy += d
	m.use(c.resource, m.cores, d, then)
}

func (m *model) atServer(d time.Duration, then func()) {
	m.serverBusy += d
	m.use(m.server, m.cores, d, then)
}

// send sends chunks while there is room for them on the way.
func (m *model) send(c *client) {
	if c.toSend == 0 || c.onWay >= m.Window {
		return
	}
	c.toSend--
	c.onWay++
	spread := 1 + m.Spread*(2*m.random.Float64()-1)
	one := chunk{c, time.Duration(spread * float64(m.Chunk))}
	m.out.Work += one.time
	m.atClient(c, func() {
		m.atServer(m.costs.Server/serverVisits, func() { m.wait(one) })
		m.send(c)
	})
}

// wait puts a chunk into the queue.
func (m *model) wait(one chunk) {
	m.queue = append(m.queue, one)
	m.handOut()
}

// handOut gives a chunk to a worker, if there are both.
func (m *model) handOut() {
	if m.idle == 0 || len(m.queue) == 0 {
		return
	}
	m.idle--
	one := m.queue[0]
	m.queue = m.queue[1:]
	m.atServer(m.costs.Server/serverVisits, func() {
		m.after(m.Latency/2, func() { m.work(one) })
	})
}

// work is a worker with a chunk, until it has the next one or dies.
func (m *model) work(one chunk) {
	takes := one.time + m.costs.Worker
	if dies, after := m.dies(takes); dies {
		m.out.Deaths++
		m.after(after+m.AckWait, func() { m.wait(one) })
		m.after(after+m.Restart, func() { m.idle++; m.handOut() })
		return
	}
	if m.Alive > 0 && m.AckWait > 0 {
		m.sign(takes)
	}
	done := func() { m.after(m.Latency/2, func() { m.store(one) }) }
	if m.Compute {
		m.use(nil, m.cores, takes, done)
	} else {
		m.use(nil, m.cores, m.costs.Worker, func() { m.after(one.time, done) })
	}
}

// sign is a worker that tells the server every so often that it still works,
// for as long as it does.
func (m *model) sign(left time.Duration) {
	every := m.AckWait / 3
	if every >= left {
		return
	}
	m.after(every, func() {
		m.atServer(m.Alive, func() {})
		m.sign(left - every)
	})
}

// dies reports whether a worker dies within its next work, and when.
func (m *model) dies(within time.Duration) (bool, time.Duration) {
	if m.Lifetime == 0 {
		return false, 0
	}
	left := time.Duration(m.random.ExpFloat64() * float64(m.Lifetime))
	return left < within, left
}

// store stores a result and tells its client; then the worker asks for more.
func (m *model) store(one chunk) {
	m.atServer(m.costs.Server-2*(m.costs.Server/serverVisits), func() {
		m.idle++
		m.handOut()
		m.atClient(one.of, func() {
			one.of.onWay--
			if m.left--; m.left == 0 {
				m.out.Elapsed = m.now
			}
			m.send(one.of)
		})
	})
}
