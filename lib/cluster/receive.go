package cluster

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// reply is a result as it comes, or why it could not be read.
type reply struct {
	*result
	err      error
	sequence uint64
	bytes    int
	came     time.Duration // since the Map began
}

// receive hears of the job's results until ctx ends. If the server that told
// of them is gone, another is asked for those after the last.
func (j *job) receive(ctx context.Context, into chan<- reply) {
	patience := answerTime
	for last := uint64(0); ctx.Err() == nil; patience = min(2*patience, connectTime) {
		last = j.listen(ctx, into, last, patience)
		select {
		case <-time.After(retryTime):
		case <-ctx.Done():
		}
	}
}

// listenBeat is how often the server of a consumer says that it is there. If
// that is not heard twice, another consumer is made.
const listenBeat = 500 * time.Millisecond

// listen hears of results after the sequence number last, and returns that of
// the last one. What it misses, audit will find. (A jetstream.OrderedConsumer
// misses nothing, but can hang if a server was killed.) A killed server
// that should get the consumer does not answer; each call may choose another.
func (j *job) listen(ctx context.Context, into chan<- reply, last uint64, patience time.Duration) uint64 {
	ask, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	name := newName()
	consumer, err := j.c.js.CreateConsumer(ask, doneStream, jetstream.ConsumerConfig{
		Name: name, FilterSubject: donePrefix + j.name + ".>", AckPolicy: jetstream.AckNonePolicy,
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: last + 1,
		MemoryStorage: true, Replicas: 1, InactiveThreshold: time.Minute,
	})
	if err != nil {
		return last
	}
	defer j.c.maps.Go(func() { j.c.dropConsumer(name) })
	hand := func(m jetstream.Msg) {
		r := reply{bytes: len(m.Data()), came: time.Since(j.begin)}
		if meta, err := m.Metadata(); err == nil {
			r.sequence = meta.Sequence.Stream
			last = r.sequence
		}
		r.result, r.err = parseResult(m.Subject(), m.Headers(), m.Data())
		select {
		case into <- r:
		case <-ctx.Done():
		}
	}
	if m, err := j.c.greet(ctx, consumer); err != nil {
		return last
	} else if m != nil {
		hand(m)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(64), jetstream.PullExpiry(pullTime), jetstream.PullHeartbeat(listenBeat))
	if err != nil {
		return last
	}
	defer messages.Stop()
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return last
		}
		hand(m)
	}
}

func (l *link) dropConsumer(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), cleanTime/5)
	defer cancel()
	if l.conn.IsConnected() {
		l.js.DeleteConsumer(ctx, doneStream, name) // else it vanishes after a while
	}
}
