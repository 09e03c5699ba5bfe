package jetstream

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"multiprocessing/lib/cluster/internal/wire"
)

// Stored is a result in its stream.
type Stored struct {
	wire.Message
	Sequence uint64
}

// Results calls take for each result of a job, as they come, until ctx ends.
// If the server that delivers them is gone, another delivers those after the
// last one. Results may be missed: compare with StoredResults.
func (l *Link) Results(ctx context.Context, job string, take func(Stored)) {
	timeout := answerTimeout
	for last := uint64(0); ctx.Err() == nil; timeout = min(2*timeout, ConnectTimeout) {
		last = l.receive(ctx, job, last, timeout, take)
		Sleep(ctx, RetryPause)
	}
}

// receive takes results after the sequence number last until its consumer
// fails, and returns the number of the last one. It creates consumers itself,
// because a jetstream.OrderedConsumer can hang after a server was killed
// (https://github.com/nats-io/nats.go/issues/1216, and pull request 1808). A
// killed server that should get the consumer does not answer; each call may
// choose another.
func (l *Link) receive(ctx context.Context, job string, last uint64, timeout time.Duration, take func(Stored)) uint64 {
	create, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	name := wire.NewName()
	consumer, err := l.js.CreateConsumer(create, doneStream, jetstream.ConsumerConfig{
		Name: name, FilterSubject: wire.JobResults(job), AckPolicy: jetstream.AckNonePolicy,
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: last + 1,
		MemoryStorage: true, Replicas: 1, InactiveThreshold: time.Minute,
	})
	if err != nil {
		return last
	}
	defer l.deleting.Go(func() { l.deleteConsumer(name) })
	hand := func(m jetstream.Msg) {
		d := newDelivery(m)
		last = max(last, d.sequence)
		take(Stored{d.Message, d.sequence})
	}
	if m, err := firstFetch(ctx, consumer); err != nil {
		return last
	} else if m != nil {
		hand(m)
	}
	// Consume, not Messages: that has room for 64 messages, heartbeats included,
	// and drops the others while take is busy.
	failed := make(chan struct{}, 1)
	consuming, err := consumer.Consume(hand, jetstream.PullMaxMessagesWithBytesLimit(64, 4*int(l.conn.MaxPayload())),
		jetstream.PullExpiry(pullExpiry), jetstream.PullHeartbeat(resultHeartbeat),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) {
			if endsConsumer(err) {
				select {
				case failed <- struct{}{}:
				default:
				}
			}
		}))
	if err != nil {
		return last
	}
	select {
	case <-ctx.Done():
	case <-failed:
	}
	consuming.Stop()
	<-consuming.Closed()
	return last
}

// endsConsumer reports whether a consumer that failed with err delivers no more.
func endsConsumer(err error) bool {
	return errors.Is(err, jetstream.ErrNoHeartbeat) || errors.Is(err, jetstream.ErrConsumerDeleted) ||
		errors.Is(err, jetstream.ErrBadRequest) || errors.Is(err, jetstream.ErrConnectionClosed)
}

func (l *Link) deleteConsumer(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	if l.conn.IsConnected() {
		l.js.DeleteConsumer(ctx, doneStream, name) // otherwise the server deletes it when it is not used
	}
}

// Result returns the stored result of a job for these items, if there is one.
func (l *Link) Result(ctx context.Context, job string, items wire.Range) (s Stored, found bool, err error) {
	subject := (&wire.Result{Job: job, Range: items}).Subject()
	m, found, err := l.lookUp(ctx, doneStream, subject)
	if found {
		s = Stored{wire.Message{Subject: m.Subject, Header: m.Header, Data: m.Data}, m.Sequence}
	}
	return s, found, err
}

// DeleteResult deletes one result, so that there can be another.
func (l *Link) DeleteResult(ctx context.Context, sequence uint64) error {
	return command(ctx, func(ctx context.Context) error {
		s, err := l.js.Stream(ctx, doneStream)
		if err != nil {
			return err
		}
		return s.DeleteMsg(ctx, sequence)
	})
}

// DeleteResults deletes the results of a job up to a sequence number.
func (l *Link) DeleteResults(ctx context.Context, job string, last uint64) error {
	return command(ctx, func(ctx context.Context) error {
		return l.purge(ctx, doneStream, wire.JobResults(job), jetstream.WithPurgeSequence(last+1))
	})
}

// DeleteJob deletes all chunks and results of a job, and tells its workers. It
// asks once: servers that are about to elect a leader may not answer.
func (l *Link) DeleteJob(ctx context.Context, queue, job string) error {
	err := l.purge(ctx, workStream, wire.JobChunks(queue, job))
	if err == nil {
		err = l.purge(ctx, doneStream, wire.JobResults(job))
	}
	if err == nil {
		err = l.conn.Publish(wire.JobEnd(queue, job), nil)
	}
	return err
}

// OnJobEnd calls f for each job of a queue that is deleted, until the
// connection ends. The message may be lost, or be forged: ask the stream before
// you believe it.
func (l *Link) OnJobEnd(queue string, f func(job string)) {
	all := wire.JobEnd(queue, "*")
	l.conn.Subscribe(all, func(m *nats.Msg) { f(strings.TrimPrefix(m.Subject, strings.TrimSuffix(all, "*"))) })
}

func (l *Link) purge(ctx context.Context, stream, subjects string, opts ...jetstream.StreamPurgeOpt) error {
	s, err := l.js.Stream(ctx, stream)
	if err != nil {
		return err
	}
	return s.Purge(ctx, append(opts, jetstream.WithPurgeSubject(subjects))...)
}

// CanAnswer returns an error until the server knows which one leads the
// cluster: before that it does not answer, so ask again soon.
func (l *Link) CanAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout/20)
	defer cancel()
	_, err := l.js.AccountInfo(ctx)
	return err
}

// StoredResults returns which results of a job are in the stream.
func (l *Link) StoredResults(ctx context.Context, job string) (map[wire.Range]bool, error) {
	return l.ranges(ctx, doneStream, wire.JobResults(job))
}

func (l *Link) ranges(ctx context.Context, stream, filter string) (map[wire.Range]bool, error) {
	ctx, cancel := context.WithTimeout(ctx, ReadyTimeout)
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
	ranges := map[wire.Range]bool{}
	for subject := range info.State.Subjects {
		if r, err := wire.ParseRange(strings.TrimPrefix(subject, strings.TrimSuffix(filter, ">"))); err == nil {
			ranges[r] = true
		}
	}
	return ranges, nil
}
