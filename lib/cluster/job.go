package cluster

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// job is one Map. Three goroutines share it: one sends chunks, one hears of
// results, and that of the caller, which alone decodes and counts them.
type job struct {
	c *Cluster
	options
	name     string // in subjects
	named    bool   // by the caller: see options.job
	revision uint64 // of the claim on the name; 0 before it
	task     string
	code     string
	types    string
	items    int
	encode   func(ctx context.Context, from, to int) ([]byte, error)
	decode   func(ctx context.Context, payload []byte, from, to int) error // an error leaves the results as they were
	show     func(from, to int) string

	size   int                 // items in a chunk
	chunks int                 // how many
	room   *semaphore.Weighted // for chunks on their way
	costs  []atomic.Int64      // what each has taken of it; 0 when it was given back
	sent   atomic.Int64        // chunks below this have been sent, or were done before
	heard  atomic.Int64        // results that have come

	begin      time.Time
	times      timeline
	done       []bool // whose result is there
	left       int    // of the chunks
	finished   int    // of the items
	bad        int    // results that could not be read
	audits     audits
	lost       LostError
	workers    map[string]int // numbers of workers of others
	told       bool           // that nobody works
	unread     consumed       // results that the stream still has
	unfinished map[string]unfinished
}

func (j *job) run() error {
	j.begin = time.Now()
	j.times.into = j.trace
	defer j.times.publish()
	ctx, cancel := context.WithCancelCause(j.ctx)
	defer cancel(nil)
	defer context.AfterFunc(j.c.ended, func() { cancel(context.Cause(j.c.ended)) })()
	if j.items == 0 {
		return nil
	}
	err := j.prepare(ctx, cancel)
	if err == nil {
		err = j.work(ctx)
	}
	if err == nil && len(j.lost.Chunks) > 0 {
		err = &j.lost
	}
	return j.finish(ctx, err)
}

// prepare chooses the chunks, and finds out what was done before.
func (j *job) prepare(ctx context.Context, cancel context.CancelCauseFunc) error {
	j.size = j.chunk
	if j.size == 0 {
		j.size = j.automaticChunk(ctx)
	}
	if j.named {
		if err := j.claim(ctx, cancel); err != nil {
			return err
		}
	}
	j.chunks = (j.items + j.size - 1) / j.size
	j.left = j.chunks
	j.done = make([]bool, j.chunks)
	j.costs = make([]atomic.Int64, j.chunks)
	j.room = semaphore.NewWeighted(j.c.mostBytes)
	return nil
}

// bounds are the items of a chunk.
func (j *job) bounds(number int) (from, to int) {
	return number * j.size, min((number+1)*j.size, j.items)
}

// work sends all chunks and takes in their results.
func (j *job) work(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var others sync.WaitGroup
	defer others.Wait()
	defer cancel(nil)
	before, err := j.before(ctx)
	if err != nil {
		return err
	}
	replies := make(chan reply, 64)
	others.Go(func() { j.receive(ctx, replies) })
	others.Go(func() {
		if err := j.send(ctx, before); err != nil {
			cancel(err)
		}
	})
	j.audits = audits{time.NewTimer(j.c.config.ackWait), j.c.config.ackWait, -1}
	defer j.audits.timer.Stop()
	for j.left > 0 {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case r := <-replies:
			if err := j.take(ctx, r); err != nil {
				return err
			}
		case <-j.audits.timer.C:
			if j.audits.isQuiet(j.heard.Load(), j.c.config.ackWait) {
				if err := j.audit(ctx); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// before are the chunks that need not be sent: those that wait since an
// earlier Map of the job, and those whose results the stream has already.
func (j *job) before(ctx context.Context) (map[int]bool, error) {
	if !j.named {
		return nil, nil
	}
	waiting, err := j.c.numbers(ctx, workStream, workPrefix+j.c.queue+"."+j.name+".")
	if err != nil {
		return nil, err
	}
	stored, err := j.c.numbers(ctx, doneStream, donePrefix+j.name+".") // after waiting: a chunk may go from one to the other
	maps.Copy(waiting, stored)
	return waiting, err
}

// finish says how the job ended, and takes away what is left of it, unless it
// may be picked up again.
func (j *job) finish(ctx context.Context, err error) error {
	var panicked *PanicError
	var refusal *RefusedError
	var ofTask *taskError
	ended := err == nil || errors.As(err, &panicked) || errors.As(err, &refusal) || errors.As(err, &ofTask) || err == error(&j.lost)
	if ended && j.named {
		if cause := j.clean(context.WithoutCancel(ctx)); cause != nil && err == nil {
			err = fmt.Errorf("the results are there, but the job could not be ended: %w", cause)
		}
	} else if !j.named {
		j.c.maps.Go(func() { j.clean(context.WithoutCancel(ctx)) }) // nobody waits for it but Close
	}
	switch {
	case err == nil || err == error(&j.lost) || err == error(panicked) || err == error(refusal):
		return err
	case ofTask != nil:
		return fmt.Errorf("cluster: task %q: %w", j.task, err)
	}
	return fmt.Errorf("cluster: Map: %d of %d items were done: %w", j.finished, j.items, err)
}
