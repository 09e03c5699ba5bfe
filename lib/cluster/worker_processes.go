package cluster

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/internal/registered"
	"multiprocessing/lib/process"
)

// work is the task of a worker process. It returns when the process is told to
// stop, with what went wrong.
var work = process.RegisterErr(registered.Own+"work for a cluster", func(ctx context.Context, o order) (int, error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	return 0, o.serve(ctx, slog.New(slog.DiscardHandler))
})

// slot is a place for a worker process. A process that dies is replaced.
type slot struct {
	number int
	order  order

	mu      sync.Mutex
	process *process.Process[int] // guarded by mu
}

// startProcesses starts the worker processes, and waits until all are ready.
func (c *Cluster) startProcesses(ctx context.Context, at jetstream.Address) (err error) {
	if c.server != nil {
		if c.server.proxy, err = newProxy(c.server.server); err != nil {
			return err
		}
		at.Socket = c.server.proxy.socket
	}
	ready, err := newFolder()
	if err != nil {
		return err
	}
	defer ready.remove()
	for n := range c.config.Processes {
		o := c.order(at)
		o.First, o.Ready, o.Replaced = n*o.Workers+1, filepath.Join(ready.path, strconv.Itoa(n)), true
		s := &slot{number: n + 1, order: o}
		if err := s.start(); err != nil {
			return err
		}
		c.slots = append(c.slots, s)
	}
	timeout, cancel := context.WithTimeout(c.ended, jetstream.ReadyTimeout)
	defer cancel()
	for _, s := range c.slots {
		if err := s.awaitReady(timeout); err != nil {
			return err
		}
		s.order.Ready = "" // only the first process of a slot reports
		c.workers.Go(func() { s.keep(ctx, c.config, c.end) })
	}
	return nil
}

// awaitReady waits until the process has created its file. (The number of
// workers in the queue does not tell: where there is work they are busy at
// once, and there may be workers of other programs.)
func (s *slot) awaitReady(ctx context.Context) error {
	for {
		if _, err := os.Stat(s.order.Ready); err == nil {
			return nil
		}
		switch {
		case !s.process.Alive():
			return fmt.Errorf("worker process %d ended as soon as it was started: %w", s.number, s.ending())
		case ctx.Err() != nil:
			return fmt.Errorf("worker process %d was not ready in time: %w", s.number, context.Cause(ctx))
		}
		jetstream.Sleep(ctx, lookTime)
	}
}

// lookTime is how often a process is checked that is not yet ready.
const lookTime = time.Millisecond

func (s *slot) start() error {
	p := process.New(work, s.order)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := p.Start(context.Background()); err != nil {
		return err
	}
	s.process = p
	return nil
}

func (s *slot) current() *process.Process[int] {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process
}

// restartPause is the pause before a process is replaced that lived no longer.
const restartPause = time.Second

// keep replaces the process when it ends, until ctx ends, and then stops it.
func (s *slot) keep(ctx context.Context, config Config, fail func(error)) {
	for {
		began, p := time.Now(), s.current()
		stop := context.AfterFunc(ctx, func() {
			p.Terminate()
			time.AfterFunc(config.Grace+time.Second, p.Kill)
		})
		why := s.ending()
		stop()
		if time.Since(began) < restartPause {
			jetstream.Sleep(ctx, restartPause)
		}
		if ctx.Err() != nil {
			return
		}
		config.Log.Warn("cluster: a worker process ended and is replaced", "process", s.number, "why", why)
		if err := s.start(); err != nil {
			fail(fmt.Errorf("starting worker process %d again: %w", s.number, err))
			return
		}
	}
}

// ending waits until the process has ended, and returns why.
func (s *slot) ending() error {
	_, err := s.current().Join(context.Background())
	return err
}

// Kill kills worker process n, from 1, with SIGKILL, as the system does if
// memory runs out. Another takes its place.
func (c *Cluster) Kill(n int) error {
	if n < 1 || n > len(c.slots) {
		return fmt.Errorf("cluster: Kill: there is no worker process %d, there are %d", n, len(c.slots))
	}
	p := c.slots[n-1].current()
	if !p.Alive() {
		return fmt.Errorf("cluster: Kill: worker process %d has ended already", n)
	}
	p.Kill()
	return nil
}
