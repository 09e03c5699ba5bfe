package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"multiprocessing/lib/internal/notnil"
)

// Work works for Clusters that have no workers of their own: it runs the
// tasks that this program has registered, in config.Workers goroutines (0 is
// one for each core), until ctx ends. Then workers finish their chunks, or
// give them back if that takes longer than grace. It is what command worker
// does.
//
// log, if it is not nil, is told what people may want to know. The error says
// why it ended before ctx did, or could not connect.
func Work(ctx context.Context, config Config, grace time.Duration, log func(format string, args ...any)) error {
	notnil.Context(ctx, "cluster: Work")
	if config.URL == "" || config.Processes != 0 {
		return errors.New("cluster: Work: needs a URL, and has no Processes; start it in as many as you like")
	}
	if config.Workers == 0 {
		config.Workers = runtime.GOMAXPROCS(0)
	}
	config, err := config.complete()
	if err != nil {
		return fmt.Errorf("cluster: Work: %w", err)
	}
	if log == nil {
		log = func(string, ...any) {}
	}
	if err := config.work(ctx, grace, log); err != nil {
		return fmt.Errorf("cluster: Work: %w", err)
	}
	return nil
}

func (c Config) work(ctx context.Context, grace time.Duration, log func(format string, args ...any)) error {
	ended, end := context.WithCancelCause(ctx)
	defer end(nil)
	name := workerName()
	l, err := c.address().dial("multiprocessing worker "+name, nil, end)
	if err != nil {
		return err
	}
	defer l.conn.Close()
	ready, cancel := context.WithTimeout(ended, readyTime)
	defer cancel()
	if err := l.streams(ready, 0); err != nil {
		return err
	}
	if _, err := l.queue(ready, LibQueue, c.ackWait); err != nil {
		return err
	}
	s := &service{link: l, queue: LibQueue, ackWait: c.ackWait, name: name + "/", first: 1,
		clock: newClock(), codeOf: codeOf, rejected: new(atomic.Int64), log: log}
	log("%s has %d workers for queue %q at %s", name, c.Workers, LibQueue, redact(l.conn.ConnectedUrl()))
	back := s.run(ended, c.Workers, grace)
	if ctx.Err() == nil {
		return context.Cause(ended)
	}
	log("%s ends; chunks given back: %d, messages rejected: %d", name, back, s.rejected.Load())
	return nil
}

func (c Config) address() address {
	return address{URL: c.URL, Token: c.Token, Credentials: c.Credentials, CA: c.CA}
}

// workerName tells workers apart: in a cluster of machines, and on each.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	return fmt.Sprintf("%.100s/%d", host, os.Getpid())
}
