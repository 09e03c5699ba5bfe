package cluster

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// greet returns a message that a consumer has now, or nil if it has none. It
// is to be asked of a new consumer before its Messages are: servers may not
// have told each other of it yet. Then a question is lost, which Messages
// notices two heartbeats later, and this at once.
func (l *link) greet(ctx context.Context, consumer jetstream.Consumer) (m jetstream.Msg, err error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	err = l.persist(ctx, func() error {
		batch, err := consumer.FetchNoWait(1)
		if err != nil {
			return err
		}
		m = <-batch.Messages()
		return batch.Error()
	}, func(err error) bool { return errors.Is(err, nats.ErrNoResponders) })
	return m, err
}
