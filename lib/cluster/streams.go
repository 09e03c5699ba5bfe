package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The streams, which all jobs share, and the bucket with the names of jobs.
// One that is there already is used as it is: an operator may have chosen
// other limits or replicas.
const (
	workStream = "MULTIPROCESSING_WORK"
	doneStream = "MULTIPROCESSING_DONE"
	jobBucket  = "multiprocessing-jobs"
)

// keepFor is how long a job stays that nobody comes back for.
const keepFor = 7 * 24 * time.Hour

// workConfig is the stream of chunks: each is there once, and until it is
// acknowledged.
func workConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{Name: workStream, Subjects: []string{workPrefix + ">"}, Retention: jetstream.WorkQueuePolicy}
}

// doneConfig is the stream of results. It refuses a second one for the same
// chunk: that is what makes a second delivery change nothing. (To find
// duplicates by message id, as JetStream can, works for a limited time only.)
func doneConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{Name: doneStream, Subjects: []string{donePrefix + ">"}}
}

// streams makes the streams if they are not there. Within a program they are
// in memory: nothing would be left to read them. (In files a chunk took 160
// µs instead of 55, for the server reads a block of them again after each
// garbage collection.) Elsewhere they are in files, and on three servers if
// there is a cluster.
func (l *link) streams(ctx context.Context, limit int64) error {
	for _, config := range []jetstream.StreamConfig{workConfig(), doneConfig()} {
		config.MaxMsgsPerSubject = 1
		config.Discard = jetstream.DiscardNew
		config.DiscardNewPerSubject = true
		config.MaxAge = keepFor
		config.Storage, config.Replicas = l.storage()
		if limit > 0 {
			config.MaxBytes = limit
		}
		if _, err := l.stream(ctx, config); errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) {
			return fmt.Errorf("%w; who runs the server must allow it", err)
		} else if err != nil {
			return fmt.Errorf("making the stream %s: %w", config.Name, err)
		}
	}
	return nil
}

func (l *link) stream(ctx context.Context, config jetstream.StreamConfig) (jetstream.Stream, error) {
	return ask(ctx, func(ctx context.Context) (jetstream.Stream, error) {
		stream, err := l.js.Stream(ctx, config.Name)
		if !errors.Is(err, jetstream.ErrStreamNotFound) {
			return stream, err
		}
		stream, err = l.js.CreateStream(ctx, config)
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another was faster
			return l.js.Stream(ctx, config.Name)
		}
		return stream, err
	})
}

func (l *link) storage() (jetstream.StorageType, int) {
	if l.embedded {
		return jetstream.MemoryStorage, l.copies
	}
	return jetstream.FileStorage, l.copies
}

// queueConfig is what hands out the chunks of a queue. A chunk that nobody
// acknowledges in time goes to another worker; workers count how often, see
// readChunk. Queues of programs vanish when they are not used.
func queueConfig(queue string, ackWait time.Duration) jetstream.ConsumerConfig {
	config := jetstream.ConsumerConfig{
		Durable:       queue,
		FilterSubject: workPrefix + queue + ".>",
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       ackWait,
		MaxDeliver:    -1,
		MaxAckPending: -1,
		MaxWaiting:    1 << 17, // workers that wait for a chunk
	}
	if queue != LibQueue {
		config.InactiveThreshold = time.Hour
	}
	return config
}

// queue returns what hands out the chunks of a queue, and makes it if it is
// not there.
func (l *link) queue(ctx context.Context, name string, ackWait time.Duration) (jetstream.Consumer, error) {
	consumer, err := ask(ctx, func(ctx context.Context) (jetstream.Consumer, error) {
		consumer, err := l.js.Consumer(ctx, workStream, name)
		if errors.Is(err, jetstream.ErrConsumerNotFound) {
			return l.js.CreateOrUpdateConsumer(ctx, workStream, queueConfig(name, ackWait))
		}
		return consumer, err
	})
	if err != nil {
		return nil, fmt.Errorf("asking for queue %q: %w", name, err)
	}
	return consumer, nil
}

// isThere says of an error that a stream has a message for that subject
// already.
func isThere(err error) bool { return says(err, "maximum messages per subject exceeded") }

// isFull says of an error that a stream or a server has no room.
func isFull(err error) bool {
	return says(err, "maximum bytes exceeded") || says(err, "maximum messages exceeded") ||
		says(err, "insufficient") || says(err, "resource limits exceeded")
}

func says(err error, text string) bool {
	var refusal *jetstream.APIError
	return errors.As(err, &refusal) && strings.Contains(refusal.Description, text)
}

// isNotThere says of an error that a stream does not have the message.
func isNotThere(err error) bool { return errors.Is(err, jetstream.ErrMsgNotFound) }

// isFinal says of an error that to try again is of no use.
func isFinal(err error) bool {
	return errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrMaxPayload) || errors.Is(err, errOver) || isThere(err)
}

// Pauses between tries of what a server has refused for now.
const (
	shortPause = 5 * time.Millisecond
	longPause  = 500 * time.Millisecond
)

// insist stores a message, however often that takes. It returns as persist
// does, and when a message is there already.
func (l *link) insist(ctx context.Context, m *nats.Msg, goOn func(error) bool) error {
	return l.persist(ctx, func() error {
		_, err := l.js.PublishMsg(ctx, m)
		return err
	}, goOn)
}

// persist tries something until there is no error: a server may be full, or
// just be gone, and another take over. It returns when ctx ends, and when
// goOn, asked about each error, says no. (That a try took too long ends
// nothing: it is ctx that says how long all of them may take.)
func (l *link) persist(ctx context.Context, try func() error, goOn func(error) bool) error {
	for pause := shortPause; ; pause = min(2*pause, longPause) {
		err := try()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case l.conn.IsClosed() || isFinal(err) || isBroken(err) || !goOn(err):
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func always(error) bool { return true }

// once goes on always, and tells of an error, once, if there are errors for
// longer than a server may take to answer. A new stream on three servers has
// them in its first moments.
func once(tell func(error)) func(error) bool {
	var first time.Time
	told := false
	return func(err error) bool {
		if first.IsZero() {
			first = time.Now()
		}
		if !told && time.Since(first) >= answerTime {
			tell(err)
			told = true
		}
		return true
	}
}
