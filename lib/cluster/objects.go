package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Chunks and results that are larger than a message may be go through the
// object store, into a bucket of their job, which ends with the job.

func bucketOf(job string) string { return "mp-" + job }

// headerRoom is what is left of a message for its subject and headers.
const headerRoom = 4 << 10

var errTooLarge = errors.New("it is too large")

// fits reports whether a message can hold that many bytes.
func (l *link) fits(bytes int) bool { return int64(bytes) <= l.conn.MaxPayload()-headerRoom }

// putObject stores data under a name that begins with name, and returns it
// whole. It is another for each call: two workers with the same chunk must
// not write to the same object.
func (l *link) putObject(ctx context.Context, job, name string, data []byte) (string, error) {
	if len(data) > maxObject {
		return "", fmt.Errorf("%d bytes are too many for one chunk, the most is %d; use smaller chunks", len(data), maxObject)
	}
	bucket, err := l.js.ObjectStore(ctx, bucketOf(job))
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		storage, replicas := l.storage()
		bucket, err = l.js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{
			Bucket: bucketOf(job), TTL: keepFor, Storage: storage, Replicas: replicas})
		if errors.Is(err, jetstream.ErrBucketExists) {
			bucket, err = l.js.ObjectStore(ctx, bucketOf(job))
		}
	}
	if err != nil {
		return "", err
	}
	name += "." + newName()
	_, err = bucket.PutBytes(ctx, name, data)
	return name, err
}

// getObject returns the data of an object, if there are not too many.
func (l *link) getObject(ctx context.Context, job, name string) ([]byte, error) {
	bucket, err := l.js.ObjectStore(ctx, bucketOf(job))
	if err != nil {
		return nil, err
	}
	object, err := bucket.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	defer object.Close()
	info, err := object.Info()
	if err != nil {
		return nil, err
	}
	if info.Size > maxObject {
		return nil, fmt.Errorf("object %q has %d bytes, the most is %d: %w", name, info.Size, maxObject, errTooLarge)
	}
	data := make([]byte, info.Size)
	if _, err = io.ReadFull(object, data); err != nil {
		return nil, err
	}
	_, err = object.Read(make([]byte, 1)) // at the end its digest is checked
	if err == io.EOF {
		return data, nil
	}
	return nil, errors.Join(err, fmt.Errorf("object %q is not as long as it says", name))
}

// isGone says of an error of getObject that another try would have the same.
func isGone(err error) bool {
	return errors.Is(err, jetstream.ErrObjectNotFound) || errors.Is(err, jetstream.ErrBucketNotFound) || errors.Is(err, errTooLarge)
}

// dropObject takes an object away that nobody needs. It stays until the end
// of its job if that fails.
func (l *link) dropObject(ctx context.Context, job, name string) {
	if bucket, err := l.js.ObjectStore(ctx, bucketOf(job)); err == nil {
		bucket.Delete(ctx, name)
	}
}

// cleanTime is how long to try to take away what is left of a job.
const cleanTime = 10 * time.Second
