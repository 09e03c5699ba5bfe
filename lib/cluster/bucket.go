package cluster

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"
)

func bucketOf(job string) string { return "mp-" + job }

func streamOf(job string) string { return "OBJ_" + bucketOf(job) } // that the bucket is

// makeBucket makes the bucket of a job if it is not there. A job's end takes
// its chunks away first and its bucket last. So who finds that it is still
// wanted after the bucket was made leaves nothing behind; who does not, takes
// it away.
func (l *link) makeBucket(ctx context.Context, job string, wanted func(context.Context) error) error {
	if err := wanted(ctx); err != nil {
		return err
	}
	made := false
	bucket, err := ask(ctx, func(ctx context.Context) (jetstream.ObjectStore, error) {
		bucket, err := l.js.ObjectStore(ctx, bucketOf(job))
		if !errors.Is(err, jetstream.ErrBucketNotFound) {
			return bucket, err
		}
		made = true
		storage, replicas := l.storage()
		bucket, err = l.js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{
			Bucket: bucketOf(job), TTL: keepFor, Storage: storage, Replicas: replicas})
		if errors.Is(err, jetstream.ErrBucketExists) {
			return l.js.ObjectStore(ctx, bucketOf(job))
		}
		return bucket, err
	})
	if err != nil || !made {
		return err
	}
	if err = wanted(ctx); errors.Is(err, errOver) {
		if status, cause := bucket.Status(ctx); cause == nil && status.Size() == 0 { // else it is another's, too
			l.js.DeleteObjectStore(ctx, bucketOf(job))
		}
	}
	return err
}
