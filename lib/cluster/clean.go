package cluster

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"
)

// consumed is what has been read from the stream and not been purged.
type consumed struct {
	bytes, messages int
	last            uint64 // sequence number
}

// purge has the stream forget results that have been read, now and then. A
// job that can be picked up again keeps them.
func (j *job) purge(ctx context.Context, r reply) error {
	j.unread.bytes += r.bytes
	j.unread.messages++
	j.unread.last = max(j.unread.last, r.sequence)
	if j.left == 0 || int64(j.unread.bytes) < j.c.keepBytes && j.unread.messages < keepMessages {
		return nil
	}
	return j.purgeRead(ctx)
}

// purgeRead has the stream forget all results that have been read.
func (j *job) purgeRead(ctx context.Context) error {
	if j.named || j.unread.messages == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	_, err := ask(ctx, func(ctx context.Context) (any, error) {
		stream, err := j.c.js.Stream(ctx, doneStream)
		if err != nil {
			return nil, err
		}
		return nil, stream.Purge(ctx, jetstream.WithPurgeSubject(donePrefix+j.name+".>"), jetstream.WithPurgeSequence(j.unread.last+1))
	})
	if err == nil {
		j.unread = consumed{}
	}
	return nil // else the next time, or at the end
}

// clean takes away what is left of the job. Servers may be about to choose a
// leader, so that it takes more than one try.
func (j *job) clean(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, cleanTime)
	defer cancel()
	for {
		try, end := context.WithTimeout(ctx, cleanTime/5)
		err := j.takeAway(try)
		end()
		if err == nil || ctx.Err() != nil || !j.c.conn.IsConnected() {
			return err
		}
	}
}

// takeAway removes all that the servers have of a job. It leaves a job with a
// name to a newer owner: that one reads the same results.
func (j *job) takeAway(ctx context.Context) error {
	if j.c.conn.IsClosed() {
		return nil
	}
	if j.named {
		if mine, err := j.isOwner(ctx); err != nil || !mine {
			return err
		}
	}
	queue := j.c.queue
	var errs []error
	for _, of := range []struct{ stream, subjects string }{
		{workStream, workPrefix + queue + "." + j.name + ".>"},
		{doneStream, donePrefix + j.name + ".>"},
	} {
		stream, err := j.c.js.Stream(ctx, of.stream)
		if err == nil {
			err = stream.Purge(ctx, jetstream.WithPurgeSubject(of.subjects))
		}
		errs = append(errs, err)
	}
	if err := j.c.js.DeleteObjectStore(ctx, bucketOf(j.name)); !errors.Is(err, jetstream.ErrBucketNotFound) && !errors.Is(err, jetstream.ErrStreamNotFound) {
		errs = append(errs, err)
	}
	if j.named {
		errs = append(errs, j.release(ctx))
	}
	return errors.Join(errs...)
}
