package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/notnil"
	"multiprocessing/lib/internal/registered"
)

// LibQueue is the queue, in JetStream a durable consumer of the stream
// MULTIPROCESSING_WORK, of the chunks for workers of command worker. Its
// length shows how many workers are needed.
const LibQueue = "lib"

// Cluster is a connection to NATS servers, and the workers that this program
// has there. Make one with Open. All methods, and Map, may be called from
// many goroutines at once.
type Cluster struct {
	link     *jetstream.Link
	limits   jetstream.Limits
	config   Config
	log      *slog.Logger
	queue    string
	instance string          // stands for this Cluster in the names of its workers
	ended    context.Context // ends with the reason why the Cluster cannot be used any more
	end      context.CancelCauseFunc
	rejected atomic.Int64

	server      *embedded      // nil if there is none in this program
	workers     sync.WaitGroup // goroutines that run chunks, or keep processes
	stop        func()         // stops them
	workersLink *jetstream.Link
	slots       []*slot // one for each process

	maps   sync.WaitGroup // Maps that have begun and not returned, and the deletion of their jobs
	mu     sync.Mutex
	closed bool // guarded by mu; no new Map may begin
	close  func() error
}

// Open connects to a server, or starts one in this program, and starts the
// workers that config asks for. If ctx ends first, Open stops them and returns
// an error; once Open has returned, ctx has no effect. Close stops the workers.
// If this program ends in another way, even by SIGKILL, its processes end at
// once.
//
// A Cluster with workers of its own runs every task that this program has
// registered, in these workers only. A Cluster without runs the tasks of
// command worker, in every worker that is connected to the same servers: those
// at URL, or that of this program at Listen.
func Open(ctx context.Context, config Config) (*Cluster, error) {
	notnil.Context(ctx, "cluster: Open")
	config, err := config.complete()
	if err != nil {
		return nil, fmt.Errorf("cluster: Open: %w", err)
	}
	c := &Cluster{config: config, log: config.Log, queue: LibQueue, instance: wire.NewName()}
	c.ended, c.end = context.WithCancelCause(context.Background())
	c.close = sync.OnceValue(c.shutDown)
	if err := c.open(ctx); err != nil {
		c.Close()
		return nil, fmt.Errorf("cluster: Open: %w", err)
	}
	return c, nil
}

// whileOpen returns a context that ends with ctx, or when the Cluster cannot be
// used any more.
func (c *Cluster) whileOpen(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(c.ended, func() { cancel(context.Cause(c.ended)) })
	return ctx, func() { stop(); cancel(nil) }
}

func (c *Cluster) open(ctx context.Context) error {
	ctx, cancel := c.whileOpen(ctx)
	defer cancel()
	at := c.config.address()
	var memory int64
	if c.config.embedded() {
		var err error
		if c.server, err = startEmbedded(c.config); err != nil {
			return err
		}
		at.Token, memory = c.server.token, c.server.memory
	}
	var err error
	if c.link, err = at.Dial(ctx, "multiprocessing client", c.server.local(), c.end); err != nil {
		return err
	}
	ready, stop := context.WithTimeout(ctx, jetstream.ReadyTimeout)
	defer stop()
	if err := c.link.CreateStreams(ready, c.config.store); err != nil {
		return err
	}
	if c.limits, err = c.link.Limits(ready, memory); err != nil {
		return err
	}
	if c.config.Workers > 0 { // its queue is for them only
		c.queue = "program"
		if !c.config.embedded() {
			c.queue += "-" + programVersion()
		}
	}
	if _, err := c.askQueue(ctx); err != nil {
		return err
	}
	return c.startWorkers(ctx, at)
}

// askQueue returns the queue of this Cluster, with its state now.
func (c *Cluster) askQueue(ctx context.Context) (*jetstream.Queue, error) {
	ctx, cancel := context.WithTimeout(ctx, jetstream.ReadyTimeout)
	defer cancel()
	return c.link.Queue(ctx, c.queue, c.config.ackWait, c.queue == LibQueue)
}

// codeOf returns the version of a task's code that a worker must have. A server
// within a program has workers of that program only, unless it listens for
// others.
func (c *Cluster) codeOf(t *registered.Task) string {
	if c.config.embedded() && c.queue != LibQueue {
		return sameProgram(t)
	}
	return codeOf(t)
}

func (c *Cluster) startWorkers(ctx context.Context, at jetstream.Address) (err error) {
	running, stop := context.WithCancel(context.Background())
	c.stop = stop
	switch {
	case c.config.Processes > 0:
		return c.startProcesses(ctx, running, at)
	case c.config.Workers > 0:
		if c.workersLink, err = at.Dial(ctx, "multiprocessing workers", c.server.local(), c.end); err != nil {
			return err
		}
		g := c.order(at).group(c.workersLink, c.codeOf, c.log)
		g.rejected = &c.rejected
		c.workers.Go(func() { g.run(running) })
	}
	return nil
}

// order is for workers of this Cluster.
func (c *Cluster) order(at jetstream.Address) order {
	return order{At: at, Queue: c.queue, AckWait: c.config.ackWait, Grace: c.config.Grace, Name: c.instance + "/", First: 1, Workers: c.config.Workers}
}

// Rejected returns how many messages this Cluster, and the goroutines that
// work for it, could not read. They come from another version of this library,
// or from an attacker. Worker processes count their own.
func (c *Cluster) Rejected() int64 { return c.rejected.Load() }

// Close waits for running Maps, without a limit: cancel their contexts first to
// stop them. (Close of package process cancels them itself.) Then it stops the
// workers, the connections and the server of this program. Closing again
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
	for _, s := range c.slots {
		s.process.Load().Kill() // if Open has failed
		s.ending()
	}
	c.workersLink.Close()
	c.link.Close()
	if c.server != nil {
		err = c.server.close()
	}
	c.end(errors.New("the cluster is closed"))
	if err != nil {
		return fmt.Errorf("cluster: Close: %w", err)
	}
	return nil
}

// begin counts a new Map, so that Close waits for it.
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
