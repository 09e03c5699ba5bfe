package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// answerTime is how long to wait for an answer before the question is put
// again.
const answerTime = time.Second

// ask asks servers something that may be asked twice. Those that are about to
// choose a leader drop a question instead of answering it. So it is asked again
// when no answer comes, with more patience each time, until ctx ends. An error
// is an answer, too.
func ask[T any](ctx context.Context, question func(context.Context) (T, error)) (T, error) {
	for patience := answerTime; ; patience = min(2*patience, 4*answerTime) {
		try, cancel := context.WithTimeout(ctx, patience)
		answer, err := question(try)
		cancel()
		switch {
		case !errors.Is(err, context.DeadlineExceeded):
			return answer, err
		case ctx.Err() != nil:
			return answer, fmt.Errorf("the servers do not answer; are most of them running? (%w)", err)
		}
	}
}
