package cluster

import (
	"context"
	"time"
)

// abandonedTime is how long nothing must happen to an object that is not whole,
// before it is taken away: a put that lives has a piece stored in less, or
// fails.
const abandonedTime = 2 * connectTime

// unfinished is an object that is not whole.
type unfinished struct {
	pieces uint64
	since  time.Time // it has had so many
}

// sweep takes away objects that nobody needs: who should have done it may have
// died, or not have been heard. They would stay until the end of the job, which
// may wait for the room that they take.
func (j *job) sweep(ctx context.Context) {
	subjects, err := j.c.subjects(ctx, streamOf(j.name), "$O."+bucketOf(j.name)+".>")
	if err != nil {
		return // there is no object yet, or the next time
	}
	counts, whole := map[string]uint64{}, map[string]bool{}
	for subject, messages := range subjects {
		if object, isPiece, ok := objectAt(j.name, subject); !ok {
			continue
		} else if isPiece {
			counts[object] = messages
		} else {
			whole[object] = true
		}
	}
	before := j.unfinished
	j.unfinished = map[string]unfinished{}
	for object, n := range counts {
		drop := !j.needs(object)
		if !whole[object] {
			u := before[object]
			if u.pieces != n {
				u = unfinished{n, time.Now()}
			}
			j.unfinished[object] = u
			drop = drop || time.Since(u.since) >= abandonedTime
		}
		if drop && j.c.dropObject(j.name, object) != nil {
			return
		}
	}
}

// needs reports whether an object may be needed still: that of a chunk until
// its result is there, that of a result if the job can be picked up again.
func (j *job) needs(object string) bool {
	p, ok := partOf(object)
	if !ok || p.number >= j.chunks {
		return true // it is none of ours
	}
	return !j.done[p.number] || j.named && p.kind == resultsPart
}
