package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
)

const (
	// chunksPerWorker is what automatic chunks aim at, as in package process:
	// enough to share out unequal tasks, and few for what each costs.
	chunksPerWorker = 16
	// someWorkers is what is assumed if none is there yet.
	someWorkers = 16
	// goodBytes is what an automatic chunk has at most: well below what a
	// message may have.
	goodBytes = 256 << 10
	// sampled is how many items are encoded to see how large they are.
	sampled = 16
)

// automaticChunk chooses how many items go into a chunk.
func (j *job) automaticChunk(ctx context.Context) int {
	size := j.items / (j.c.workerCount(ctx) * chunksPerWorker)
	n := min(sampled, j.items)
	if sample, err := j.encode(ctx, 0, n); err == nil && len(sample) > 0 {
		size = min(size, goodBytes*n/len(sample))
	}
	return min(max(1, size), maxItems)
}

// workerCount is how many workers there are: ours, or those that wait in the
// queue or work on its chunks.
func (c *Cluster) workerCount(ctx context.Context) int {
	if c.config.Workers > 0 {
		return c.config.Workers * max(1, c.config.Processes)
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	consumer, err := c.js.Consumer(ctx, workStream, c.queue)
	if err != nil {
		return someWorkers
	}
	info := consumer.CachedInfo()
	if n := info.NumWaiting + info.NumAckPending; n > 0 {
		return n
	}
	return someWorkers
}

// sending is a chunk that was sent, and of which no server has said yet that
// it is stored.
type sending struct {
	message *nats.Msg
	stored  jetstream.PubAckFuture
}

// send sends all chunks but those that were done before. There is room for a
// limited number at once: each makes room when its result is there.
func (j *job) send(ctx context.Context, before map[int]bool) error {
	pending := make(chan sending, mostChunks)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		for s := range pending {
			if err := j.confirm(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	group.Go(func() error {
		defer close(pending)
		for number := range j.chunks {
			if before[number] {
				j.sent.Store(int64(number) + 1)
				continue
			}
			payload, err := j.payload(ctx, number)
			if err != nil {
				return err
			}
			cost := min(eachCosts+int64(len(payload)), j.c.mostBytes)
			if err := j.room.Acquire(ctx, cost); err != nil {
				return context.Cause(ctx)
			}
			j.costs[number].Store(cost)
			m, err := j.message(ctx, number, payload)
			if err != nil {
				return err
			}
			j.sent.Store(int64(number) + 1)
			s := sending{message: m}
			s.stored, _ = j.c.js.PublishMsgAsync(m) // if that fails, confirm sends it
			select {
			case pending <- s:
			case <-ctx.Done(): // nobody takes it any more
				return context.Cause(ctx)
			}
		}
		return nil
	})
	return group.Wait()
}

// payload encodes the items of a chunk.
func (j *job) payload(ctx context.Context, number int) ([]byte, error) {
	from, to := j.bounds(number)
	payload, err := j.encode(ctx, from, to)
	if err != nil {
		return nil, cannotSend(ctx, from, to, err)
	}
	return payload, nil
}

// cannotSend says which items cannot be encoded, unless it was ctx that ended.
func cannotSend(ctx context.Context, from, to int, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return &taskError{fmt.Sprintf("%s cannot be sent: %v", itemNames(from, to), err)}
}

// message makes the message of a chunk. If the payload is too large for that,
// it goes into an object.
func (j *job) message(ctx context.Context, number int, payload []byte) (*nats.Msg, error) {
	from, to := j.bounds(number)
	c := &chunk{queue: j.c.queue, job: j.name, number: number, task: j.task, code: j.code,
		items: to - from, tries: j.tries, limit: j.limit, payload: payload}
	if !j.c.fits(len(payload)) {
		c.payload = nil
		err := j.c.persist(ctx, func() (err error) {
			c.object, err = j.c.putObject(ctx, j.name, part{itemsPart, number}, payload, j.isMine)
			return err
		}, j.untilFull())
		if errors.Is(err, errOver) {
			return nil, errTaken
		} else if err != nil {
			return nil, fmt.Errorf("storing %s: %w", itemNames(from, to), explainFull(err))
		}
	}
	return c.message(), nil
}

// confirm waits until a chunk is stored, and sends it again if need be.
func (j *job) confirm(ctx context.Context, s sending) error {
	if s.stored != nil {
		select {
		case <-s.stored.Ok():
			return nil
		case err := <-s.stored.Err():
			if isThere(err) {
				return nil
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return j.sendAgain(ctx, s.message)
}

// sendAgain sends a chunk until it is stored.
func (j *job) sendAgain(ctx context.Context, m *nats.Msg) error {
	err := j.c.insist(ctx, m, j.untilFull())
	switch {
	case isThere(err):
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return explainFull(err)
}

// untilFull goes on until there is no room for a while, and no result that
// makes some.
func (j *job) untilFull() func(error) bool {
	heard, since := j.heard.Load(), time.Now()
	fullTime := 3 * j.c.config.ackWait
	return func(err error) bool {
		if now := j.heard.Load(); now != heard || !isFull(err) {
			heard, since = now, time.Now()
		}
		return time.Since(since) < fullTime
	}
}

func explainFull(err error) error {
	if isFull(err) {
		return fmt.Errorf("there is no room for more chunks, and no result comes: %w; let other jobs end or Forget them, or give the streams more room", err)
	}
	return err
}
