package cluster

import (
	"context"
	"fmt"
	"math"

	"github.com/nats-io/nats.go/jetstream"
)

// What may be on its way at once: sent, and no result back.
const (
	mostBytes  = 64 << 20
	mostChunks = 1024
	eachCosts  = mostBytes / mostChunks // beside its payload
)

// So much may stay in the stream of what has been read, and of a small stream
// an eighth.
const (
	keepBytes    = 16 << 20
	keepMessages = 1024
)

// measureRoom limits what a job may have in flight and leave behind to the
// space in the streams: in all, and for results if their stream has a limit. If
// chunks took all space, there would be none for their results, and the job
// would hang.
func (l *link) measureRoom(ctx context.Context, local *embedded) error {
	done, err := ask(ctx, func(ctx context.Context) (jetstream.Stream, error) { return l.js.Stream(ctx, doneStream) })
	if err != nil {
		return fmt.Errorf("asking for the stream %s: %w", doneStream, err)
	}
	all := l.allowed(ctx)
	if local != nil {
		all = min(all, local.memory)
	}
	l.mostBytes = max(1, min(mostBytes, all/4))
	l.keepBytes = min(keepBytes, all/8)
	if results := done.CachedInfo().Config.MaxBytes; results > 0 {
		l.keepBytes = min(l.keepBytes, results/8)
	}
	return nil
}

// allowed returns how many bytes of streams servers hold for who we are. If
// they do not say, that is taken for no limit.
func (l *link) allowed(ctx context.Context) int64 {
	ctx, cancel := context.WithTimeout(ctx, 2*answerTime) // who may not ask is not answered
	defer cancel()
	account, err := ask(ctx, l.js.AccountInfo)
	if err != nil {
		return math.MaxInt64
	}
	storage, copies := l.storage()
	limits, counted := account.Limits, int64(copies) // of each message
	if tier, ok := account.Tiers[fmt.Sprint("R", copies)]; ok {
		limits, counted = tier.Limits, 1 // there are others for other numbers of copies
	}
	most := limits.MaxStore
	if storage == jetstream.MemoryStorage {
		most = limits.MaxMemory
	}
	if most <= 0 { // of 0 it stores nothing: these are not the streams' limits
		return math.MaxInt64
	}
	return most / counted
}
