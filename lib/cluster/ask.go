package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// answerTime is how long to wait for an answer before the question is put
// again.
const answerTime = time.Second

// ask asks servers something that may be asked twice. Those that are about to
// choose a leader drop a question instead of answering it, and of a new stream
// not all may know yet who answers for it. So it is asked again when no answer
// comes, with more patience each time, until ctx ends. An error is an answer,
// too.
func ask[T any](ctx context.Context, question func(context.Context) (T, error)) (T, error) {
	patience, pause := answerTime, shortPause
	for {
		try, cancel := context.WithTimeout(ctx, patience)
		answer, err := question(try)
		cancel()
		switch {
		case errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse):
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
			pause = min(2*pause, longPause)
		case errors.Is(err, context.DeadlineExceeded):
			patience = min(2*patience, 4*answerTime)
		default:
			return answer, err
		}
		if ctx.Err() != nil {
			return answer, fmt.Errorf("the servers do not answer; are most of them running? (%w)", err)
		}
	}
}
