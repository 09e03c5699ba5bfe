// Package failure determines the error of a Map whose tasks fail: the failure
// of the lowest item, at which a for loop would have stopped. The result does
// not depend on which worker is fastest.
package failure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"multiprocessing/lib/internal/caught"
)

// Lowest collects the failures of a Map and stores that of the lowest item. A
// failure cancels only later items, because earlier items may fail as well.
// Items must start in their order. Another order is possible if all items
// before a failed item start in any case.
//
// The zero value is ready for tasks that take no context. All methods may be
// called from many goroutines.
type Lowest struct {
	skipped atomic.Bool  // an item did not start
	failed  atomic.Int64 // item + 1 if err is set

	mu      sync.Mutex
	item    int    // guarded by mu
	err     error  // guarded by mu; nil, an error, or a *caught.Panic
	running []*Run // guarded by mu; runs that can be canceled

	ctx context.Context // of the caller; nil if tasks take none
}

// Run is a sequence of items that one worker runs one after the other.
type Run struct {
	First  int
	Cancel func(cause error)

	canceled bool // Cancel has been called
}

// Of returns a Lowest for tasks whose contexts end with ctx.
func Of(ctx context.Context) *Lowest {
	return &Lowest{ctx: ctx}
}

// Init is Of for a Lowest in another struct.
func (l *Lowest) Init(ctx context.Context) { l.ctx = ctx }

// Run calls task for the items from to to-1, one after the other, until one
// fails or the context of the tasks ends, either with the caller's or because
// an item before from fails. It stores in at the item at which it stopped, for
// Catch.
func (l *Lowest) Run(from, to int, at *int, task func(ctx context.Context, item int) error) {
	ctx := &lazyContext{lowest: l, first: from}
	i := from
	defer func() {
		*at = i
		ctx.end()
	}()
	for ; i < to; i++ {
		if l.Over(from) {
			l.Skip()
			return
		}
		if err := task(ctx, i); err != nil {
			l.returned(i, err, ctx)
			return
		}
	}
}

// Over reports whether the context of tasks on first and the items after it
// has ended.
func (l *Lowest) Over(first int) bool {
	failed := l.failed.Load() // item + 1
	return failed > 0 && failed <= int64(first) || l.ctx.Err() != nil
}

// Begin returns the context for a sequence of items that starts with first and
// that one worker runs. Call end when they have ended.
func (l *Lowest) Begin(first int) (ctx context.Context, end func()) {
	ctx, cancel := context.WithCancelCause(l.ctx)
	r := &Run{First: first, Cancel: cancel}
	l.Watch(r)
	return ctx, func() {
		l.Unwatch(r)
		cancel(nil)
	}
}

// Watch calls r.Cancel if an item before r.First fails, or in Stop, but at most
// once. It calls it at once if an item has failed or the caller's context has
// ended.
func (l *Lowest) Watch(r *Run) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.canceled = false
	l.running = append(l.running, r)
	if l.err != nil && l.item < r.First {
		r.cancel(l.cause())
	} else if l.ctx.Err() != nil {
		r.cancel(context.Cause(l.ctx))
	}
}

// Unwatch ends Watch and reports whether Cancel was called. If so, it has
// returned.
func (l *Lowest) Unwatch(r *Run) (canceled bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.running, r)
	l.running = slices.Delete(l.running, i, i+1)
	return r.canceled
}

func (r *Run) cancel(cause error) {
	if !r.canceled {
		r.canceled = true
		r.Cancel(cause)
	}
}

// Stop cancels everything that Watch watches. Call it when the caller's context
// has ended.
func (l *Lowest) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.running {
		r.cancel(context.Cause(l.ctx))
	}
}

// Skip records that an item did not start, or was canceled.
func (l *Lowest) Skip() { l.skipped.Store(true) }

// returned records the error of a task that had ctx.
func (l *Lowest) returned(item int, err error, ctx context.Context) {
	if Own(ctx, err, nil) == nil {
		l.Skip()
		return
	}
	l.Fail(item, err)
}

// Own returns err, the error of a task that had ctx. If err only reports that
// ctx has ended, the task did not fail, and Own returns stopped.
func Own(ctx context.Context, err, stopped error) error {
	if ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return stopped
	}
	return err
}

// Catch calls f and records its panic as the failure of the item whose number
// f stored in item. If f ends its goroutine (runtime.Goexit), that counts as a
// panic, because its result is missing; the goroutine still ends.
func (l *Lowest) Catch(item *int, f func()) {
	returned := false
	defer func() {
		if !returned {
			l.Fail(*item, caught.NewPanic(recover()))
		}
	}()
	f()
	returned = true
}

// Fail records the failure of an item: an error, or a *caught.Panic.
func (l *Lowest) Fail(item int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil && l.item <= item {
		return
	}
	l.item, l.err = item, err
	l.failed.Store(int64(item) + 1)
	for _, r := range l.running {
		if r.First > item {
			r.cancel(l.cause())
		}
	}
}

// cause returns the cause with which later items are canceled. l.mu must be
// held.
func (l *Lowest) cause() error { return fmt.Errorf("item %d failed: %w", l.item, l.err) }

// Failed reports whether an item has failed.
func (l *Lowest) Failed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err != nil
}

// Raise panics with the *caught.Panic of the lowest item that failed, if it
// panicked. Call it when all tasks have ended.
func (l *Lowest) Raise() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p, ok := l.err.(*caught.Panic); ok {
		panic(p)
	}
}

// Err returns the error of the lowest item that failed, with the item's
// number. If none failed but items were skipped, it returns the cause of the
// context's end. It panics where Raise does. The error's text begins with
// operation. Call it when all tasks have ended.
func (l *Lowest) Err(operation string) error {
	l.Raise()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return fmt.Errorf("%s: item %d: %w", operation, l.item, l.err)
	}
	if l.skipped.Load() {
		return fmt.Errorf("%s: stopped before all items were done: %w", operation, context.Cause(l.ctx))
	}
	return nil
}
