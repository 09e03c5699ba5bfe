package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/internal/notnil"
	"multiprocessing/lib/internal/registered"
)

// RunWorker serves LibQueue, for Clusters that have no workers of their own: it
// runs the tasks that this program has registered, in config.Workers goroutines
// (0 is GOMAXPROCS). When ctx is done, workers finish their chunks or, if that
// takes longer than config.Grace, return them to the queue; then RunWorker
// returns nil. It returns an error if config has no URL, if Processes is not 0,
// if it cannot connect, or if the connection is lost for good. Command worker is
// this function.
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
		err = order{At: config.address(), Queue: LibQueue, AckWait: config.ackWait, Grace: config.Grace,
			Name: workerName() + "/", First: 1, Workers: config.Workers}.serve(ctx, config.Log)
	}
	if err != nil {
		return fmt.Errorf("cluster: RunWorker: %w", err)
	}
	return nil
}

// order describes the workers of a process.
type order struct {
	At       jetstream.Address
	Queue    string
	AckWait  time.Duration
	Grace    time.Duration
	Name     string // of a worker, before its number
	First    int    // number of the first worker
	Workers  int
	Ready    string // a file that the process creates when it is ready; none if empty
	Replaced bool   // the process is replaced when it ends
}

// serve runs workers until ctx ends. The error is the reason why it ended
// before.
func (o order) serve(ctx context.Context, log *slog.Logger) error {
	running, end := context.WithCancelCause(ctx)
	defer end(nil)
	l, err := o.At.Dial(ctx, "multiprocessing worker "+o.Name, nil, end)
	if err != nil {
		return err
	}
	defer l.Close()
	timeout, cancel := context.WithTimeout(running, jetstream.ReadyTimeout)
	defer cancel()
	if err = l.CreateStreams(timeout, 0); err == nil {
		_, err = l.Queue(timeout, o.Queue, o.AckWait, o.Queue == LibQueue)
	}
	if err == nil && o.Ready != "" {
		err = os.WriteFile(o.Ready, nil, 0o600)
	}
	if err != nil {
		return err
	}
	g := o.group(l, codeOf, log)
	if l.InProgram {
		g.codeOf = sameProgram
	}
	if o.Replaced {
		g.exit = end
	}
	log.Info("cluster: working", "worker", o.Name, "workers", o.Workers, "queue", o.Queue, "server", l.Server())
	returned := g.run(running)
	if ctx.Err() == nil {
		return context.Cause(running)
	}
	log.Info("cluster: stopped", "worker", o.Name, "chunks returned", returned, "messages rejected", g.rejected.Load())
	return nil
}

func (o order) group(l *jetstream.Link, codeOf func(*registered.Task) string, log *slog.Logger) *group {
	return &group{order: o, link: l, clock: newClock(), codeOf: codeOf, rejected: new(atomic.Int64), log: log}
}

func (c Config) address() jetstream.Address {
	return jetstream.Address{URL: c.URL, Token: c.Token, Credentials: c.Credentials, CA: c.CA}
}

// workerName returns a name that differs for each process on each machine.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	return fmt.Sprintf("%.100s/%d", host, os.Getpid())
}
