package jetstream

import (
	"context"
	"fmt"
	"math"

	"github.com/nats-io/nats.go/jetstream"

	"multiprocessing/lib/cluster/internal/wire"
)

// Limits of the chunks of a job that are in flight: sent, and without a
// result.
const (
	MaxChunks   = 1024
	maxInFlight = 64 << 20
	EachCosts   = maxInFlight / MaxChunks // bytes, besides the payload
)

// MaxPayload is the size of messages that servers started by this library
// accept, in bytes. NATS warns of larger ones. A server elsewhere states its
// own limit.
const MaxPayload = 8 << 20

// Results that were read stay in their stream until there are so many of them.
const (
	maxRead     = 16 << 20
	MaxReadMsgs = 1024
)

// Limits are what the servers allow, in bytes.
type Limits struct {
	Payload  int   // of one message
	InFlight int64 // of a job's chunks without a result
	Read     int64 // of a job's results in the stream that were read
}

// Limits asks the servers for their limits. A job may fill a quarter of the
// space with chunks: if there were no space left for results, it would hang.
// memory is the limit of a server in this program, and 0 for others.
func (l *Link) Limits(ctx context.Context, memory int64) (Limits, error) {
	all := l.allowed(ctx)
	if memory > 0 {
		all = min(all, memory)
	}
	limits := Limits{InFlight: max(1, min(maxInFlight, all/4)), Read: min(maxRead, all/8)}
	payload := min(l.conn.MaxPayload()-wire.HeaderSpace, limits.InFlight)
	for _, name := range []string{workStream, doneStream} {
		s, err := ask(ctx, func(ctx context.Context) (jetstream.Stream, error) { return l.js.Stream(ctx, name) })
		if err != nil {
			return limits, fmt.Errorf("asking for the stream %s: %w", name, err)
		}
		config := s.CachedInfo().Config
		if config.MaxMsgSize > 0 {
			payload = min(payload, int64(config.MaxMsgSize)-wire.HeaderSpace)
		}
		if config.MaxBytes > 0 {
			payload = min(payload, config.MaxBytes/4)
			limits.Read = min(limits.Read, config.MaxBytes/8)
		}
	}
	limits.Payload = int(max(1, payload))
	return limits, nil
}

// MaxResult returns how many bytes of results this connection can send.
func (l *Link) MaxResult() int { return int(l.conn.MaxPayload()) - wire.HeaderSpace }

// allowed returns how many bytes of streams the servers store for this user.
// If they do not answer, there is no limit: some users may not ask.
func (l *Link) allowed(ctx context.Context) int64 {
	ctx, cancel := context.WithTimeout(ctx, 2*answerTimeout)
	defer cancel()
	account, err := ask(ctx, l.js.AccountInfo)
	if err != nil {
		return math.MaxInt64
	}
	limits, counted := account.Limits, int64(l.copies) // of each message
	if tier, ok := account.Tiers[fmt.Sprint("R", l.copies)]; ok {
		limits, counted = tier.Limits, 1 // other numbers of copies have limits of their own
	}
	most := limits.MaxStore
	if l.storage() == jetstream.MemoryStorage {
		most = limits.MaxMemory
	}
	if most <= 0 { // 0 allows nothing: these are not the limits of our streams
		return math.MaxInt64
	}
	return most / counted
}
