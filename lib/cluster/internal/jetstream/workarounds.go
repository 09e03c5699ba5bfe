package jetstream

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// firstFetch returns a message that a new consumer has now, or nil if it has
// none. Call it before Messages: servers may not yet have told each other of
// the consumer, and then a pull request gets no answer. Messages notices this
// after two heartbeats, firstFetch at once.
// https://github.com/nats-io/nats-server/issues/3661
func firstFetch(ctx context.Context, consumer jetstream.Consumer) (jetstream.Msg, error) {
	return request(ctx, func(context.Context) (jetstream.Msg, error) {
		batch, err := consumer.FetchNoWait(1)
		if err != nil {
			return nil, err
		}
		m := <-batch.Messages()
		return m, batch.Error()
	})
}

// next returns the next message of a consumer that asks for one at a time. It
// calls Next again after a while: Next sends no pull request while the
// goroutine that sends them is still busy with the last one, does not look
// again, and waits until a heartbeat is missing. On a busy machine that
// goroutine may be late.
func next(ctx context.Context, messages jetstream.MessagesContext) (jetstream.Msg, error) {
	for wait := MinPause; wait < time.Second; wait *= 10 {
		soon, cancel := context.WithTimeout(ctx, wait)
		m, err := messages.Next(jetstream.NextContext(soon))
		cancel()
		if err == nil || soon.Err() == nil || ctx.Err() != nil {
			return m, err
		}
	}
	return messages.Next(jetstream.NextContext(ctx))
}

// lookUp gets the message for a subject from the leader of a stream, if there
// is one. Streams of nats.go read from any server that has a copy, which may be
// behind: it may not have what is stored, or still have what was deleted.
// https://github.com/nats-io/nats-server/issues/6557
func (l *Link) lookUp(ctx context.Context, stream, subject string) (m *jetstream.RawStreamMsg, found bool, err error) {
	m, err = request(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		s, err := l.js.Stream(ctx, stream)
		if err != nil {
			return nil, err
		}
		s.CachedInfo().Config.AllowDirect = false // of this value only, not of the stream
		return s.GetLastMsgForSubject(ctx, subject)
	})
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, false, nil
	}
	return m, err == nil, err
}
