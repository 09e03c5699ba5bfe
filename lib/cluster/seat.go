package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"multiprocessing/lib/internal/registered"
	"multiprocessing/lib/process"
)

// order is what a worker process is told to do.
type order struct {
	At       address
	Queue    string
	AckWait  time.Duration
	Instance string // of the Cluster that it works for
	First    int    // number of its first goroutine
	Workers  int
	Roll     string // where to say that it is there; nowhere if it is empty
}

// work is the task of a worker process. It returns when the process is asked
// to end, with what went wrong.
var work = process.Register(registered.Own+"work for a cluster", func(o order) string {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ctx, end := context.WithCancelCause(ctx)
	l, err := o.At.dial(fmt.Sprint("multiprocessing worker ", os.Getpid()), nil, end)
	if err != nil {
		return err.Error()
	}
	defer l.conn.Close()
	s := &service{link: l, queue: o.Queue, ackWait: o.AckWait, name: o.Instance + "/", first: o.First,
		clock: newClock(), codeOf: codeOf, rejected: new(atomic.Int64), log: tell, end: end}
	if l.embedded {
		s.codeOf = func(*registered.Task) string { return "this program" }
	}
	if o.Roll != "" {
		if _, err := l.queue(ctx, o.Queue, o.AckWait); err != nil {
			return err.Error()
		}
		var answer sync.WaitGroup
		defer answer.Wait()
		answer.Go(func() { l.answer(ctx, o.Roll, o.First) }) // meanwhile it may work
	}
	s.run(ctx, o.Workers, graceTime)
	if cause := context.Cause(ctx); errors.Is(cause, errHangs) || l.conn.IsClosed() && cause != nil {
		return cause.Error()
	}
	return ""
})

// seat is a place for a worker process. One that dies is replaced.
type seat struct {
	number int
	order  order

	mu      sync.Mutex
	process *process.Process[string] // guarded by mu
}

// startProcesses starts the worker processes; they get ready side by side.
func (c *Cluster) startProcesses(ctx context.Context, at address) (err error) {
	if c.server != nil {
		if c.bridge, err = newBridge(c.server); err != nil {
			return err
		}
		at.Socket = c.bridge.socket
	}
	roll, err := c.newRoll()
	if err != nil {
		return err
	}
	defer roll.close()
	for n := range c.config.Processes {
		s := &seat{number: n + 1, order: order{At: at, Queue: c.queue, AckWait: c.config.ackWait,
			Instance: c.instance, First: n*c.config.Workers + 1, Workers: c.config.Workers, Roll: roll.sub.Subject}}
		if err := s.start(); err != nil {
			return err
		}
		c.seats = append(c.seats, s)
	}
	ready, cancel := context.WithTimeout(c.ended, readyTime)
	defer cancel()
	if err := roll.await(ready, c.seats); err != nil {
		return err
	}
	for _, s := range c.seats {
		s.order.Roll = "" // nobody waits for those that take their place
		c.workers.Go(func() { s.keep(ctx, c.end) })
	}
	return nil
}

func (s *seat) start() error {
	p := process.New(work, s.order)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := p.Start(context.Background()); err != nil {
		return err
	}
	s.process = p
	return nil
}

func (s *seat) now() *process.Process[string] {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process
}

// pause is how long to wait before a process is replaced that did not live
// longer.
const pause = time.Second

// keep replaces the process when it dies, until ctx ends, and then ends it.
func (s *seat) keep(ctx context.Context, fail func(error)) {
	for {
		began := time.Now()
		why := s.await(ctx)
		if ctx.Err() != nil {
			return
		}
		tell("worker process %d ended (%v); starting another", s.number, why)
		if time.Since(began) < pause {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return
			}
		}
		if err := s.start(); err != nil {
			fail(fmt.Errorf("starting worker process %d again: %w", s.number, err))
			return
		}
	}
}

// await waits until the process has ended, and ends it when ctx does.
func (s *seat) await(ctx context.Context) error {
	p, ended := s.now(), make(chan struct{})
	var ender sync.WaitGroup
	ender.Go(func() {
		select {
		case <-ended:
			return
		case <-ctx.Done():
			p.Terminate()
		}
		select {
		case <-ended:
		case <-time.After(graceTime + time.Second):
			s.kill()
		}
	})
	err := s.ending()
	close(ended)
	ender.Wait()
	return err
}

// ending waits until the process has ended, and says how it did.
func (s *seat) ending() error {
	said, err := s.now().Join(context.Background())
	var crash *process.CrashError
	switch {
	case errors.As(err, &crash):
		return errors.New(crash.Status)
	case err != nil:
		return err
	case said != "":
		return errors.New(said)
	}
	return errors.New("it was asked to")
}

// end ends a process that nobody keeps.
func (s *seat) end() {
	s.kill()
	s.now().Join(context.Background())
}

func (s *seat) kill() error {
	p := s.now()
	if !p.Alive() {
		return errors.New("it has ended already")
	}
	os, err := os.FindProcess(p.PID())
	if err != nil {
		return err
	}
	return os.Kill()
}

// Kill ends worker process n, from 1, as the system would if memory ran out:
// at once (SIGKILL). Another takes its place.
func (c *Cluster) Kill(n int) error {
	if n < 1 || n > len(c.seats) {
		return fmt.Errorf("cluster: Kill: there is no worker process %d, there are %d", n, len(c.seats))
	}
	if err := c.seats[n-1].kill(); err != nil {
		return fmt.Errorf("cluster: Kill: worker process %d: %w", n, err)
	}
	return nil
}
