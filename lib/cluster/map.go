package cluster

import (
	"context"
	"errors"
	"fmt"

	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/caught"
	"multiprocessing/lib/internal/notnil"
	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/registered"
	"multiprocessing/lib/process"
)

// Map returns the task's result for every item, in the order of the items,
// computed by the workers of c, wherever they are. The task is one of package
// process. Without items, Map returns an empty slice.
//
// When ctx is done, Map returns nil and an error that wraps context.Cause(ctx).
// Without Job, queued chunks are deleted (Close waits for that), and workers
// cancel the tasks that run: at once or, if they are cut off, within 5 seconds.
// With Job, chunks and tasks continue, and another Map of that name collects
// the results.
//
// With no worker connected, Map waits until one connects or ctx is done, and
// logs a warning to Config.Log, which is dropped by default: set Log, or a
// deadline.
//
// Chunks of items wait in JetStream until a worker asks for one, and until its
// result is stored. If a worker dies, or sends no in-progress message for 5
// seconds, its chunk is delivered to another. The first result of a chunk
// counts. So a task may run more than once, which matters if it changes more
// than its result.
//
// If tasks fail, Map returns nil and the error of the failed item with the
// lowest index; the error's text has that index, counted from 0. It wraps the
// error that the task returned, as that of process.Map does, a *PanicError if
// the task panicked, or a *RefusedError if a worker does not have the same
// task. Chunks after that item are skipped; Map waits for those before it.
//
// If chunks reach their maximum number of attempts, Map returns both a slice of
// full length and a *LostError: items of lost chunks have the zero value of R,
// and LostError.Chunks lists them. If an item after them failed, too, the slice
// is nil, and errors.As finds the *LostError.
//
// Map cuts the items, and the results of a chunk, so that they fit into
// messages. A value that alone is larger than a message (8 MB with the servers
// of this package; other servers state their own limit) is an error.
//
// Map panics if the task was not made by process.Register or RegisterErr, if c
// is closed, and if ctx is nil.
func Map[T, R any](ctx context.Context, c *Cluster, items []T, task *process.Task[T, R], opts ...Option) ([]R, error) {
	results := make([]R, len(items))
	err := c.run(ctx, task.Name(), portable.Of(items), portable.Of(results), func(i int) any { return items[i] }, opts)
	if _, lost := err.(*LostError); err != nil && !lost {
		return nil, err
	}
	return results, err
}

// run is Map without its types.
func (c *Cluster) run(ctx context.Context, task string, items, results portable.Values, item func(i int) any, opts []Option) error {
	notnil.Context(ctx, "cluster: Map")
	if task == "" {
		misuse("Map: the task must not be nil or zero; make it with process.Register")
	}
	c.begin("Map")
	defer c.maps.Done()
	known, _ := registered.Lookup(task)
	j := newJob(c, known, items.Len(), gather(opts))
	j.encode = func(ctx context.Context, r wire.Range) ([]byte, error) {
		var payload []byte
		at := 0
		err := within(ctx, known.Argument.CallsMethods(), func() (err error) {
			payload, err = known.Argument.Encode(items.Part(r.From, r.To))
			if failed := (*portable.ValueError)(nil); errors.As(err, &failed) {
				at, err = failed.At, failed.Err
			}
			return err
		})
		switch {
		case err == nil:
			return payload, nil
		case ctx.Err() != nil: // a method that has not returned may still write the variables
			return nil, context.Cause(ctx)
		}
		return nil, &itemError{r.From + at, fmt.Errorf("it cannot be sent: %w", err)}
	}
	j.decode = func(ctx context.Context, payload []byte, r wire.Range) error {
		if len(payload) < known.Result.AtLeast(r.Len()) {
			return fmt.Errorf("%d bytes are too few for %d values", len(payload), r.Len())
		}
		fresh := known.Result.Make(r.Len())
		if err := within(ctx, known.Result.CallsMethods(), func() error { return known.Result.Decode(payload, fresh) }); err != nil {
			return err
		}
		known.Result.Copy(results.Part(r.From, r.To), fresh)
		return nil
	}
	j.show = func(r wire.Range) string { return show(r, item) }
	return j.run(ctx)
}

// within runs f. If f calls methods of the user's types, these may not return
// before ctx ends.
func within(ctx context.Context, callsMethods bool, f func() error) error {
	if callsMethods {
		return caught.Call(ctx, f)
	}
	return f()
}
