package cluster

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// claimed is what the servers know of a job that has a name.
type claimed struct {
	ID         string // stands for it in subjects: a worker that is late for an earlier job of that name must not answer this one
	Task, Code string
	Items      int
	Chunk      int    // items in one
	Digest     string // see job.identity
	Owner      string // who reads its results; the last one that came
}

// identity tells the job's work from any other: SHA-256 of the task, its code
// and types, and of all items as workers receive them. How the items are cut
// into chunks does not count, because a Map that picks the job up uses the
// chunks of the first.
func (j *job) identity(ctx context.Context) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %q %d\n", j.task, j.code, j.types, j.items)
	for number := 0; number*j.size < j.items; number++ {
		payload, err := j.payload(ctx, number)
		if err != nil {
			return "", err
		}
		sum.Write(payload)
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

// claim makes this Map the owner of its job: a new one, or one that another
// has left. It ends with cancel if the next one comes.
func (j *job) claim(ctx context.Context, cancel context.CancelCauseFunc) error {
	digest, err := j.identity(ctx)
	if err != nil {
		return err
	}
	mine := claimed{Task: j.task, Code: j.code, Items: j.items, Chunk: j.size, Digest: digest, Owner: newName()}
	asking, stop := context.WithTimeout(ctx, readyTime) // after the identity, which takes long if there is much
	defer stop()
	jobs, err := ask(asking, j.jobs)
	if err != nil {
		return fmt.Errorf("asking for job %q: %w", j.job, err)
	}
	for j.revision == 0 {
		j.revision, err = ask(asking, func(ctx context.Context) (uint64, error) { return j.claimOnce(ctx, jobs, &mine) })
		if err != nil {
			return err
		}
	}
	j.size, j.name = mine.Chunk, mine.ID
	return j.watch(ctx, asking, cancel, jobs)
}

func (j *job) jobs(ctx context.Context) (jetstream.KeyValue, error) {
	jobs, err := j.c.js.KeyValue(ctx, jobBucket)
	if !errors.Is(err, jetstream.ErrBucketNotFound) {
		return jobs, err
	}
	storage, replicas := j.c.storage()
	jobs, err = j.c.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: jobBucket, TTL: keepFor, Storage: storage, Replicas: replicas})
	if errors.Is(err, jetstream.ErrBucketExists) {
		return j.c.js.KeyValue(ctx, jobBucket)
	}
	return jobs, err
}

// description returns what the servers know of the job, and its revision; of a
// job that is not there, nothing. Unlike KeyValue.Get it asks the leader.
func (j *job) description(ctx context.Context) (text []byte, revision uint64, err error) {
	m, err := j.c.lookUp(ctx, "KV_"+jobBucket, lastFor("$KV."+jobBucket+"."+j.job))
	if isNotThere(err) || errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, 0, nil
	} else if err != nil {
		return nil, 0, err
	}
	return m.Data, m.Sequence, nil // of a job that was purged the last message is empty
}

// claimOnce returns 0 if another was faster.
func (j *job) claimOnce(ctx context.Context, jobs jetstream.KeyValue, mine *claimed) (revision uint64, err error) {
	text, revision, err := j.description(ctx)
	if err == nil {
		mine.ID = newName()
		if len(text) > 0 {
			var there claimed
			if err := json.Unmarshal(text, &there); err != nil {
				return 0, fmt.Errorf("job %q is described in a way that cannot be read: %w; give it another name, or Forget it", j.job, err)
			}
			if err := there.sameWork(*mine); err != nil {
				return 0, fmt.Errorf("job %q is another one: %w; give it another name, or Forget it", j.job, err)
			}
			mine.Chunk, mine.ID = there.Chunk, there.ID
		}
		text, _ = json.Marshal(mine)
		revision, err = jobs.Update(ctx, j.job, text, revision)
	}
	if errors.Is(err, jetstream.ErrKeyExists) {
		return 0, nil
	} else if err != nil {
		return 0, fmt.Errorf("asking for job %q: %w", j.job, err)
	}
	return revision, nil
}

func (c claimed) sameWork(other claimed) error {
	switch {
	case c.Task != other.Task:
		return fmt.Errorf("its task is %q, not %q", c.Task, other.Task)
	case c.Code != other.Code:
		return fmt.Errorf("its task's code is %s, not %s", c.Code, other.Code)
	case c.Items != other.Items || c.Digest != other.Digest:
		return errors.New("it has other items")
	case !token.MatchString(c.ID):
		return fmt.Errorf("it is called %.80q", c.ID)
	case c.Chunk < 1 || c.Chunk > maxItems:
		return fmt.Errorf("its chunks have %d items", c.Chunk)
	}
	return nil
}

// find says which job has the name, if there is one.
func (j *job) find(ctx context.Context) (found bool, err error) {
	text, revision, err := j.description(ctx)
	if err != nil || len(text) == 0 {
		return false, err
	}
	j.revision = revision
	var there claimed
	if json.Unmarshal(text, &there) == nil && token.MatchString(there.ID) {
		j.name = there.ID
	} // else there is nothing to take away but the name
	return true, nil
}

// watch ends the Map when its job gets another owner, or is forgotten. It is
// told of what is there now, too, for that may have changed since the claim;
// a server that is behind may tell of earlier owners.
func (j *job) watch(ctx, asking context.Context, cancel context.CancelCauseFunc, jobs jetstream.KeyValue) error {
	var end context.CancelFunc
	changes, err := ask(asking, func(try context.Context) (jetstream.KeyWatcher, error) {
		var watching context.Context // longer than the try
		watching, end = context.WithCancel(ctx)
		stop := context.AfterFunc(try, end)
		changes, err := jobs.Watch(watching, j.job)
		if err == nil && stop() {
			return changes, nil
		}
		end()
		return nil, cmp.Or(try.Err(), err)
	})
	if err != nil {
		return fmt.Errorf("asking for job %q: %w", j.job, err)
	}
	go func() { // ends with ctx, which the Map's end ends
		defer end()
		defer changes.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case entry, open := <-changes.Updates():
				if !open {
					return
				}
				if entry != nil && entry.Revision() > j.revision {
					cancel(errTaken)
				}
			}
		}
	}()
	return nil
}

var errTaken = errors.New("the job was picked up by another, or forgotten")

// isOwner reports whether no other Map has claimed the job since this one did,
// and nobody has forgotten it.
func (j *job) isOwner(ctx context.Context) (bool, error) {
	_, revision, err := j.description(ctx)
	return err == nil && j.revision > 0 && revision == j.revision, err
}

// release frees the job's name, unless it has a newer owner: a release may
// come late.
func (j *job) release(ctx context.Context) error {
	jobs, err := j.c.js.KeyValue(ctx, jobBucket)
	if err == nil {
		err = jobs.Purge(ctx, j.job, jetstream.LastRevision(j.revision))
	}
	if errors.Is(err, jetstream.ErrBucketNotFound) || errors.Is(err, jetstream.ErrKeyExists) {
		return nil
	}
	return err
}

// isMine says errOver of a job that was picked up by another, or forgotten: it
// may have ended by now. One without a name ends with its Map.
func (j *job) isMine(ctx context.Context) error {
	if !j.named {
		return nil
	}
	text, _, err := j.description(ctx)
	var there claimed
	if err == nil && (json.Unmarshal(text, &there) != nil || there.ID != j.name) {
		return errOver
	}
	return err
}
