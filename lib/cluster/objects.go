package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Chunks and results that are larger than a message may be go through the
// object store, into a bucket of their job. A chunk's object goes when its
// result is kept, that of a result when the client has read it; if the job can
// be picked up again, with the job, for the next client reads it once more.

// headerRoom is what is left of a message for its subject and headers.
const headerRoom = 4 << 10

var (
	errTooLarge = errors.New("it is too large")
	errBroken   = errors.New("it is not what it says")
	errOver     = errors.New("nobody wants it any more")
)

// fits reports whether a message can hold that many bytes.
func (l *link) fits(bytes int) bool { return int64(bytes) <= l.conn.MaxPayload()-headerRoom }

// slowest is how many bytes a second a server may take at least.
const slowest = 256 << 10

// putObject stores data under a name that begins with that of its chunk, and
// returns it whole. It is another for each call: two workers with the same
// chunk must not write to the same object. wanted says errOver when nobody
// wants it.
func (l *link) putObject(ctx context.Context, job string, of part, data []byte, wanted func(context.Context) error) (string, error) {
	if len(data) > maxObject {
		return "", tooLarge(len(data))
	}
	within, cancel := context.WithTimeout(ctx, connectTime+time.Duration(len(data))*time.Second/slowest)
	defer cancel()
	if err := l.makeBucket(within, job, wanted); err != nil {
		return "", err
	}
	name := of.newObject()
	err := l.putPieces(within, job, name, data)
	if err != nil {
		l.dropFailed(ctx, job, name)
	}
	return name, err
}

// putPieces stores the pieces of an object, then what there is to know of it,
// as ObjectStore.Put does. (That one takes for stored what was lost with a
// connection, sends again in another order what nobody heard, leaves pieces
// in a full store, and a goroutine behind when it is cut off; nats.go 1.49.)
func (l *link) putPieces(ctx context.Context, job, name string, data []byte) error {
	info := &jetstream.ObjectInfo{ObjectMeta: jetstream.ObjectMeta{Name: name}, Bucket: bucketOf(job), NUID: nuidOf(name), Size: uint64(len(data))}
	p := &pieces{link: l, subject: piecesOf(job, name), window: firstPieces}
	for some := range slices.Chunk(data, min(pieceSize, int(l.conn.MaxPayload()/2))) {
		if err := p.send(ctx, some); err != nil {
			return err
		}
		info.Chunks++
	}
	info.Digest = digestOf(data) // while the last pieces are on their way
	if err := p.await(ctx, 0); err != nil {
		return err
	}
	text, err := json.Marshal(info)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime) // as each piece has: see abandonedTime
	defer cancel()
	_, err = l.js.PublishMsg(ctx, &nats.Msg{Subject: infoOf(job, name), Data: text, Header: nats.Header{jetstream.MsgRollup: {jetstream.MsgRollupSubject}}})
	return err
}

// dropFailed takes away what there is of an object that could not be stored,
// before the next try stores another. It tries for as long as that one would.
func (l *link) dropFailed(ctx context.Context, job, name string) {
	if ctx.Err() == nil {
		l.purgeObject(ctx, job, name)
	} else if l.conn.IsConnected() {
		l.dropObject(job, name)
	}
}

// dropObject takes an object away that nobody needs. It stays if that fails;
// then job.sweep finds it, or the end of its job.
func (l *link) dropObject(job, name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), connectTime)
	defer cancel()
	return l.purgeObject(ctx, job, name)
}

// purgeObject takes an object away at once. ObjectStore.Delete makes a note
// before, for which a full store has no room.
func (l *link) purgeObject(ctx context.Context, job, name string) error {
	_, err := ask(ctx, func(ctx context.Context) (any, error) {
		bucket, err := l.js.Stream(ctx, streamOf(job))
		if err != nil {
			return nil, err
		}
		return nil, bucket.Purge(ctx, jetstream.WithPurgeSubject(allOf(job, name)))
	})
	if errors.Is(err, jetstream.ErrStreamNotFound) { // its job has ended
		return nil
	}
	return err
}

func digestOf(data []byte) string {
	sum := sha256.New()
	sum.Write(data)
	return jetstream.GetObjectDigestValue(sum)
}

func tooLarge(bytes int) error {
	return fmt.Errorf("%w: %d bytes are too many for one chunk, the most is %d; use smaller chunks", errTooLarge, bytes, maxObject)
}

// getObject returns the data of an object, if there are not too many. An error
// may pass, but if isBroken says so. It asks for one piece after the other.
// (ObjectStore.Get has a server make a consumer for them. One that is behind
// sends what it has, and no more; and for minutes after a server was killed,
// consumers are to be made there, too, and nothing comes.)
func (l *link) getObject(ctx context.Context, job, name string) ([]byte, error) {
	asking, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	bucket, err := ask(asking, func(ctx context.Context) (jetstream.Stream, error) { return l.js.Stream(ctx, streamOf(job)) })
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, jetstream.ErrBucketNotFound
	} else if err != nil {
		return nil, err
	}
	info, err := l.objectInfo(ctx, bucket, job, name)
	if err != nil {
		return nil, err
	}
	if info.Size > maxObject {
		return nil, fmt.Errorf("object %q has %d bytes, the most is %d: %w", name, info.Size, maxObject, errTooLarge)
	}
	data := make([]byte, 0, info.Size)
	for last := uint64(0); uint64(len(data)) < info.Size; {
		m, err := l.lookUpFixed(ctx, bucket, nextFor(piecesOf(job, name), last+1))
		if err != nil && !isNotThere(err) {
			return nil, err
		}
		if isNotThere(err) || len(m.Data) == 0 || uint64(len(data)+len(m.Data)) > info.Size {
			return nil, fmt.Errorf("object %q is not as long as it says: %w", name, errBroken)
		}
		data, last = append(data, m.Data...), m.Sequence
	}
	if digestOf(data) != info.Digest {
		return nil, fmt.Errorf("object %q: %w", name, jetstream.ErrDigestMismatch)
	}
	return data, nil
}

func (l *link) objectInfo(ctx context.Context, bucket jetstream.Stream, job, name string) (*jetstream.ObjectInfo, error) {
	m, err := l.lookUpFixed(ctx, bucket, lastFor(infoOf(job, name)))
	if isNotThere(err) {
		return nil, fmt.Errorf("object %q: %w", name, jetstream.ErrObjectNotFound)
	} else if err != nil {
		return nil, err
	}
	var info jetstream.ObjectInfo
	if json.Unmarshal(m.Data, &info) != nil {
		return nil, fmt.Errorf("object %q: %w", name, jetstream.ErrBadObjectMeta)
	}
	if info.Deleted {
		return nil, fmt.Errorf("object %q: %w", name, jetstream.ErrObjectNotFound)
	}
	return &info, nil
}

// isBroken says of an error of getObject that another try would have the same.
func isBroken(err error) bool {
	for _, broken := range []error{errTooLarge, errBroken, jetstream.ErrObjectNotFound, jetstream.ErrBucketNotFound,
		jetstream.ErrDigestMismatch, jetstream.ErrBadObjectMeta} {
		if errors.Is(err, broken) {
			return true
		}
	}
	return false
}

// cleanTime is how long to try to take away what is left of a job.
const cleanTime = 10 * time.Second
