package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Chunks and results that are larger than a message may be go through the
// object store, into a bucket of their job. A chunk's object goes when its
// result is kept, that of a result when the client has read it; if the job can
// be picked up again, with the job, for the next client reads it once more.

func bucketOf(job string) string { return "mp-" + job }

// headerRoom is what is left of a message for its subject and headers.
const headerRoom = 4 << 10

var (
	errTooLarge = errors.New("it is too large")
	errBroken   = errors.New("it is not what it says")
	errOver     = errors.New("nobody wants it any more")
	errSilent   = errors.New("nothing of it comes")
	errBehind   = errors.New("a server may be behind the others")
)

// fits reports whether a message can hold that many bytes.
func (l *link) fits(bytes int) bool { return int64(bytes) <= l.conn.MaxPayload()-headerRoom }

// slowest is how many bytes a second a server may take at least.
const slowest = 256 << 10

// putObject stores data under a name that begins with name, and returns it
// whole. It is another for each call: two workers with the same chunk must
// not write to the same object. wanted says errOver when nobody wants it.
func (l *link) putObject(ctx context.Context, job, name string, data []byte, wanted func(context.Context) error) (string, error) {
	if len(data) > maxObject {
		return "", tooLarge(len(data))
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime+time.Duration(len(data))*time.Second/slowest)
	defer cancel()
	bucket, err := l.bucket(ctx, job, wanted)
	if err != nil {
		return "", err
	}
	name += "." + newName()
	_, err = bucket.PutBytes(ctx, name, data)
	return name, err
}

func tooLarge(bytes int) error {
	return fmt.Errorf("%w: %d bytes are too many for one chunk, the most is %d; use smaller chunks", errTooLarge, bytes, maxObject)
}

// bucket opens the bucket of a job, or makes it. A job's end takes its chunks
// away first and its bucket last. So who finds that it is still wanted after
// the bucket was made leaves nothing behind; who does not, takes it away.
func (l *link) bucket(ctx context.Context, job string, wanted func(context.Context) error) (jetstream.ObjectStore, error) {
	if err := wanted(ctx); err != nil {
		return nil, err
	}
	bucket, err := l.js.ObjectStore(ctx, bucketOf(job))
	if !errors.Is(err, jetstream.ErrBucketNotFound) {
		return bucket, err
	}
	storage, replicas := l.storage()
	bucket, err = l.js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{
		Bucket: bucketOf(job), TTL: keepFor, Storage: storage, Replicas: replicas})
	if errors.Is(err, jetstream.ErrBucketExists) {
		return l.js.ObjectStore(ctx, bucketOf(job))
	}
	if err != nil {
		return nil, err
	}
	if err = wanted(ctx); errors.Is(err, errOver) {
		if status, cause := bucket.Status(ctx); cause == nil && status.Size() == 0 { // else it is another's, too
			l.js.DeleteObjectStore(ctx, bucketOf(job))
		}
	}
	return bucket, err
}

// lagTime is how long a server may be behind the others. What it says of an
// object in that time need not be so: it may not have it yet, or only the
// beginning of it.
const lagTime = 20 * time.Second

// insistOnObject returns the data of an object, however many tries that takes.
// It returns as persist does; goOn is told errBehind of what is not believed
// yet.
func (l *link) insistOnObject(ctx context.Context, job, name string, goOn func(error) bool) ([]byte, error) {
	return l.insistOnObjectWithin(ctx, job, name, goOn, lagTime)
}

func (l *link) insistOnObjectWithin(ctx context.Context, job, name string, goOn func(error) bool, lag time.Duration) (data []byte, err error) {
	begin := time.Now()
	err = l.persist(ctx, func() error {
		data, err = l.getObject(ctx, job, name)
		if isBroken(err) && !errors.Is(err, errTooLarge) && l.copies > 1 && time.Since(begin) < lag {
			return fmt.Errorf("%w: %v", errBehind, err) // not %w: it is not broken
		}
		return err
	}, goOn)
	return data, err
}

// getObject returns the data of an object, if there are not too many. It takes
// as long as something comes. An error may pass, but if isBroken says so.
func (l *link) getObject(ctx context.Context, job, name string) ([]byte, error) {
	return l.getObjectWithin(ctx, job, name, connectTime)
}

func (l *link) getObjectWithin(ctx context.Context, job, name string, silence time.Duration) ([]byte, error) {
	read, cancel := context.WithCancel(ctx)
	defer cancel()
	idle := time.AfterFunc(silence, cancel)
	defer idle.Stop()
	data, err := l.read(patient{read, silence}, func() { idle.Reset(silence) }, job, name)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil && read.Err() != nil, errors.Is(err, os.ErrDeadlineExceeded):
		return nil, errSilent // whatever the end of it looked like
	}
	return data, err
}

// patient is a context whose deadline is never reached while something comes;
// without one, jetstream would set 5 seconds for a whole object.
type patient struct {
	context.Context
	silence time.Duration // how long nothing may come
}

func (p patient) Deadline() (time.Time, bool) { return time.Now().Add(p.silence), true }

// read reads an object, and calls came whenever a piece of it has come.
func (l *link) read(ctx context.Context, came func(), job, name string) ([]byte, error) {
	bucket, err := l.js.ObjectStore(ctx, bucketOf(job))
	if err != nil {
		return nil, err
	}
	object, err := bucket.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	defer object.Close()
	info, err := object.Info()
	if err != nil {
		return nil, err
	}
	if info.Size > maxObject {
		return nil, fmt.Errorf("object %q has %d bytes, the most is %d: %w", name, info.Size, maxObject, errTooLarge)
	}
	data := make([]byte, info.Size+1) // at the end, which the last byte finds, the digest is checked
	for at := 0; ; {
		n, err := object.Read(data[at:])
		if at += n; n > 0 {
			came()
		}
		switch {
		case err == io.EOF && uint64(at) == info.Size:
			return data[:at], nil
		case err == io.EOF || at == len(data):
			return nil, fmt.Errorf("object %q is not as long as it says: %w", name, errBroken)
		case err != nil:
			return nil, err
		case ctx.Err() != nil:
			return nil, ctx.Err()
		}
	}
}

// isBroken says of an error of getObject that another try would have the same.
func isBroken(err error) bool {
	for _, broken := range []error{errTooLarge, errBroken, jetstream.ErrObjectNotFound, jetstream.ErrBucketNotFound,
		jetstream.ErrDigestMismatch, jetstream.ErrInvalidDigestFormat, jetstream.ErrBadObjectMeta} {
		if errors.Is(err, broken) {
			return true
		}
	}
	return false
}

// dropObject takes an object away that nobody needs. It stays until the end
// of its job if that fails. Delete makes a note before it removes the pieces,
// for which a full store has no room: then they go first.
func (l *link) dropObject(job, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), connectTime)
	defer cancel()
	bucket, err := l.js.ObjectStore(ctx, bucketOf(job))
	if err != nil || bucket.Delete(ctx, name) == nil {
		return
	}
	if info, err := bucket.GetInfo(ctx, name, jetstream.GetObjectInfoShowDeleted()); err == nil {
		if stream, err := l.js.Stream(ctx, "OBJ_"+bucketOf(job)); err == nil {
			stream.Purge(ctx, jetstream.WithPurgeSubject("$O."+bucketOf(job)+".C."+info.NUID))
		}
	}
	bucket.Delete(ctx, name)
}

// cleanTime is how long to try to take away what is left of a job.
const cleanTime = 10 * time.Second
