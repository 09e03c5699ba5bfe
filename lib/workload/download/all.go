package download

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"multiprocessing/lib/internal/notnil"
)

// Serial downloads one file after the other. It returns the contents in the
// order of the files, or the first error, after which it asks for no more.
func Serial(ctx context.Context, files []File) ([][]byte, error) {
	notnil.Context(ctx, "download: Serial")
	contents := make([][]byte, len(files))
	for i, file := range files {
		content, err := Get(ctx, file)
		if err != nil {
			return nil, err
		}
		contents[i] = content
	}
	return contents, nil
}

// Option changes how All works.
type Option func(*options)

type options struct{ timeout time.Duration }

// Timeout allows each file so much time. Without it ctx alone decides. It
// panics if d is not positive.
func Timeout(d time.Duration) Option {
	if d <= 0 {
		panic(fmt.Sprintf("download: Timeout: the time must be positive, got %v", d))
	}
	return func(o *options) { o.timeout = d }
}

// All downloads the files, at most atOnce of them at the same time, each in
// a goroutine that takes the next file when it has one. It returns when all
// goroutines have ended: with the contents in the order of the files, or
// with the first error, which cancels the other downloads. It panics if
// atOnce is below 1.
func All(ctx context.Context, files []File, atOnce int, opts ...Option) ([][]byte, error) {
	notnil.Context(ctx, "download: All")
	if atOnce < 1 {
		panic(fmt.Sprintf("download: All: atOnce must be at least 1, got %d", atOnce))
	}
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d := &downloads{files: files, contents: make([][]byte, len(files)), timeout: o.timeout, cancel: cancel}
	var wg sync.WaitGroup
	for range min(atOnce, len(files)) {
		wg.Go(func() { d.run(ctx) })
	}
	wg.Wait()
	if d.failure != nil {
		return nil, d.failure
	}
	return d.contents, nil
}

// downloads is one All.
type downloads struct {
	files    []File
	contents [][]byte
	timeout  time.Duration
	next     atomic.Int64 // file not yet taken
	cancel   func()
	failed   sync.Once
	failure  error // the first error, written by failed; the others follow from it
}

// run downloads files until none is left, or one fails.
func (d *downloads) run(ctx context.Context) {
	for i := int(d.next.Add(1)) - 1; i < len(d.files); i = int(d.next.Add(1)) - 1 {
		content, err := getWithin(ctx, d.files[i], d.timeout)
		if err != nil {
			d.failed.Do(func() { d.failure = err; d.cancel() })
			return
		}
		d.contents[i] = content
	}
}

func getWithin(ctx context.Context, file File, timeout time.Duration) ([]byte, error) {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	return Get(ctx, file)
}
