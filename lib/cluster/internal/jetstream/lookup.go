package jetstream

import (
	"context"
	"errors"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"multiprocessing/lib/cluster/internal/wire"
)

// lookUp gets the message for a subject from the leader of a stream, if there
// is one.
func (l *Link) lookUp(ctx context.Context, stream, subject string) (m *jetstream.RawStreamMsg, found bool, err error) {
	m, err = request(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		s, err := l.atLeader(ctx, stream)
		if err != nil {
			return nil, err
		}
		return s.GetLastMsgForSubject(ctx, subject)
	})
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, false, nil
	}
	return m, err == nil, err
}

// QueuedChunks returns which chunks of a job are in the stream.
func (l *Link) QueuedChunks(ctx context.Context, queue, job string) (map[wire.Range]bool, error) {
	return l.ranges(ctx, workStream, wire.JobChunks(queue, job))
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
