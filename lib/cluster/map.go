package cluster

import (
	"context"
	"errors"
	"fmt"

	"multiprocessing/lib/internal/caught"
	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/registered"
	"multiprocessing/lib/process"
)

// Map returns the task's result for every item, in the order of the items,
// computed by the workers of c, wherever they are. It returns when all are
// done. The task is one of package process.
//
// Chunks of items wait in JetStream until a worker asks for one, and until
// its result is stored. A worker that dies, or of which nothing is heard, has
// its chunk given to another. Results count once for each chunk, so that
// nothing changes if two workers have the same. So a task may run more than
// once, which matters if it changes more than its result.
//
// The error is a *PanicError if a task panicked, a *RefusedError if a worker
// does not have the same task, and tells so if a value could not be encoded.
// Then chunks not yet begun are abandoned, and there are no results; those of
// chunks that ran just then stay with the servers for a week, unread. It is a
// *LostError if chunks were abandoned after their maximum number of attempts;
// then all other results are there. Map panics if the
// task was not made by process.Register or c is closed.
func Map[T, R any](c *Cluster, items []T, task *process.Task[T, R], opts ...Option) ([]R, error) {
	results := make([]R, len(items))
	err := c.run(task.Name(), portable.Of(items), portable.Of(results), func(i int) any { return items[i] }, opts)
	var lost *LostError
	if err != nil && !errors.As(err, &lost) {
		return nil, err
	}
	return results, err
}

// run is Map without its types.
func (c *Cluster) run(task string, items, results portable.Values, item func(i int) any, opts []Option) error {
	if task == "" {
		misuse("Map: the task must not be nil or zero; make it with process.Register")
	}
	c.begin("Map")
	defer c.maps.Done()
	known, _ := registered.Lookup(task)
	j := c.newJob(known, items.Len(), gather(opts))
	j.encode = func(ctx context.Context, from, to int) ([]byte, error) {
		var payload []byte
		if err := within(ctx, known.Argument.CallsMethods(), func() (err error) {
			payload, err = known.Argument.Encode(items.Part(from, to))
			return err
		}); err != nil {
			return nil, err // a method that has not returned may still write payload
		}
		return payload, nil
	}
	j.decode = func(ctx context.Context, payload []byte, from, to int) error {
		if len(payload) < known.Result.AtLeast(to-from) {
			return fmt.Errorf("%d bytes are too few for %d values", len(payload), to-from)
		}
		fresh := known.Result.Make(to - from)
		if err := within(ctx, known.Result.CallsMethods(), func() error { return known.Result.Decode(payload, fresh) }); err != nil {
			return err
		}
		known.Result.Copy(results.Part(from, to), fresh)
		return nil
	}
	j.show = func(from, to int) string { return show(from, to, item) }
	return j.run()
}

// within runs f, which calls methods of the user's types if callsMethods is true: these
// may not return before ctx ends.
func within(ctx context.Context, callsMethods bool, f func() error) error {
	if callsMethods {
		return caught.Call(ctx, f)
	}
	return f()
}

// Forget ends a job that was given a name: its chunks and results are taken
// away, and the name is free. A Map of it that is running ends with an error.
// That there is no such job is no error.
func (c *Cluster) Forget(ctx context.Context, name string) error {
	if ctx == nil {
		misuse("Forget: ctx must not be nil; pass context.Background()")
	}
	if !token.MatchString(name) {
		misuse("Forget: the name must be 1 to 64 letters, digits, - and _, got %q", name)
	}
	c.begin("Forget")
	defer c.maps.Done()
	j := &job{c: c, options: options{job: name}, name: newName(), named: true}
	found, err := j.find(ctx)
	if found {
		err = j.takeAway(ctx)
	}
	if err != nil {
		return fmt.Errorf("cluster: Forget: job %q: %w", name, err)
	}
	return nil
}

func (c *Cluster) newJob(task *registered.Task, items int, o options) *job {
	return &job{c: c, options: o, name: newName(), named: o.job != "", task: task.Name, items: items, workers: map[string]int{},
		code: c.codeOf(task), types: task.Types}
}
