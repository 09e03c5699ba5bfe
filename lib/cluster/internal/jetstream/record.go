package jetstream

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"
)

// ErrChanged is the error of a change to a record that was changed by another
// client.
var ErrChanged = errors.New("the record was changed")

// Record returns the record of a named job and its revision. It is empty if
// the job does not exist. (KeyValue.Get does not ask the leader.)
func (l *Link) Record(ctx context.Context, job string) (text []byte, revision uint64, err error) {
	m, found, err := l.lookUp(ctx, "KV_"+jobBucket, "$KV."+jobBucket+"."+job)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, 0, nil
	} else if err != nil || !found {
		return nil, 0, err
	}
	return m.Data, m.Sequence, nil // the last message of a deleted record is empty
}

// PutRecord writes a record, or returns ErrChanged if the revision is not its
// last one.
func (l *Link) PutRecord(ctx context.Context, job string, text []byte, revision uint64) (uint64, error) {
	return ask(ctx, func(ctx context.Context) (uint64, error) {
		records, err := l.records(ctx)
		if err != nil {
			return 0, err
		}
		revision, err := records.Update(ctx, job, text, revision)
		if errors.Is(err, jetstream.ErrKeyExists) {
			err = ErrChanged
		}
		return revision, err
	})
}

// DeleteRecord deletes a record, unless the revision is not its last one.
func (l *Link) DeleteRecord(ctx context.Context, job string, revision uint64) error {
	records, err := l.js.KeyValue(ctx, jobBucket)
	if err == nil {
		err = records.Purge(ctx, job, jetstream.LastRevision(revision))
	}
	if errors.Is(err, jetstream.ErrBucketNotFound) || errors.Is(err, jetstream.ErrKeyExists) {
		return nil
	}
	return err
}

func (l *Link) records(ctx context.Context) (jetstream.KeyValue, error) {
	records, err := l.js.KeyValue(ctx, jobBucket)
	if !errors.Is(err, jetstream.ErrBucketNotFound) {
		return records, err
	}
	records, err = l.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: jobBucket, TTL: keepFor, Storage: l.storage(), Replicas: l.copies})
	if errors.Is(err, jetstream.ErrBucketExists) { // another client was faster
		return l.js.KeyValue(ctx, jobBucket)
	}
	return records, err
}
