package cluster

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// audits says when to audit: when no result came since the last time.
type audits struct {
	timer *time.Timer
	pause time.Duration // until the next time
	heard int64         // how many results there were the last time
}

// isQuiet reports whether no result came since the last time, and sets the
// next one.
func (a *audits) isQuiet(heard int64, longest time.Duration) bool {
	quiet := heard == a.heard
	a.heard, a.pause = heard, min(2*a.pause, longest)
	a.timer.Reset(a.pause)
	return quiet
}

// hurry is for a result that was rejected: its chunk can be sent again as soon
// as the worker has acknowledged it.
func (a *audits) hurry(heard int64) {
	a.heard, a.pause = heard, retryTime
	a.timer.Reset(a.pause)
}

// audit looks for chunks that were sent and of which nothing is heard: each
// must either wait in the stream of chunks, or have a result in the other.
// One that is in neither was lost by a server, or its result was taken away
// because nobody could read it; it is sent again. What cannot be asked now is
// asked the next time.
func (j *job) audit(ctx context.Context) error {
	j.tellIfNobodyWorks(ctx)
	if err := j.purgeRead(ctx); err != nil { // workers may wait for room
		return err
	}
	j.sweep(ctx)
	waiting, err := j.c.numbers(ctx, workStream, workPrefix+j.c.queue+"."+j.name+".")
	if err != nil {
		return nil
	}
	stored, err := j.c.numbers(ctx, doneStream, donePrefix+j.name+".") // after waiting: a chunk may go from one to the other
	if err != nil {
		return nil
	}
	for number := range int(j.sent.Load()) {
		switch {
		case j.done[number] || waiting[number]:
		case stored[number]:
			err = j.fetch(ctx, number)
		default:
			err = j.repeat(ctx, number)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fetch gets a result that was not told of.
func (j *job) fetch(ctx context.Context, number int) error {
	m, err := j.c.lookUp(ctx, doneStream, lastFor((&result{job: j.name, number: number}).subject()))
	if err != nil {
		return nil
	}
	r := reply{bytes: len(m.Data), sequence: m.Sequence, came: time.Since(j.begin)}
	r.result, r.err = parseResult(m.Subject, m.Header, m.Data)
	return j.take(ctx, r)
}

// repeat sends a chunk once more.
func (j *job) repeat(ctx context.Context, number int) error {
	payload, err := j.payload(ctx, number)
	if err != nil {
		return err
	}
	m, err := j.message(ctx, number, payload)
	if err != nil {
		return err
	}
	return j.sendAgain(ctx, m)
}

// tellIfNobodyWorks says on stderr, once, that there is no worker.
func (j *job) tellIfNobodyWorks(ctx context.Context) {
	consumer, err := j.c.js.Consumer(ctx, workStream, j.c.queue)
	if err != nil || j.told {
		return
	}
	if info := consumer.CachedInfo(); idle(info) && j.c.config.Workers == 0 {
		tell("Map waits: no worker asks for its chunks; start one with: go run ./lib/cluster/worker --url %s", j.c.config.workerURL())
		j.told = true
	}
}

func idle(info *jetstream.ConsumerInfo) bool { return info.NumWaiting == 0 && info.NumAckPending == 0 }

// numbers are the chunks of which a stream has a message.
func (l *link) numbers(ctx context.Context, stream, prefix string) (map[int]bool, error) {
	subjects, err := l.subjects(ctx, stream, prefix+">")
	if err != nil {
		return nil, err
	}
	numbers := map[int]bool{}
	for subject := range subjects {
		if n, err := strconv.Atoi(strings.TrimPrefix(subject, prefix)); err == nil {
			numbers[n] = true
		}
	}
	return numbers, nil
}

// subjects are those of a stream's messages that filter lets through, with how
// many messages each has.
func (l *link) subjects(ctx context.Context, stream, filter string) (map[string]uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	info, err := ask(ctx, func(ctx context.Context) (*jetstream.StreamInfo, error) {
		s, err := l.js.Stream(ctx, stream)
		if err != nil {
			return nil, err
		}
		return s.Info(ctx, jetstream.WithSubjectFilter(filter))
	})
	if err != nil {
		return nil, err
	}
	return info.State.Subjects, nil
}
