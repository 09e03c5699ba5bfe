package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"multiprocessing/lib/cluster/internal/wire"
)

// The streams, which all jobs share. If they exist they are used as they are:
// an operator may have chosen other limits or replicas.
const (
	workStream = "MULTIPROCESSING_WORK"
	doneStream = "MULTIPROCESSING_DONE"
	jobStream  = "MULTIPROCESSING_JOBS" // created for the first named job
)

// keepFor is how long an abandoned job stays.
const keepFor = 7 * 24 * time.Hour

// config describes a stream with one message for each subject.
func (l *Link) config(name, subjects string) jetstream.StreamConfig {
	return jetstream.StreamConfig{Name: name, Subjects: []string{subjects}, MaxMsgsPerSubject: 1, MaxAge: keepFor,
		Storage: l.storage(), Replicas: l.copies}
}

// CreateStreams creates the streams of chunks and results if they do not exist.
// maxBytes limits each; 0 is no limit.
//
// A chunk stays until it is acknowledged. The first result for the same items
// stays, so that a second delivery of a chunk changes nothing. (JetStream can
// find duplicates by message ID, but only for a limited time.)
func (l *Link) CreateStreams(ctx context.Context, maxBytes int64) error {
	work, done := l.config(workStream, wire.AllChunks), l.config(doneStream, wire.AllResults)
	work.Retention = jetstream.WorkQueuePolicy
	for _, config := range []jetstream.StreamConfig{work, done} {
		config.Discard, config.DiscardNewPerSubject, config.MaxBytes = jetstream.DiscardNew, true, maxBytes
		if err := l.createStream(ctx, config); err != nil {
			return err
		}
	}
	return nil
}

func (l *Link) createStream(ctx context.Context, config jetstream.StreamConfig) error {
	_, err := ask(ctx, func(ctx context.Context) (jetstream.Stream, error) {
		stream, err := l.js.Stream(ctx, config.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			stream, err = l.js.CreateStream(ctx, config)
		}
		return stream, err
	})
	switch {
	case err == nil || errors.Is(err, jetstream.ErrStreamNameAlreadyInUse): // another client was faster
		return nil
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return fmt.Errorf("%w; the operator of the server must enable it", err)
	}
	return fmt.Errorf("creating the stream %s: %w", config.Name, err)
}

// storage is memory within a program, because nothing would be left to read
// the files, and a chunk took 160 µs with files instead of 55: the server
// reads a block of them again after each garbage collection.
func (l *Link) storage() jetstream.StorageType {
	if l.InProgram {
		return jetstream.MemoryStorage
	}
	return jetstream.FileStorage
}

// queueConfig describes a queue. A chunk that is not acknowledged within
// ackWait goes to another worker; workers count these deliveries. Queues of
// programs are deleted when they are not used.
func queueConfig(name string, ackWait time.Duration, shared bool) jetstream.ConsumerConfig {
	config := jetstream.ConsumerConfig{
		Durable:       name,
		FilterSubject: wire.Chunks(name),
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       ackWait,
		MaxDeliver:    -1,
		MaxAckPending: -1,
		MaxWaiting:    1 << 17, // workers that wait for a chunk
	}
	if !shared {
		config.InactiveThreshold = time.Hour
	}
	return config
}
