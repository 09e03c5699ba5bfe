package mergesort

import (
	"sync"

	"multiprocessing/lib/internal/caught"
)

// Panic is the value with which Parallel panics when compare does: it holds
// compare's own panic value and stack, and prints both.
type Panic = caught.Panic

// Option changes how Parallel works.
type Option func(*options)

type options struct{ cutoff int }

// Cutoff makes Parallel sort and merge fewer than n items without another
// goroutine. Without it n is 4096: to start a goroutine and wait for it
// costs as much as sorting a few dozen items. It panics if n is below 1.
func Cutoff(n int) Option {
	mustBeAtLeastOne("Cutoff: the number of items", n)
	return func(o *options) { o.cutoff = n }
}

// Parallel is Serial with at most so many goroutines at a time. The answer
// is the same. It returns when all have ended. If compare panics, Parallel
// panics with a *Panic, and items are in no order and may be there twice or
// not at all. compare is called from many goroutines at once. It panics if
// compare is nil or workers is below 1.
func Parallel[T any](items []T, compare func(a, b T) int, workers int, opts ...Option) {
	if compare == nil {
		panic("mergesort: Parallel: compare must not be nil")
	}
	mustBeAtLeastOne("Parallel: workers", workers)
	o := options{cutoff: 4096}
	for _, opt := range opts {
		opt(&o)
	}
	s := &sorter[T]{compare: compare, cutoff: o.cutoff}
	s.panics.Run(func() { s.sort(items, make([]T, len(items)), workers) })
	s.panics.Raise()
}

// sorter is one Parallel.
type sorter[T any] struct {
	compare func(a, b T) int
	cutoff  int
	panics  caught.First
}

// both runs left in a new goroutine and right in this one, and waits. It
// returns false if compare has panicked, anywhere.
func (s *sorter[T]) both(left, right func()) bool {
	var wg sync.WaitGroup
	wg.Go(func() { s.panics.Run(left) })
	s.panics.Run(right)
	wg.Wait()
	return s.panics.Panic() == nil
}

// sort gives each half of the items half of the workers.
func (s *sorter[T]) sort(items, scratch []T, workers int) {
	if workers < 2 || len(items) < max(2, s.cutoff) {
		sortSerially(items, scratch, s.compare)
		return
	}
	half := len(items) / 2
	ok := s.both(
		func() { s.sort(items[:half], scratch[:half], workers/2) },
		func() { s.sort(items[half:], scratch[half:], workers-workers/2) },
	)
	if !ok || s.compare(items[half], items[half-1]) >= 0 {
		return // or already in order
	}
	copy(scratch, items)
	s.merge(items, scratch[:half], scratch[half:], workers)
}

// merge cuts a in the middle, b where the middle item of a belongs, and
// merges what lies before and what lies behind at the same time. Items of b
// that equal the middle one belong behind it: that keeps the sort stable.
func (s *sorter[T]) merge(out, a, b []T, workers int) {
	if workers < 2 || len(out) < max(2, s.cutoff) || len(a) == 0 {
		merge(out, a, b, s.compare)
		return
	}
	i := len(a) / 2
	j := s.firstNotBefore(a[i], b)
	s.both(
		func() { s.merge(out[:i+j], a[:i], b[:j], workers/2) },
		func() { s.merge(out[i+j:], a[i:], b[j:], workers-workers/2) },
	)
}

// firstNotBefore returns how many items of the sorted b come before item.
func (s *sorter[T]) firstNotBefore(item T, b []T) int {
	low, high := 0, len(b)
	for low < high {
		middle := int(uint(low+high) / 2)
		if s.compare(b[middle], item) < 0 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}
