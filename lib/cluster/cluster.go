package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"multiprocessing/lib/internal/registered"
)

// LibQueue is the queue, in JetStream a durable consumer of the stream
// MULTIPROCESSING_WORK, of all chunks for workers that are not the caller's
// own: those of command worker. How many wait in it says how many workers are
// needed.
const LibQueue = "lib"

// Cluster is a connection to NATS servers, and the workers that this program
// has there. Make one with Open. All methods, and Map, may be called from
// many goroutines at once.
type Cluster struct {
	*link
	config   Config
	queue    string
	instance string          // stands for this Cluster in the names of its workers
	ended    context.Context // ends with the cause why the Cluster is of no more use
	end      context.CancelCauseFunc
	rejected atomic.Int64

	server  *embedded      // nil if there is none in this program
	bridge  *bridge        // nil if no process needs one
	workers sync.WaitGroup // goroutines that work, or look after processes
	stop    func()         // has them end
	crew    *link          // their connection; nil if there is none
	seats   []*seat        // one for each process

	maps   sync.WaitGroup // Maps that have begun and not returned
	mu     sync.Mutex
	closed bool // guarded by mu; no new Map may begin
	close  func() error
}

// Open connects to a server, or starts one in this program, and starts the
// workers that config asks for. Close ends them. If this program ends in
// another way, even by SIGKILL, its processes end at once by themselves.
//
// With workers of its own a Cluster runs every task that this program has
// registered, in these workers only. Without, it runs those that command
// worker has, wherever one is connected to the same servers: those at URL, or
// that of this program at Listen.
func Open(config Config) (*Cluster, error) {
	config, err := config.complete()
	if err != nil {
		return nil, fmt.Errorf("cluster: Open: %w", err)
	}
	c := &Cluster{config: config, queue: LibQueue, instance: newName()}
	c.ended, c.end = context.WithCancelCause(context.Background())
	c.close = sync.OnceValue(c.shutDown)
	if err := c.open(); err != nil {
		c.Close()
		return nil, fmt.Errorf("cluster: Open: %w", err)
	}
	return c, nil
}

func (c *Cluster) open() error {
	at := c.config.address()
	if c.config.embedded() {
		var err error
		if c.server, err = startEmbedded(c.config); err != nil {
			return err
		}
		at.Token = c.server.token
	}
	var err error
	if c.link, err = at.dial("multiprocessing client", c.server, c.end); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.ended, readyTime)
	defer cancel()
	if err := c.streams(ctx, c.config.store); err != nil {
		return err
	}
	if err := c.measureRoom(ctx, c.server); err != nil {
		return err
	}
	if c.config.Workers > 0 {
		c.queue = c.ownQueue()
	}
	if _, err := c.link.queue(ctx, c.queue, c.config.ackWait); err != nil {
		return err
	}
	return c.startWorkers(at)
}

// ownQueue is for this program's workers only.
func (c *Cluster) ownQueue() string {
	if c.config.embedded() {
		return "program"
	}
	return "program-" + programVersion()
}

// codeOf is what the code of a task must be in a worker. A server within a
// program has workers of that program only, unless it listens for others.
func (c *Cluster) codeOf(t *registered.Task) string {
	if c.config.embedded() && c.queue != LibQueue {
		return "this program"
	}
	return codeOf(t)
}

func (c *Cluster) startWorkers(at address) error {
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	switch {
	case c.config.Processes > 0:
		return c.startProcesses(ctx, at)
	case c.config.Workers > 0:
		crew, err := at.dial("multiprocessing workers", c.server, c.end)
		if err != nil {
			return err
		}
		c.crew = crew
		s := &service{link: crew, queue: c.queue, ackWait: c.config.ackWait, name: c.instance + "/", first: 1,
			clock: newClock(), codeOf: c.codeOf, rejected: &c.rejected, log: tell}
		c.workers.Go(func() { s.run(ctx, c.config.Workers, graceTime) })
	}
	return nil
}

// tell writes a line to stderr.
func tell(format string, args ...any) { fmt.Fprintf(os.Stderr, "cluster: "+format+"\n", args...) }

// Rejected is how many messages this Cluster, and the goroutines that work
// for it, could not read. They come from another program, or from nobody
// well-meaning. Worker processes write to stderr about theirs.
func (c *Cluster) Rejected() int64 { return c.rejected.Load() }

// Close waits for the Maps that are running, then ends the workers, the
// connections and the server of this program. Closing again is harmless and
// returns the same. A Map after Close panics.
func (c *Cluster) Close() error {
	if c == nil || c.close == nil {
		return nil // nothing was opened
	}
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	return c.close()
}

func (c *Cluster) shutDown() (err error) {
	c.maps.Wait()
	if c.stop != nil {
		c.stop()
	}
	c.workers.Wait()
	for _, s := range c.seats {
		s.end() // if Open has failed
	}
	c.bridge.close()
	for _, l := range []*link{c.crew, c.link} {
		if l != nil {
			l.conn.Close()
		}
	}
	if c.server != nil {
		err = c.server.close()
	}
	c.end(errors.New("the cluster is closed"))
	if err != nil {
		return fmt.Errorf("cluster: Close: %w", err)
	}
	return nil
}

// begin counts a new Map in, before the Cluster may be closed under it.
func (c *Cluster) begin(operation string) {
	if c == nil || c.link == nil {
		misuse("%s: the cluster must not be nil or zero; make it with Open", operation)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		misuse("%s: the cluster is closed; call %s before Close, or open a new one", operation, operation)
	}
	c.maps.Add(1)
}

// misuse panics in the package's name.
func misuse(format string, args ...any) { panic("cluster: " + fmt.Sprintf(format, args...)) }
