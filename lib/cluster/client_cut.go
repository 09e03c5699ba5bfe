package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"multiprocessing/lib/cluster/internal/wire"
)

const (
	// chunksPerWorker is the goal of automatic chunks, as in package process:
	// many enough to balance unequal tasks, few because each has a cost.
	chunksPerWorker = 16
	// assumedWorkers is used if there is no worker yet.
	assumedWorkers = 16
	// goodBytes limits automatic chunks: far less than a message may have.
	goodBytes = 256 << 10
	// sampled is how many items are encoded to estimate their size.
	sampled = 16
)

// automaticSize chooses how many items a chunk has.
func (j *job) automaticSize(ctx context.Context) int {
	size := j.items / (j.c.workerCount(ctx) * chunksPerWorker)
	n := min(sampled, j.items)
	if sample, err := j.encode(ctx, wire.Range{To: n}); err == nil && len(sample) > 0 {
		size = min(size, goodBytes*n/len(sample))
	}
	return min(max(1, size), wire.MaxItems)
}

// workerCount returns how many workers this Cluster has, or without any, how
// many wait in the queue or have a chunk.
func (c *Cluster) workerCount(ctx context.Context) int {
	if c.config.Workers > 0 {
		return c.config.Workers * max(1, c.config.Processes)
	}
	queue, err := c.askQueue(ctx)
	if err != nil || queue.Workers() == 0 {
		return assumedWorkers
	}
	return queue.Workers()
}

// cut calls visit for each chunk, encoded, but not for known ones.
func (j *job) cut(ctx context.Context, visit func(r wire.Range, payload []byte) error) error {
	for from := 0; from < int(j.end.Load()); from += j.size {
		r := wire.Range{From: from, To: min(from+j.size, j.items)}
		if j.isKnown(r) {
			continue
		}
		if err := j.cutRange(ctx, r, visit); err != nil {
			return err
		}
	}
	return nil
}

// isKnown reports whether the items are in the streams since an earlier Map of
// the job.
func (j *job) isKnown(r wire.Range) bool {
	return j.known != nil && !slices.Contains(j.known[r.From:r.To], false)
}

// cutRange calls visit for a chunk. If that does not fit into a message, it is
// cut in two.
func (j *job) cutRange(ctx context.Context, r wire.Range, visit func(wire.Range, []byte) error) error {
	payload, err := j.encode(ctx, r)
	var failed *itemError
	switch {
	case errors.As(err, &failed) && failed.item > r.From: // items before it may fail as well
		return cmp.Or(j.cutRange(ctx, wire.Range{From: r.From, To: failed.item}, visit), err)
	case err != nil:
		return err
	case len(payload) <= j.c.limits.Payload:
		return visit(r, payload)
	case r.Len() == 1:
		return &itemError{r.From, errors.New("it " + tooLarge(len(payload), j.c.limits.Payload))}
	}
	for _, half := range r.Halves() {
		if err := j.cutRange(ctx, half, visit); err != nil {
			return err
		}
	}
	return nil
}

// itemError is the error of an item that could not be sent.
type itemError struct {
	item int
	err  error
}

func (e *itemError) Error() string { return e.err.Error() }

// tooLarge returns the text for a value that does not fit into a message.
func tooLarge(size, limit int) string {
	return fmt.Sprintf("encodes to %s; the limit is %s: pass a reference instead of the data", bytesOf(size), bytesOf(limit))
}

func bytesOf(n int) string {
	switch {
	case n < 1<<10:
		return fmt.Sprint(n, " bytes")
	case n < 1<<20:
		return fmt.Sprintf("%.4g KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.4g MB", float64(n)/(1<<20))
}
