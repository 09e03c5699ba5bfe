package jetstream

import (
	"context"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"multiprocessing/lib/cluster/internal/wire"
)

// Publication is a message on its way to a stream.
type Publication struct {
	link *Link
	m    *nats.Msg
	ack  jetstream.PubAckFuture // nil if it could not be sent
}

// Publish sends a message and does not wait. The stream stores it only if it has
// no message for the subject.
func (l *Link) Publish(m wire.Message) *Publication {
	p := &Publication{link: l, m: toNATS(m)}
	p.ack, _ = l.js.PublishMsgAsync(p.m) // Wait sends it again
	return p
}

// Wait returns when the stream has a message for the subject. It sends the
// message again as often as necessary, see retry.
func (p *Publication) Wait(ctx context.Context, goOn func(error) bool) error {
	var err error
	if p.ack != nil {
		select {
		case <-p.ack.Ok():
			return nil
		case err = <-p.ack.Err():
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if !isStored(err) {
		err = p.link.retry(ctx, func() error {
			_, err := p.link.js.PublishMsg(ctx, p.m)
			return err
		}, goOn)
	}
	if isStored(err) {
		return nil
	}
	return err
}

func toNATS(m wire.Message) *nats.Msg {
	return &nats.Msg{Subject: m.Subject, Header: m.Header, Data: m.Data}
}
