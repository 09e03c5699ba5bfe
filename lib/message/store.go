package message

import (
	"context"
	"sync"
	"sync/atomic"
)

// store holds items on their way, in the process that made it: a Go channel,
// and what a channel lacks. It can be closed while somebody puts, and an
// item can be lent to another process, and come back if that dies.
type store[T any] struct {
	items    chan T        // closed when no put can be under way any more
	returned chan T        // lent items that came back, on offer
	closing  chan struct{} // closed by close; then why may be read
	dropped  chan struct{} // closed by discard
	settled  chan struct{} // closed when nothing is left and nothing can come back
	why      error         // ErrClosed or ErrLost
	sealed   atomic.Bool   // items is closed
	lent     atomic.Int64  // items lent, and loans being tried

	puts                   sync.RWMutex // held for reading by a put, lest items be closed under it
	close1, drop1, settle1 sync.Once
}

func newStore[T any](capacity int) *store[T] {
	return &store[T]{
		items:    make(chan T, capacity),
		returned: make(chan T),
		closing:  make(chan struct{}),
		dropped:  make(chan struct{}),
		settled:  make(chan struct{}),
	}
}

// noWait stands for a context that has ended but for what can be done at
// once: then the error is ErrFull or ErrEmpty.
var noWait context.Context

// put adds v when there is room. With noWait it does not wait.
func (s *store[T]) put(ctx context.Context, v T) error {
	if ctx != noWait && ctx.Err() != nil {
		return ctx.Err()
	}
	s.puts.RLock()
	defer s.puts.RUnlock()
	select {
	case <-s.closing:
		return s.why
	default:
	}
	select {
	case s.items <- v:
		return nil
	default:
	}
	if ctx == noWait {
		return ErrFull
	}
	select {
	case s.items <- v:
		return nil
	case <-s.closing:
		return s.why
	case <-ctx.Done():
		return ctx.Err()
	}
}

// source is where an item was taken from.
type source int

const (
	nowhere  source = iota
	fresh           // it was put
	borrower        // it was lent and came back, and still counts as lent
	drained         // none is left, but lent ones may come back
)

// take takes an item. With noWait it does not wait.
func (s *store[T]) take(ctx context.Context) (v T, from source, err error) {
	if ctx != noWait && ctx.Err() != nil {
		return v, nowhere, ctx.Err()
	}
	select { // what came back is older than what is there
	case v = <-s.returned:
		return v, borrower, nil
	default:
	}
	ok := false
	select {
	case v, ok = <-s.items:
		return v, freshOrDrained(ok), nil
	default:
	}
	if ctx == noWait {
		return v, nowhere, ErrEmpty
	}
	select {
	case v, ok = <-s.items:
		return v, freshOrDrained(ok), nil
	case v = <-s.returned:
		return v, borrower, nil
	case <-ctx.Done():
		return v, nowhere, ctx.Err()
	}
}

func freshOrDrained(ok bool) source {
	if ok {
		return fresh
	}
	return drained
}

// takeReturned waits, in a closed store without items, until a lent one
// comes back or none can any more.
func (s *store[T]) takeReturned(ctx context.Context) (v T, from source, err error) {
	s.settle()
	select {
	case <-s.settled:
		return v, nowhere, s.why
	case <-s.dropped:
		return v, nowhere, s.why
	default:
	}
	if ctx == noWait {
		return v, nowhere, ErrEmpty
	}
	select {
	case v = <-s.returned:
		return v, borrower, nil
	case <-s.settled:
	case <-s.dropped:
	case <-ctx.Done():
		return v, nowhere, ctx.Err()
	}
	return v, nowhere, s.why
}

// get takes an item for good.
func (s *store[T]) get(ctx context.Context) (T, error) {
	v, from, err := s.take(ctx)
	if from == drained {
		v, from, err = s.takeReturned(ctx)
	}
	if from == borrower {
		s.received()
	} else if s.sealed.Load() {
		s.settle() // it may have been the last
	}
	return v, err
}

// lend takes an item for somebody who may die before it arrives. It must be
// followed by received or giveBack, unless there is an error.
func (s *store[T]) lend(ctx context.Context) (T, error) {
	s.lent.Add(1) // before the item leaves items, lest settle miss it
	v, from, err := s.take(ctx)
	if from != fresh {
		s.received() // there is no loan, or one that has been counted already
	}
	if from == drained {
		v, _, err = s.takeReturned(ctx)
	}
	return v, err
}

// received ends a loan: the item is where it should be.
func (s *store[T]) received() {
	s.lent.Add(-1)
	s.settle()
}

// giveBack ends a loan whose borrower has died: it waits until somebody else
// takes the item, and the count with it.
func (s *store[T]) giveBack(v T) {
	select {
	case s.returned <- v:
	case <-s.dropped:
		s.received()
	}
}

// settle finds out whether the end has come. The order matters: a loan is
// counted before its item leaves items.
func (s *store[T]) settle() {
	if s.sealed.Load() && len(s.items) == 0 && s.lent.Load() == 0 {
		s.settle1.Do(func() { close(s.settled) })
	}
}

// close refuses further puts; what is there can still be taken.
func (s *store[T]) close(why error) {
	s.close1.Do(func() {
		s.why = why
		close(s.closing)
		s.puts.Lock() // those who wait for room have seen closing, and leave
		close(s.items)
		s.puts.Unlock()
		s.sealed.Store(true)
	})
	s.settle()
}

// discard closes, and throws away what is there.
func (s *store[T]) discard(why error) {
	s.close(why)
	s.drop1.Do(func() { close(s.dropped) })
	for range s.items {
	}
	s.settle()
}
