package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/registered"
)

// job is one Map. Three goroutines share it: one sends chunks, one receives
// results, and that of the caller decodes and counts the results.
type job struct {
	c *Cluster
	options
	name     string // in subjects
	revision uint64 // of the lease of a named job; 0 without
	task     string
	code     string
	types    string
	items    int
	encode   func(ctx context.Context, r wire.Range) ([]byte, error)
	decode   func(ctx context.Context, payload []byte, r wire.Range) error // an error leaves the results as they were
	show     func(r wire.Range) string

	size     int          // items in a chunk
	known    []bool       // items whose chunk or result is in a stream since an earlier Map of the job
	flight   inFlight     // chunks that have no result
	end      atomic.Int64 // items from here on need no result: an item failed
	received atomic.Int64 // results
	replies  chan reply

	begin   time.Time
	times   timeline
	done    []bool // items
	left    int    // items below end that are not done
	counted int    // items that are done
	failure error  // of item end
	lost    LostError
	bad     int            // results that could not be read
	pause   time.Duration  // between audits
	workers map[string]int // numbers of workers of other programs
	warned  bool           // that there is no worker
	read    read
}

// newJob is not a method: programs that use a Cluster would compile the generic
// code of job.
func newJob(c *Cluster, task *registered.Task, items int, o options) *job {
	j := &job{c: c, options: o, name: wire.NewName(), task: task.Name, items: items, left: items, done: make([]bool, items),
		workers: map[string]int{}, code: c.codeOf(task), types: task.Types, pause: c.config.ackWait, replies: make(chan reply, 64), flight: inFlight{most: c.limits.InFlight, space: semaphore.NewWeighted(c.limits.InFlight)}}
	j.end.Store(int64(items))
	return j
}

func (j *job) isNamed() bool { return j.job != "" }

// run is the life of a job.
func (j *job) run(ctx context.Context) error {
	j.begin = time.Now()
	j.times.into = j.trace
	defer j.times.publish()
	ctx, cancel := j.c.whileOpen(ctx)
	defer cancel()
	if j.items == 0 {
		return nil
	}
	err := j.prepare(ctx)
	if err == nil {
		err = j.work(ctx)
	}
	return j.finish(context.WithoutCancel(ctx), err)
}

// finish deletes the job, unless another Map may resume it, and returns its
// error.
func (j *job) finish(ctx context.Context, err error) error {
	var failed *itemError
	outcome := j.outcome()
	if !j.isNamed() {
		j.c.maps.Go(func() { j.clean(ctx) }) // only Close waits for it
	} else if err == nil {
		if cause := j.clean(ctx); outcome == nil {
			err = cause
		}
	}
	switch {
	case err == nil:
		return outcome
	case errors.As(err, &failed):
		return failedItem(failed.item, failed.err)
	}
	return fmt.Errorf("cluster: Map: %d of %d items were done: %w", j.counted, j.items, err)
}

// outcome returns the error of the lowest item that failed.
func (j *job) outcome() error {
	switch {
	case len(j.lost.Chunks) == 0:
		return j.failure
	case j.failure == nil:
		return j.lost.sorted()
	case j.lost.sorted().Chunks[0].From < int(j.end.Load()):
		return fmt.Errorf("%w\nand a later item failed: %w", &j.lost, j.failure)
	}
	return j.failure
}

// prepare chooses the size of chunks, and acquires the lease of a named job.
func (j *job) prepare(ctx context.Context) error {
	if j.size = j.chunk; j.size == 0 {
		j.size = j.automaticSize(ctx)
	}
	if !j.isNamed() {
		return nil
	}
	if err := j.acquireLease(ctx); err != nil {
		return err
	}
	return j.findEarlier(ctx)
}

// findEarlier finds chunks and results that an earlier Map of the job has
// left, which need not be sent again.
func (j *job) findEarlier(ctx context.Context) error {
	queued, stored, err := j.inStreams(ctx)
	j.known = make([]bool, j.items)
	for _, ranges := range []map[wire.Range]bool{queued, stored} {
		for r := range ranges {
			if r.To <= j.items {
				j.flight.costs.Store(r, int64(0))
				for i := r.From; i < r.To; i++ {
					j.known[i] = true
				}
			}
		}
	}
	return err
}

// inStreams returns the job's chunks that are queued, and its results that are
// stored. It asks for the results last: a result is stored before its chunk
// is deleted.
func (j *job) inStreams(ctx context.Context) (queued, stored map[wire.Range]bool, err error) {
	if queued, err = j.c.link.QueuedChunks(ctx, j.c.queue, j.name); err == nil {
		stored, err = j.c.link.StoredResults(ctx, j.name)
	}
	return queued, stored, err
}

// work sends all chunks and takes their results.
func (j *job) work(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var others sync.WaitGroup
	defer others.Wait()
	defer cancel(nil)
	others.Go(func() {
		j.c.link.Results(ctx, j.name, func(s jetstream.Stored) { j.reply(ctx, reply{Stored: s}) })
	})
	others.Go(func() {
		if err := j.send(ctx); err != nil {
			cancel(err)
		}
	})
	audit, received := time.NewTimer(j.pause), int64(-1)
	defer audit.Stop()
	for j.left > 0 {
		if ctx.Err() != nil { // even if there are more results
			return context.Cause(ctx)
		}
		select {
		case <-ctx.Done():
		case r := <-j.replies:
			if err := j.take(ctx, r); err != nil {
				return err
			}
			if j.pause < j.c.config.ackWait { // it was rejected
				audit.Reset(j.pause)
			}
		case <-audit.C:
			if now := j.received.Load(); now != received {
				received = now
			} else if err := j.audit(ctx); err != nil {
				return err
			}
			audit.Reset(j.pause)
		}
	}
	return nil
}

// reply is what the goroutine of the caller gets from the other two.
type reply struct {
	jetstream.Stored
	came   time.Duration // since the Map began
	failed *itemError    // an item that could not be sent
}

func (j *job) reply(ctx context.Context, r reply) {
	r.came = time.Since(j.begin)
	select {
	case j.replies <- r:
	case <-ctx.Done():
	}
}
