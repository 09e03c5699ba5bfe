package cluster

import (
	"context"

	"github.com/nats-io/nats.go/jetstream"
)

// getMsg is a way to get a message of a stream.
type getMsg func(context.Context, jetstream.Stream) (*jetstream.RawStreamMsg, error)

func lastFor(subject string) getMsg {
	return func(ctx context.Context, s jetstream.Stream) (*jetstream.RawStreamMsg, error) {
		return s.GetLastMsgForSubject(ctx, subject)
	}
}

func numbered(sequence uint64) getMsg {
	return func(ctx context.Context, s jetstream.Stream) (*jetstream.RawStreamMsg, error) {
		return s.GetMsg(ctx, sequence)
	}
}

// nextFor gets the first message for a subject that is not before sequence.
func nextFor(subject string, sequence uint64) getMsg {
	return func(ctx context.Context, s jetstream.Stream) (*jetstream.RawStreamMsg, error) {
		return s.GetMsg(ctx, sequence, jetstream.WithGetMsgSubject(subject))
	}
}

// lookUp gets a message from the leader of a stream. If isNotThere says so of
// the error, it is not there.
func (l *link) lookUp(ctx context.Context, stream string, get getMsg) (*jetstream.RawStreamMsg, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	return ask(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		s, err := l.js.Stream(ctx, stream)
		if err != nil {
			return nil, err
		}
		// Else any server with a copy may answer, also one that is behind: what was
		// stored is not there yet, or what was taken away is there still.
		s.CachedInfo().Config.AllowDirect = false // for this s alone, which looks there
		return get(ctx, s)
	})
}

// lookUpFixed gets a message from any server with a copy of a stream whose
// messages do not change but for being taken away, which matters to nobody. A
// server that is behind does not have it, but no other in its place either:
// then the leader is asked.
func (l *link) lookUpFixed(ctx context.Context, s jetstream.Stream, get getMsg) (*jetstream.RawStreamMsg, error) {
	within, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	m, err := ask(within, func(ctx context.Context) (*jetstream.RawStreamMsg, error) { return get(ctx, s) })
	if isNotThere(err) && l.copies > 1 {
		return l.lookUp(ctx, s.CachedInfo().Config.Name, get)
	}
	return m, err
}
