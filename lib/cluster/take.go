package cluster

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"multiprocessing/lib/internal/registered"
)

// take takes in a result. The error ends the job.
func (j *job) take(ctx context.Context, r reply) error {
	if r.err != nil || r.number >= j.chunks {
		return j.reject(ctx, r)
	}
	if j.done[r.number] {
		return nil
	}
	if r.object != "" {
		if r.err = j.readObject(ctx, r.result); ctx.Err() != nil {
			return context.Cause(ctx)
		} else if r.err != nil && !isBroken(r.err) {
			return nil // the connection has ended, and the job will
		}
	}
	var failure registered.Failure
	from, to := j.bounds(r.number)
	if r.err == nil {
		r.err = j.open(ctx, r.result, from, to, &failure)
	}
	if r.err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if r.err != nil {
		return j.reject(ctx, r)
	}
	if err := j.judge(r.result, failure); err != nil {
		return err
	}
	j.count(r)
	if r.object != "" && !j.named {
		j.c.dropObject(j.name, r.object) // there may be no room for others
	}
	return j.purge(ctx, r)
}

// readObject reads a result from its object, as often as that takes: what may
// pass does not make it a bad one.
func (j *job) readObject(ctx context.Context, r *result) error {
	return j.c.persist(ctx, func() (err error) {
		r.payload, err = j.c.getObject(ctx, j.name, r.object)
		return err
	}, once(func(err error) {
		tell("cannot read the result of chunk %d of job %s yet, and tries again: %v", r.number, r.job, err)
	}))
}

// open decodes what a result holds.
func (j *job) open(ctx context.Context, r *result, from, to int, failure *registered.Failure) (err error) {
	if r.kind != values {
		if *failure, err = r.failure(); err == nil && (r.kind == registered.Panicked || r.kind == registered.Failed) && failure.At >= to-from {
			err = fmt.Errorf("it is of item %d, of %d", failure.At, to-from)
		}
		return err
	}
	if r.items != to-from {
		return fmt.Errorf("it has %d values, want %d", r.items, to-from)
	}
	if err := j.decode(ctx, r.payload, from, to); err != nil {
		return fmt.Errorf("the result of %s cannot be decoded: %w", itemNames(from, to), err)
	}
	return nil
}

// judge says what a chunk's failure means for the job.
func (j *job) judge(r *result, f registered.Failure) error {
	from, to := j.bounds(r.number)
	switch r.kind {
	case values:
		return nil
	case lost:
		j.lost.Task = j.task
		j.lost.Chunks = append(j.lost.Chunks, LostChunk{From: from, To: to, Inputs: j.show(from, to), Tries: f.At})
		return nil
	case refused:
		return &RefusedError{Task: j.task, Worker: r.worker, Why: f.Text}
	case registered.Panicked:
		return &PanicError{Task: j.task, Item: from + f.At, Worker: r.worker, Value: f.Text, Stack: f.Stack}
	case registered.Failed:
		return fmt.Errorf("item %d: %w", from+f.At, f.Cause())
	case registered.NoResult:
		return &taskError{fmt.Sprintf("the result of %s cannot be sent: %s", itemNames(from, to), f.Text)}
	}
	return &taskError{fmt.Sprintf("worker %s could not read %s: %s", r.worker, itemNames(from, to), f.Text)}
}

// taskError is an error that another try would have again.
type taskError struct{ text string }

func (e *taskError) Error() string { return e.text }

// count counts a result.
func (j *job) count(r reply) {
	from, to := j.bounds(r.number)
	j.done[r.number] = true
	j.left--
	j.finished += to - from
	j.heard.Add(1)
	if cost := j.costs[r.number].Swap(0); cost > 0 {
		j.room.Release(cost)
	}
	if r.kind != lost {
		j.times.add(timed{Span{Worker: j.worker(r.worker), First: from, Items: to - from, Start: r.began, End: r.ended}, r.clock, r.came})
	}
	if j.progress != nil {
		j.progress(j.finished, j.items)
	}
}

// worker numbers workers: ours have numbers, others get the next.
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

// mostBad is how many results of a job may be unreadable.
const mostBad = 20

// reject deletes a result that cannot be read from the stream, so that there
// is room for a good one: audit sends the chunk again.
func (j *job) reject(ctx context.Context, r reply) error {
	j.c.rejected.Add(1)
	if j.bad++; j.bad > mostBad {
		return fmt.Errorf("%d results could not be read; the last: %w", j.bad, r.err)
	}
	j.audits.hurry(j.heard.Load())
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	stream, err := j.c.js.Stream(ctx, doneStream)
	if err == nil && r.sequence > 0 {
		stream.DeleteMsg(ctx, r.sequence)
	}
	return nil
}
