package cluster

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/semaphore"

	"multiprocessing/lib/internal/registered"
	"multiprocessing/lib/internal/span"
)

// What may be on its way at once: sent, and no result back.
const (
	mostBytes  = 64 << 20
	mostChunks = 1024
	eachCosts  = mostBytes / mostChunks // beside its payload
)

// job is one Map. Three goroutines share it: one sends chunks, one hears of
// results, and that of the caller, which alone decodes and counts them.
type job struct {
	c *Cluster
	options
	name   string
	named  bool // by the caller
	task   string
	code   string
	items  int
	encode func(from, to int) ([]byte, error)
	decode func(payload []byte, from, to int) error
	show   func(from, to int) string
	all    any // the items

	size   int                 // items in a chunk
	chunks int                 // how many
	room   *semaphore.Weighted // for chunks on their way
	costs  []atomic.Int64      // what each has taken of it; 0 when it was given back
	sent   atomic.Int64        // chunks below this have been sent, or were done before
	heard  atomic.Int64        // results that have come

	begin    time.Time
	done     []bool // whose result is there
	left     int    // of the chunks
	finished int    // of the items
	bad      int    // results that could not be read
	lost     LostError
	spans    *span.Recorder
	workers  map[string]int // numbers of workers of others
	told     bool           // that nobody works
	unread   consumed       // results that the stream still has
}

// consumed is what has been read from the stream and not been purged.
type consumed struct {
	bytes, messages int
	last            uint64 // sequence number
}

// reply is a result as it comes, or why it could not be read.
type reply struct {
	*result
	err      error
	sequence uint64
	bytes    int
}

func (j *job) run() error {
	j.begin = time.Now()
	j.spans = span.NewRecorder(j.trace)
	defer j.spans.Publish()
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
	j.room = semaphore.NewWeighted(mostBytes)
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
	before, err := j.stored(ctx)
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
	audit := time.NewTicker(j.c.config.ackWait)
	defer audit.Stop()
	for seen := int64(-1); j.left > 0; {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case r := <-replies:
			if err := j.take(ctx, r); err != nil {
				return err
			}
		case <-audit.C:
			if now := j.heard.Load(); now != seen {
				seen = now
			} else if err := j.audit(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// stored are the chunks whose results the stream has already.
func (j *job) stored(ctx context.Context) (map[int]bool, error) {
	if !j.named {
		return nil, nil
	}
	return j.c.numbers(ctx, doneStream, donePrefix+j.name+".")
}

// numbers are the chunks of which a stream has a message.
func (l *link) numbers(ctx context.Context, stream, prefix string) (map[int]bool, error) {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	s, err := l.js.Stream(ctx, stream)
	if err != nil {
		return nil, err
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(prefix+">"))
	if err != nil {
		return nil, err
	}
	numbers := map[int]bool{}
	for subject := range info.State.Subjects {
		if n, err := strconv.Atoi(strings.TrimPrefix(subject, prefix)); err == nil {
			numbers[n] = true
		}
	}
	return numbers, nil
}

// receive hears of the job's results until ctx ends. If the server that told
// of them is gone, another is asked for those after the last.
func (j *job) receive(ctx context.Context, into chan<- reply) {
	for last := uint64(0); ctx.Err() == nil; {
		last = j.listen(ctx, into, last)
		select {
		case <-time.After(retryTime):
		case <-ctx.Done():
		}
	}
}

// listen hears of results after the sequence number last, and returns that of
// the last one. What it misses, audit will find. (A jetstream.OrderedConsumer
// misses nothing, but can wait for ever for a server that was killed.)
func (j *job) listen(ctx context.Context, into chan<- reply, last uint64) uint64 {
	ask, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	name := newName()
	consumer, err := j.c.js.CreateConsumer(ask, doneStream, jetstream.ConsumerConfig{
		Name: name, FilterSubject: donePrefix + j.name + ".>", AckPolicy: jetstream.AckNonePolicy,
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: last + 1,
		MemoryStorage: true, Replicas: 1, InactiveThreshold: time.Minute,
	})
	if err != nil {
		return last
	}
	defer j.c.maps.Go(func() { j.c.dropConsumer(name) })
	messages, err := consumer.Messages(jetstream.PullMaxMessages(64), jetstream.PullExpiry(pullTime), jetstream.PullHeartbeat(heartbeat))
	if err != nil {
		return last
	}
	defer messages.Stop()
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return last
		}
		r := reply{bytes: len(m.Data())}
		if meta, err := m.Metadata(); err == nil {
			r.sequence = meta.Sequence.Stream
			last = r.sequence
		}
		r.result, r.err = parseResult(m.Subject(), m.Headers(), m.Data())
		select {
		case into <- r:
		case <-ctx.Done():
			return last
		}
	}
}

func (l *link) dropConsumer(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), cleanTime/5)
	defer cancel()
	if l.conn.IsConnected() {
		l.js.DeleteConsumer(ctx, doneStream, name) // else it vanishes after a while
	}
}

// take takes in a result. The error ends the job.
func (j *job) take(ctx context.Context, r reply) error {
	if r.err != nil || r.number >= j.chunks {
		return j.reject(ctx, r)
	}
	if j.done[r.number] {
		return nil
	}
	var failure registered.Failure
	from, to := j.bounds(r.number)
	if r.err = j.open(ctx, r.result, from, to, &failure); ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if r.err != nil {
		return j.reject(ctx, r)
	}
	if err := j.judge(r.result, failure); err != nil {
		return err
	}
	j.count(r)
	return j.purge(ctx, r)
}

// open reads what a result holds.
func (j *job) open(ctx context.Context, r *result, from, to int, failure *registered.Failure) (err error) {
	if r.object != "" {
		if r.payload, err = j.c.getObject(ctx, j.name, r.object); err != nil {
			return err
		}
	}
	if r.kind != values {
		if *failure, err = r.failure(); err == nil && r.kind == registered.Panicked && failure.At >= to-from {
			err = fmt.Errorf("it is of item %d, of %d", failure.At, to-from)
		}
		return err
	}
	if r.items != to-from {
		return fmt.Errorf("it has %d values, want %d", r.items, to-from)
	}
	return j.decode(r.payload, from, to)
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
	if j.spans != nil && r.kind != lost {
		j.spans.Put(Span{Worker: j.worker(r.worker), First: from, Items: to - from,
			Start: max(0, r.began.Sub(j.begin)), End: max(0, r.ended.Sub(j.begin))})
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

// reject takes a result that cannot be read out of the stream, so that there
// is room for a good one: audit will have the chunk done again.
func (j *job) reject(ctx context.Context, r reply) error {
	j.c.rejected.Add(1)
	if j.bad++; j.bad > mostBad {
		return fmt.Errorf("%d results could not be read; the last: %w", j.bad, r.err)
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	stream, err := j.c.js.Stream(ctx, doneStream)
	if err == nil && r.sequence > 0 {
		stream.DeleteMsg(ctx, r.sequence)
	}
	return nil
}

// So much may stay in the stream of what has been read, and of a small stream
// an eighth.
const (
	keepBytes    = 16 << 20
	keepMessages = 1024
)

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
	stream, err := j.c.js.Stream(ctx, doneStream)
	if err == nil {
		err = stream.Purge(ctx, jetstream.WithPurgeSubject(donePrefix+j.name+".>"), jetstream.WithPurgeSequence(j.unread.last+1))
	}
	if err == nil {
		j.unread = consumed{}
	}
	return nil // else the next time, or at the end
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

// takeAway removes all that the servers have of a job.
func (j *job) takeAway(ctx context.Context) error {
	if j.c.conn.IsClosed() {
		return nil
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
