package jetstream

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"

	"multiprocessing/lib/cluster/internal/wire"
)

// ErrChanged is the error of a change to a record that was changed by another
// client.
var ErrChanged = errors.New("the record was changed")

// Record returns the record of a named job and its revision. It is empty if
// the job does not exist.
func (l *Link) Record(ctx context.Context, job string) (text []byte, revision uint64, err error) {
	m, found, err := l.lookUp(ctx, jobStream, wire.JobRecord(job))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, 0, nil
	} else if err != nil || !found {
		return nil, 0, err
	}
	return m.Data, m.Sequence, nil
}

// PutRecord writes a record, or returns ErrChanged if the revision is not its
// last one. An empty record frees the name.
func (l *Link) PutRecord(ctx context.Context, job string, text []byte, revision uint64) (uint64, error) {
	if err := l.createStream(ctx, l.config(jobStream, wire.AllRecords)); err != nil {
		return 0, err
	}
	ack, err := ask(ctx, func(ctx context.Context) (*jetstream.PubAck, error) {
		return l.js.Publish(ctx, wire.JobRecord(job), text, jetstream.WithExpectLastSequencePerSubject(revision))
	})
	switch {
	case says(err, "wrong last sequence"): // one server and several have error codes of their own
		return 0, ErrChanged
	case err != nil:
		return 0, err
	}
	return ack.Sequence, nil
}
