package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Timeouts of what a dead server, or a wrong address, would never answer.
const (
	ConnectTimeout = 5 * time.Second  // of connecting, and of a request with its retries
	dialTimeout    = 2 * time.Second  // of one address of a server
	ReadyTimeout   = 20 * time.Second // of starting a server, or of creating streams on several
	answerTimeout  = time.Second      // of the first attempt of a request
	CleanTimeout   = 10 * time.Second // of deleting everything that is left of a job
)

// Intervals of connections and consumers.
const (
	reconnectWait   = 100 * time.Millisecond
	pingInterval    = 10 * time.Second
	pullExpiry      = 15 * time.Second       // how long a server keeps a pull request
	workHeartbeat   = 3 * time.Second        // of a pull request for a chunk
	resultHeartbeat = 500 * time.Millisecond // of a pull request for results; without two, another consumer is created
)

// Pauses before a retry.
const (
	MinPause   = 5 * time.Millisecond
	maxPause   = 500 * time.Millisecond
	RetryPause = 200 * time.Millisecond // after a consumer has failed
)

// Sleep waits for d, or until ctx ends.
func Sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// ask repeats a request until there is an answer, which may be an error, or
// until ctx ends. Servers that are about to elect a leader drop a request
// instead of answering it, and of a new stream not all servers know yet who
// leads it.
func ask[T any](ctx context.Context, request func(context.Context) (T, error)) (T, error) {
	timeout, pause := answerTimeout, MinPause
	for {
		try, cancel := context.WithTimeout(ctx, timeout)
		answer, err := request(try)
		cancel()
		switch {
		case errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse):
			Sleep(ctx, pause)
			pause = min(2*pause, maxPause)
		case errors.Is(err, context.DeadlineExceeded):
			timeout = min(2*timeout, 4*answerTimeout)
		default:
			return answer, err
		}
		if cause := context.Cause(ctx); cause != nil {
			if !errors.Is(err, cause) {
				err = fmt.Errorf("%w; %w", err, cause)
			}
			return answer, fmt.Errorf("the servers do not answer; are most of them running? (%w)", err)
		}
	}
}

// retry repeats an action until it has no error: a server may be full, or be
// replaced by another. It returns the error if that is final, if goOn returns
// false for it, or if ctx ends. A timeout of one attempt is not final: ctx
// limits them all.
func (l *Link) retry(ctx context.Context, action func() error, goOn func(error) bool) error {
	for pause := MinPause; ; pause = min(2*pause, maxPause) {
		err := action()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case l.IsClosed() || isFinal(err) || !goOn(err):
			return err
		}
		Sleep(ctx, pause)
	}
}

// Always is a goOn that retries until ctx ends.
func Always(error) bool { return true }

// isFinal reports whether the same action would have the same error again.
func isFinal(err error) bool {
	return errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrMaxPayload) || isStored(err) || says(err, "message size exceeds")
}

// isStored reports whether a stream refused a message because it has one for
// that subject.
func isStored(err error) bool { return says(err, "maximum messages per subject exceeded") }

// IsFull reports whether a stream or a server has no space.
func IsFull(err error) bool {
	return says(err, "maximum bytes exceeded") || says(err, "maximum messages exceeded") ||
		says(err, "insufficient") || says(err, "resource limits exceeded")
}

func says(err error, text string) bool {
	var refusal *jetstream.APIError
	return errors.As(err, &refusal) && strings.Contains(refusal.Description, text)
}

// request is ask with ConnectTimeout for all attempts.
func request[T any](ctx context.Context, r func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, ConnectTimeout)
	defer cancel()
	return ask(ctx, r)
}

// command is request without an answer.
func command(ctx context.Context, c func(context.Context) error) error {
	_, err := request(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, c(ctx) })
	return err
}
