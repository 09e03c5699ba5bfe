package cluster

import (
	"context"

	"multiprocessing/lib/cluster/internal/jetstream"
)

// read is which results were read and are still in their stream.
type read struct {
	bytes, messages int
	last            uint64 // sequence number
}

// deleteSome deletes results that were read from their stream, now and then.
func (j *job) deleteSome(ctx context.Context, r reply) {
	j.read.bytes += len(r.Data)
	j.read.messages++
	j.read.last = max(j.read.last, r.Sequence)
	if j.left > 0 && (int64(j.read.bytes) >= j.c.limits.Read || j.read.messages >= jetstream.MaxReadMsgs) {
		j.deleteRead(ctx)
	}
}

// deleteRead deletes all results that were read. A named job keeps them for
// the next Map of its name.
func (j *job) deleteRead(ctx context.Context) {
	if j.isNamed() || j.read.messages == 0 {
		return
	}
	if j.c.link.DeleteResults(ctx, j.name, j.read.last) == nil {
		j.read = read{}
	} // else the next time, or at the end
}

// clean deletes the job. Servers may be about to elect a leader, so that it
// takes more than one attempt.
func (j *job) clean(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, jetstream.CleanTimeout)
	defer cancel()
	for {
		attempt, end := context.WithTimeout(ctx, jetstream.CleanTimeout/5)
		err := j.delete(attempt)
		end()
		if err == nil || err == errTaken || ctx.Err() != nil || !j.c.link.IsConnected() {
			return err
		}
	}
}

// delete deletes what the servers have of a job. A named job that has a newer
// owner stays, because that one reads the same results: then the error is
// errTaken.
func (j *job) delete(ctx context.Context) error {
	if j.c.link.IsClosed() {
		return nil
	}
	if j.isNamed() {
		if err := j.checkLease(ctx); err != nil {
			return err
		}
	}
	err := j.c.link.DeleteJob(ctx, j.c.queue, j.name)
	if err == nil && j.isNamed() {
		if _, err = j.c.link.PutRecord(ctx, j.job, nil, j.revision); err == jetstream.ErrChanged {
			return nil // by a newer owner, or by this attempt if its answer was lost
		}
	}
	return err
}
