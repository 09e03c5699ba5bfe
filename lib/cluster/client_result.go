package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/registered"
)

// take takes a result. An error ends the job.
func (j *job) take(ctx context.Context, r reply) error {
	if r.failed != nil {
		j.fail(r.failed.item, r.failed.err)
		return nil
	}
	result, err := wire.ParseResult(r.Message)
	if err == nil && result.To > j.items {
		err = fmt.Errorf("it is of %v, of %d", result.Range, j.items)
	}
	if err == nil && j.isDone(result.Range) {
		return nil
	}
	if err == nil {
		err = j.open(ctx, result)
	}
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	} else if err != nil {
		return j.reject(ctx, r, err)
	}
	j.count(result, r)
	j.deleteSome(ctx, r)
	return nil
}

// open decodes results, or records a failure.
func (j *job) open(ctx context.Context, r *wire.Result) error {
	if r.Kind == wire.Values {
		if err := j.decode(ctx, r.Payload, r.Range); err != nil {
			return fmt.Errorf("the result of %v cannot be decoded: %w", r.Range, err)
		}
		return nil
	}
	f, err := r.Failure()
	if err != nil {
		return err
	}
	item := r.From + f.At
	switch r.Kind {
	case wire.Lost:
		j.lost.Task = j.task
		j.lost.Chunks = append(j.lost.Chunks, LostChunk{From: r.From, To: r.To, Inputs: j.show(r.Range), Attempts: j.maxAttempts})
	case wire.Refused:
		j.fail(item, &RefusedError{Task: j.task, Worker: r.Worker, Why: f.Text})
	case registered.Panicked:
		j.fail(item, &PanicError{Task: j.task, Item: item, Worker: r.Worker, Value: f.Text, Stack: f.Stack, err: f.Cause()})
	case registered.Failed:
		j.fail(item, cmp.Or(f.Cause(), errors.New(f.Text)))
	case registered.NoResult:
		j.fail(item, fmt.Errorf("its result cannot be sent: %s", f.Text))
	case wire.TooLarge:
		j.fail(item, fmt.Errorf("its result %s", f.Text))
	case registered.BadInput, wire.Malformed:
		j.fail(item, fmt.Errorf("it cannot be read in worker %s: %s", r.Worker, f.Text))
		if before := (wire.Range{From: r.From, To: item}); f.At > 0 { // they have not run
			j.flight.remove(r.Range)
			j.flight.costs.Store(before, int64(0))
			r.From = item
			return j.sendAgain(ctx, before)
		}
	default:
		return fmt.Errorf("unknown kind of result %.40q", r.Kind)
	}
	return nil
}

// fail records the failure of an item. Items after the lowest one that failed
// need no results.
func (j *job) fail(item int, err error) {
	if item >= int(j.end.Load()) {
		return
	}
	j.failure = failedItem(item, err)
	j.end.Store(int64(item))
	j.left = 0
	for _, done := range j.done[:item] {
		if !done {
			j.left++
		}
	}
}

func (j *job) isDone(r wire.Range) bool { return !slices.Contains(j.done[r.From:r.To], false) }

// count counts the items of a result.
func (j *job) count(r *wire.Result, came reply) {
	for i := r.From; i < r.To; i++ {
		if !j.done[i] {
			j.done[i] = true
			j.counted++
			if i < int(j.end.Load()) {
				j.left--
			}
		}
	}
	j.received.Add(1)
	j.pause = j.c.config.ackWait
	if !j.flight.remove(r.Range) { // it is one part of several
		for _, chunk := range j.flight.ranges() {
			if j.isDone(chunk) {
				j.flight.remove(chunk)
			}
		}
	}
	if r.Kind != wire.Lost {
		j.times.add(timed{Span{Worker: j.worker(r.Worker), First: r.From, Items: r.Len(), Start: r.Began, End: r.Ended}, r.Clock, came.came})
	}
	if j.progress != nil {
		j.progress(j.counted, j.items)
	}
}

// worker returns the number of a worker: those of this Cluster have one in
// their name, others get the next.
func (j *job) worker(name string) int {
	if number, ours := strings.CutPrefix(name, j.c.instance+"/"); ours {
		if n, err := strconv.Atoi(number); err == nil && n > 0 {
			return n
		}
	}
	if j.workers[name] == 0 {
		j.workers[name] = max(1, j.c.config.Processes)*j.c.config.Workers + len(j.workers) + 1
	}
	return j.workers[name]
}

// maxBad is how many results of a job may be unreadable.
const maxBad = 20

// reject deletes a result that cannot be read from the stream. The next audit
// sends its chunk again.
func (j *job) reject(ctx context.Context, r reply, why error) error {
	j.c.rejected.Add(1)
	if j.bad++; j.bad > maxBad {
		return fmt.Errorf("%d results could not be read; the last: %w", j.bad, why)
	}
	j.pause = jetstream.RetryPause // until there is another result for its items
	j.c.link.DeleteResult(ctx, r.Sequence)
	return nil
}
