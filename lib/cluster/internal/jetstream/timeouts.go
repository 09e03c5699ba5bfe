package jetstream

import (
	"context"
	"time"
)

// Timeouts of what a dead server, or a wrong address, would never answer.
const (
	ConnectTimeout = 5 * time.Second  // of connecting, and of a request with its retries
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
