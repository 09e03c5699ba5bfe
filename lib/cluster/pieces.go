package cluster

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Pieces of an object, and how many of them may be on their way: at first as
// many as the slowest server takes in the time that an acknowledgement has,
// and twice as many each time that one was fast.
const (
	pieceSize   = 128 << 10
	firstPieces = 8
	mostPieces  = 32
	fastTime    = answerTime / 4
)

// pieces are those of an object that is being stored.
type pieces struct {
	*link
	subject string
	window  int     // how many may be on their way
	sent    []piece // and not acknowledged
}

type piece struct {
	stored jetstream.PubAckFuture
	begun  time.Time
}

// send sends the next piece as soon as there is room in the window.
func (p *pieces) send(ctx context.Context, data []byte) error {
	if err := p.await(ctx, p.window-1); err != nil {
		return err
	}
	stored, err := p.js.PublishMsgAsync(&nats.Msg{Subject: p.subject, Data: data},
		jetstream.WithRetryAttempts(0)) // it would come after those that follow
	if err != nil {
		p.settle()
		return err
	}
	p.sent = append(p.sent, piece{stored, time.Now()})
	return nil
}

// await waits until no more than most pieces are on their way. After an error
// none is: what a full store took after the pieces were taken away would stay,
// and keep it full.
func (p *pieces) await(ctx context.Context, most int) (err error) {
	for err == nil && len(p.sent) > most {
		first := p.sent[0]
		select {
		case <-first.stored.Ok():
			if time.Since(first.begun) < fastTime {
				p.window = min(2*p.window, mostPieces)
			}
			p.sent = p.sent[1:]
		case err = <-first.stored.Err():
			p.sent = p.sent[1:]
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if err != nil {
		p.settle()
	}
	return err
}

// settle waits until no piece is on its way: for connectTime at most, after
// which jetstream gives up an acknowledgement.
func (p *pieces) settle() {
	for _, sent := range p.sent {
		select {
		case <-sent.stored.Ok():
		case <-sent.stored.Err():
		}
	}
	p.sent = nil
}
