package cluster

import (
	"context"
	"errors"
	"time"
)

// answerTime is how long to wait for an answer before the question is put
// again.
const answerTime = time.Second

// ask asks servers something that may be asked twice. Those that are about to
// choose a leader drop a question instead of answering it. So it is asked again
// when no answer comes, with more patience each time, until ctx ends.
func ask(ctx context.Context, question func(context.Context) error) error {
	for patience := answerTime; ; patience = min(2*patience, 4*answerTime) {
		try, cancel := context.WithTimeout(ctx, patience)
		err := question(try)
		cancel()
		if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
}
