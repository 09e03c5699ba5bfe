package cluster

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/internal/registered"
	"multiprocessing/lib/internal/tempfolder"
	"multiprocessing/lib/process"
)

// work is the task of a worker process. It returns after SIGTERM, or with an
// error.
var work = process.RegisterErr(registered.Own+"work for a cluster", func(ctx context.Context, o order) (int, error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	return 0, o.serve(ctx, slog.New(slog.DiscardHandler))
})

// slot is a place for a worker process. A process that dies is replaced.
type slot struct {
	number  int
	order   order
	process atomic.Pointer[process.Process[int]]
}

// startProcesses starts the worker processes, and waits until all are ready.
// They are replaced until running ends.
func (c *Cluster) startProcesses(ctx, running context.Context, at jetstream.Address) (err error) {
	if c.server != nil {
		if c.server.proxy, err = newProxy(c.server.server); err != nil {
			return err
		}
		at.Socket = c.server.proxy.socket
	}
	ready, err := tempfolder.New(folderPrefix)
	if err != nil {
		return err
	}
	defer ready.Remove()
	for n := range c.config.Processes {
		o := c.order(at)
		o.First, o.Ready, o.Replaced = n*o.Workers+1, filepath.Join(ready.Path, strconv.Itoa(n)), true
		s := &slot{number: n + 1, order: o}
		if err := s.start(); err != nil {
			return err
		}
		c.slots = append(c.slots, s)
	}
	timeout, cancel := context.WithTimeout(ctx, jetstream.ReadyTimeout)
	defer cancel()
	for _, s := range c.slots {
		err := awaitReady(timeout, fmt.Sprint("worker process ", s.number), s.process.Load(), func() error {
			_, err := os.Stat(s.order.Ready)
			return err
		})
		if err != nil {
			return err
		}
		s.order.Ready = "" // only the first process of a slot reports
		c.workers.Go(func() { s.keep(running, c.config, c.end) })
	}
	return nil
}

// checkPause is how often a process is checked that is not yet ready.
const checkPause = time.Millisecond

// awaitReady waits until a process that was started is ready. (The number of
// workers in the queue does not show it: they may be busy at once, and there may
// be workers of other programs.)
func awaitReady(ctx context.Context, name string, p *process.Process[int], ready func() error) error {
	for {
		err := ready()
		switch {
		case err == nil:
			return nil
		case !p.Alive():
			_, err = p.Join(context.Background())
			return fmt.Errorf("%s ended as soon as it was started: %w", name, err)
		case ctx.Err() != nil:
			return fmt.Errorf("%s was not ready in time: %w; %w", name, err, context.Cause(ctx))
		}
		jetstream.Sleep(ctx, checkPause)
	}
}

func (s *slot) start() error {
	p := process.New(work, s.order)
	err := p.Start(context.Background())
	if err == nil {
		s.process.Store(p)
	}
	return err
}

// restartPause is the pause before a process is replaced that lived no longer.
const restartPause = time.Second

// keep replaces the process when it ends, until ctx ends, and then stops it.
func (s *slot) keep(ctx context.Context, config Config, fail func(error)) {
	for {
		began, p := time.Now(), s.process.Load()
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
	_, err := s.process.Load().Join(context.Background())
	return err
}

// Kill kills worker process n, from 1, with SIGKILL, as the system does if
// memory runs out. Another takes its place.
func (c *Cluster) Kill(n int) error {
	if n < 1 || n > len(c.slots) {
		return fmt.Errorf("cluster: Kill: there is no worker process %d, there are %d", n, len(c.slots))
	}
	p := c.slots[n-1].process.Load()
	if !p.Alive() {
		return fmt.Errorf("cluster: Kill: worker process %d has ended already", n)
	}
	p.Kill()
	return nil
}
