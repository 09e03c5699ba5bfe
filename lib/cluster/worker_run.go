package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/internal/notnil"
)

// RunWorker runs chunks for Clusters that have no workers of their own: the
// tasks that this program has registered, in config.Workers goroutines (0 is
// GOMAXPROCS), until ctx ends. Then workers finish their chunks, or return
// them to the queue if that takes longer than config.Grace. Command worker is
// this function. The error says why it ended before ctx did, or could not
// connect.
func RunWorker(ctx context.Context, config Config) error {
	notnil.Context(ctx, "cluster: RunWorker")
	if config.URL == "" || config.Processes != 0 {
		return errors.New("cluster: RunWorker: needs a URL, and has no Processes; start it in as many as you like")
	}
	if config.Workers == 0 {
		config.Workers = runtime.GOMAXPROCS(0)
	}
	config, err := config.complete()
	if err == nil {
		err = config.runWorker(ctx)
	}
	if err != nil {
		return fmt.Errorf("cluster: RunWorker: %w", err)
	}
	return nil
}

func (c Config) runWorker(ctx context.Context) error {
	ended, end := context.WithCancelCause(ctx)
	defer end(nil)
	name := workerName()
	l, err := c.address().Dial("multiprocessing worker "+name, nil, end)
	if err != nil {
		return err
	}
	defer l.Close()
	ready, cancel := context.WithTimeout(ended, jetstream.ReadyTimeout)
	defer cancel()
	if err := l.CreateStreams(ready, 0); err != nil {
		return err
	}
	if _, err := l.Queue(ready, LibQueue, c.ackWait, true); err != nil {
		return err
	}
	g := &group{link: l, queue: LibQueue, ackWait: c.ackWait, name: name + "/", first: 1,
		clock: newClock(), codeOf: codeOf, rejected: new(atomic.Int64), log: c.Log}
	c.Log.Info("cluster: working", "worker", name, "workers", c.Workers, "queue", LibQueue, "server", l.Server())
	returned := g.run(ended, c.Workers, c.Grace)
	if ctx.Err() == nil {
		return context.Cause(ended)
	}
	c.Log.Info("cluster: stopped", "worker", name, "chunks returned", returned, "messages rejected", g.rejected.Load())
	return nil
}

func (c Config) address() jetstream.Address {
	return jetstream.Address{URL: c.URL, Token: c.Token, Credentials: c.Credentials, CA: c.CA}
}

// workerName is another for each worker process on each machine.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	return fmt.Sprintf("%.100s/%d", host, os.Getpid())
}
