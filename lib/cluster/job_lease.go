package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/notnil"
)

// record is what the servers know of a named job. The Map that wrote it last
// has the lease of the job.
type record struct {
	ID         string // stands for the job in subjects: a late worker of an earlier job of that name must not answer this one
	Task, Code string
	Items      int
	Chunk      int    // items in one
	Digest     string // see job.digest
	Owner      string // makes the text of each owner another
}

// digest identifies the work: SHA-256 of the task, its code and types, and of
// all items as workers receive them. The size of chunks does not count: a Map
// that resumes the job uses that of the first.
func (j *job) digest(ctx context.Context) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %q %d\n", j.task, j.code, j.types, j.items)
	err := j.cut(ctx, func(_ wire.Range, payload []byte) error {
		sum.Write(payload)
		return nil
	})
	return fmt.Sprintf("%x", sum.Sum(nil)), err
}

// acquireLease makes this Map the owner of its job: a new one, or one that
// another Map has left.
func (j *job) acquireLease(ctx context.Context) error {
	digest, err := j.digest(ctx)
	if err != nil {
		return err
	}
	mine := record{Task: j.task, Code: j.code, Items: j.items, Chunk: j.size, Digest: digest, Owner: wire.NewName()}
	start, stop := context.WithTimeout(ctx, jetstream.ReadyTimeout) // after the digest, which may take long
	defer stop()
	for j.revision == 0 {
		j.revision, err = j.tryLease(start, &mine)
		if err != nil && !errors.Is(err, jetstream.ErrChanged) {
			return fmt.Errorf("job %q %w", j.job, err)
		}
	}
	j.size, j.name = mine.Chunk, mine.ID
	return nil
}

var errTaken = errors.New("the job was taken over by another Map, or deleted")

// tryLease returns ErrChanged if another Map was faster.
func (j *job) tryLease(ctx context.Context, mine *record) (uint64, error) {
	text, revision, err := j.c.link.Record(ctx, j.job)
	if err != nil {
		return 0, err
	}
	mine.ID = wire.NewName()
	if len(text) > 0 {
		var there record
		if err := json.Unmarshal(text, &there); err != nil {
			return 0, fmt.Errorf("has a record that cannot be read: %w; use another name, or DeleteJob", err)
		}
		if err := there.sameWork(*mine); err != nil {
			return 0, fmt.Errorf("is another one: %w; use another name, or DeleteJob", err)
		}
		mine.Chunk, mine.ID = there.Chunk, there.ID
	}
	text, _ = json.Marshal(mine) // strings and numbers always encode
	return j.c.link.PutRecord(ctx, j.job, text, revision)
}

func (r record) sameWork(other record) error {
	switch {
	case r.Task != other.Task:
		return fmt.Errorf("its task is %q, not %q", r.Task, other.Task)
	case r.Code != other.Code:
		return fmt.Errorf("its task's code is %s, not %s", r.Code, other.Code)
	case r.Items != other.Items || r.Digest != other.Digest:
		return errors.New("it has other items")
	case !wire.IsName(r.ID) || r.Chunk < 1 || r.Chunk > wire.MaxItems:
		return fmt.Errorf("its record is invalid: ID %.80q, chunks of %d items", r.ID, r.Chunk)
	}
	return nil
}

// checkLease returns errTaken if a newer Map has acquired the lease of a named
// job, or the job was deleted.
func (j *job) checkLease(ctx context.Context) error {
	_, revision, err := j.c.link.Record(ctx, j.job)
	if err == nil && revision != j.revision {
		err = errTaken
	}
	return err
}

// DeleteJob deletes the chunks and results of a named job, and frees its name.
// A Map of it that is running ends with an error. If there is no such job,
// there is no error.
func (c *Cluster) DeleteJob(ctx context.Context, name string) error {
	notnil.Context(ctx, "cluster: DeleteJob")
	if !wire.IsName(name) {
		misuse("DeleteJob: the name must be 1 to 64 letters, digits, - and _, got %q", name)
	}
	c.begin("DeleteJob")
	defer c.maps.Done()
	text, revision, err := c.link.Record(ctx, name)
	if err == nil && len(text) > 0 {
		j := &job{c: c, options: options{job: name}, name: wire.NewName(), revision: revision}
		var there record
		if json.Unmarshal(text, &there) == nil && wire.IsName(there.ID) {
			j.name = there.ID
		} // otherwise there is only the name to free
		err = j.delete(ctx)
	}
	if err != nil {
		return fmt.Errorf("cluster: DeleteJob: job %q: %w", name, err)
	}
	return nil
}
