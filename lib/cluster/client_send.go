package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
)

// send sends all chunks, but those of an earlier Map of the job. A limited
// number of chunks is in flight; each result frees space for others.
func (j *job) send(ctx context.Context) error {
	sent := make(chan *jetstream.Publication, jetstream.MaxChunks)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		for p := range sent {
			if err := j.confirm(ctx, p); err != nil {
				return err
			}
		}
		return nil
	})
	group.Go(func() error {
		defer close(sent)
		err := j.cut(ctx, func(r wire.Range, payload []byte) error {
			if j.isKnown(r) { // a half
				return nil
			}
			if err := j.flight.add(ctx, r, len(payload)); err != nil {
				return err
			}
			select {
			case sent <- j.c.link.Publish(j.chunkOf(r, payload).Message()):
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
		var failed *itemError
		if errors.As(err, &failed) { // items before it may still fail
			j.reply(ctx, reply{failed: failed})
			return nil
		}
		return err
	})
	return group.Wait()
}

func (j *job) chunkOf(r wire.Range, payload []byte) *wire.Chunk {
	return &wire.Chunk{Queue: j.c.queue, Job: j.name, Range: r, Task: j.task, Code: j.code,
		MaxAttempts: j.maxAttempts, Timeout: j.timeout, MaxResult: j.c.limits.Payload, Payload: payload}
}

// sendAgain sends the chunk of a range once more.
func (j *job) sendAgain(ctx context.Context, r wire.Range) error {
	return j.cutRange(ctx, r, func(r wire.Range, payload []byte) error {
		return j.confirm(ctx, j.c.link.Publish(j.chunkOf(r, payload).Message()))
	})
}

// confirm waits until a chunk is stored.
func (j *job) confirm(ctx context.Context, p *jetstream.Publication) error {
	err := p.Wait(ctx, j.untilFull())
	if jetstream.IsFull(err) {
		return fmt.Errorf("there is no space for more chunks, and no result comes: %w; wait for other jobs, delete them with DeleteJob, or allow the streams more space", err)
	}
	return err
}

// untilFull returns a function that reports whether to retry: not if there
// was no space for a while, and no result that makes some.
func (j *job) untilFull() func(error) bool {
	received, since := j.received.Load(), time.Now()
	return func(err error) bool {
		if now := j.received.Load(); now != received || !jetstream.IsFull(err) {
			received, since = now, time.Now()
		}
		return time.Since(since) < 3*j.c.config.ackWait
	}
}

// inFlight has the chunks that were sent and have no result. It limits their
// number and their bytes.
type inFlight struct {
	most  int64
	space *semaphore.Weighted
	costs sync.Map // of each wire.Range, what it takes of space: an int64
}

// add waits for space for a chunk.
func (f *inFlight) add(ctx context.Context, r wire.Range, bytes int) error {
	cost := min(jetstream.EachCosts+int64(bytes), f.most)
	if f.space.Acquire(ctx, cost) != nil {
		return context.Cause(ctx)
	}
	f.costs.Store(r, cost)
	return nil
}

// ranges returns the chunks in flight.
func (f *inFlight) ranges() (all []wire.Range) {
	for r := range f.costs.Range {
		all = append(all, r.(wire.Range))
	}
	return all
}

// remove removes a chunk, if it is in flight.
func (f *inFlight) remove(r wire.Range) bool {
	cost, ok := f.costs.LoadAndDelete(r)
	if ok {
		f.space.Release(cost.(int64))
	}
	return ok
}
