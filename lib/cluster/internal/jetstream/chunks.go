package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"multiprocessing/lib/cluster/internal/wire"
)

// Queue delivers chunks to workers.
type Queue struct{ consumer jetstream.Consumer }

// Queue returns a queue, and creates it if it does not exist. A queue that is
// not shared is deleted an hour after its last use.
func (l *Link) Queue(ctx context.Context, name string, ackWait time.Duration, shared bool) (*Queue, error) {
	consumer, err := ask(ctx, func(ctx context.Context) (jetstream.Consumer, error) {
		consumer, err := l.js.Consumer(ctx, workStream, name)
		if errors.Is(err, jetstream.ErrConsumerNotFound) {
			return l.js.CreateOrUpdateConsumer(ctx, workStream, queueConfig(name, ackWait, shared))
		}
		return consumer, err
	})
	if err != nil {
		return nil, fmt.Errorf("asking for queue %q: %w", name, err)
	}
	return &Queue{consumer}, nil
}

// AckWait is how long a worker has a chunk without a sign of life.
func (q *Queue) AckWait() time.Duration { return q.consumer.CachedInfo().Config.AckWait }

// Workers returns how many workers waited for a chunk or had one when the
// queue was asked for.
func (q *Queue) Workers() int {
	info := q.consumer.CachedInfo()
	return info.NumWaiting + info.NumAckPending
}

// Receive calls take for one chunk after the other until ctx ends, and then
// for chunks that were delivered too late. It asks for one at a time, so that
// none waits behind a long one, or is lost with a worker that had not begun it.
//
// Messages has room for one message, heartbeats included, and drops what comes
// beyond. Next waits while a request is open, so this takes two heartbeats that
// were not read: the process stood still for workHeartbeat. Then the chunk is
// delivered again after the ack wait, as if the worker had been cut off.
func (q *Queue) Receive(ctx context.Context, take func(*Delivery)) error {
	m, err := firstFetch(ctx, q.consumer)
	if err != nil {
		return err
	} else if m != nil {
		take(newDelivery(m))
	}
	chunks, err := q.consumer.Messages(jetstream.PullMaxMessages(1), jetstream.PullExpiry(pullExpiry), jetstream.PullHeartbeat(workHeartbeat))
	if err != nil {
		return err
	}
	defer chunks.Stop()
	for ctx.Err() == nil {
		m, err := next(ctx, chunks)
		if err == nil {
			take(newDelivery(m))
		} else if ctx.Err() == nil && !errors.Is(err, jetstream.ErrNoHeartbeat) { // after that Next asks again
			return err
		}
	}
	chunks.Drain()
	for {
		m, err := chunks.Next()
		if err != nil {
			return nil
		}
		take(newDelivery(m))
	}
}

// Delivery is a chunk as a worker gets it.
type Delivery struct {
	wire.Message
	Count    int // how many times it was delivered, this time included
	sequence uint64
	msg      jetstream.Msg
}

func newDelivery(m jetstream.Msg) *Delivery {
	d := &Delivery{Message: wire.Message{Subject: m.Subject(), Header: m.Headers(), Data: m.Data()}, Count: 1, msg: m}
	if meta, err := m.Metadata(); err == nil {
		d.Count, d.sequence = int(min(meta.NumDelivered, wire.MaxAttempts+1)), meta.Sequence.Stream
	}
	return d
}

// Acknowledge deletes the chunk from the queue.
func (d *Delivery) Acknowledge() { d.msg.Ack() }

// AcknowledgeNow is Acknowledge, and waits for the server.
func (d *Delivery) AcknowledgeNow(ctx context.Context) error { return d.msg.DoubleAck(ctx) }

// Redeliver has the chunk delivered again now.
func (d *Delivery) Redeliver() { d.msg.Nak() }

// Reject deletes the chunk, which could not be read, from the queue.
func (d *Delivery) Reject() { d.msg.TermWithReason("malformed") }

// InProgress is a sign of life.
func (d *Delivery) InProgress() { d.msg.InProgress() }

// IsQueued reports whether the chunk is still in the stream: not acknowledged
// by any worker, and not deleted with its job.
func (l *Link) IsQueued(ctx context.Context, d *Delivery) (bool, error) {
	last, found, err := l.lookUp(ctx, workStream, d.Subject)
	if err != nil {
		return false, fmt.Errorf("asking whether a chunk is queued: %w", err)
	}
	return found && last.Sequence == d.sequence, nil
}

// Replace stores a new message for a chunk that was acknowledged. A cluster
// takes a moment to delete the old one everywhere. If the client was faster to
// send the chunk again, nothing is stored.
func (l *Link) Replace(ctx context.Context, d *Delivery, m wire.Message) error {
	for {
		_, err := l.js.PublishMsg(ctx, toNATS(m))
		if !isStored(err) {
			return err
		}
		last, found, err := l.lookUp(ctx, workStream, d.Subject)
		if err == nil && found && last.Sequence > d.sequence {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		Sleep(ctx, MinPause)
	}
}

// QueuedChunks returns which chunks of a job are in the stream.
func (l *Link) QueuedChunks(ctx context.Context, queue, job string) (map[wire.Range]bool, error) {
	return l.ranges(ctx, workStream, wire.JobChunks(queue, job))
}
