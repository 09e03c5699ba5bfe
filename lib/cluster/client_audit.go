package cluster

import (
	"cmp"
	"context"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
)

// audit compares the chunks in flight with the streams. It takes results that
// were missed. A chunk that is neither queued nor has a result was lost by a
// server, or by a worker that returned it, or its result was rejected: it is
// sent again. If the servers do not answer, the next audit asks.
func (j *job) audit(ctx context.Context) error {
	if j.isNamed() && j.checkLease(ctx) == errTaken {
		return errTaken
	}
	j.warnWithoutWorkers(ctx)
	j.deleteRead(ctx) // workers may wait for space
	queued, stored, err := j.inStreams(ctx)
	if err != nil {
		return nil
	}
	for r := range stored {
		if r.To > j.items || j.isDone(r) {
			continue
		}
		s, found, err := j.c.link.Result(ctx, j.name, r)
		if err != nil {
			return nil
		} else if found {
			if err := j.take(ctx, reply{Stored: s, came: time.Since(j.begin)}); err != nil {
				return err
			}
		}
	}
	for _, r := range j.flight.ranges() {
		if !queued[r] && !j.isDone(r) && r.From < int(j.end.Load()) {
			if err := j.sendAgain(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// warnWithoutWorkers logs, once, that there is no worker.
func (j *job) warnWithoutWorkers(ctx context.Context) {
	if j.warned || j.c.config.Workers > 0 {
		return
	}
	if queue, err := j.c.askQueue(ctx); err == nil && queue.Workers() == 0 {
		j.c.log.Warn("cluster: Map waits: there is no worker; start go run ./lib/cluster/worker with the --url of this server",
			"server", cmp.Or(jetstream.Redact(j.c.config.URL), j.c.config.Listen))
		j.warned = true
	}
}
