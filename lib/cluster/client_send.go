package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
)

// send sends all chunks, but those of an earlier Map of the job. A limited
// number of chunks is in flight; each result makes space for others.
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
	mu    sync.Mutex
	costs map[wire.Range]int64 // guarded by mu; what each takes of space
}

func newInFlight(most int64) inFlight {
	return inFlight{most: most, space: semaphore.NewWeighted(most), costs: map[wire.Range]int64{}}
}

// add waits for space for a chunk.
func (f *inFlight) add(ctx context.Context, r wire.Range, bytes int) error {
	cost := min(jetstream.EachCosts+int64(bytes), f.most)
	if f.space.Acquire(ctx, cost) != nil {
		return context.Cause(ctx)
	}
	f.put(r, cost)
	return nil
}

func (f *inFlight) put(r wire.Range, cost int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.costs[r] = cost
}

// ranges returns the chunks in flight, in order.
func (f *inFlight) ranges() (all []wire.Range) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for r := range f.costs {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b wire.Range) int { return a.From - b.From })
	return all
}

// remove removes a chunk, if it is in flight.
func (f *inFlight) remove(r wire.Range) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	cost, ok := f.costs[r]
	if ok {
		delete(f.costs, r)
		f.space.Release(cost)
	}
	return ok
}
