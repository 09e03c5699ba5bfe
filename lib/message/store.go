package message

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// store stores the items of a queue, or of one direction of a pipe, in the
// process that made it. Each other process has a remotePutter or remoteGetter.
//
// A Go channel is not sufficient: it cannot reserve capacity for processes that
// are about to put, nor take an item that another process did not receive back
// to its position.
type store struct {
	settled chan struct{} // closed when the store is closed, no items are left, and none can arrive
	dropped chan struct{} // closed by discard
	quiet   chan struct{} // closed when the store is closed and no put is in flight
	why     error         // ErrClosed or ErrLost; nil, and guarded by mu, until the store is closed

	mu            sync.Mutex // guards the fields below
	items         fifo
	capacity      int
	last          uint64          // sequence number of the last item
	putting       []*putter       // puts that wait for capacity; empty if there is any
	getting       []*getter       // gets that wait for an item; empty if there is any
	remotePutters []*remotePutter // other processes that put
	remoteGetters []*remoteGetter // other processes that get
	reserved      int             // capacity reserved for remotePutters
	lent          int             // items in flight to a waiting getter
	ahead         int             // items sent ahead to remoteGetters; they use capacity
	arrived       sync.Cond       // a remotePutter has received an item, or has ended
}

func newStore(capacity int) *store {
	s := &store{
		capacity: capacity,
		settled:  make(chan struct{}),
		dropped:  make(chan struct{}),
		quiet:    make(chan struct{}),
	}
	s.arrived.L = &s.mu
	return s
}

// noWait is a context with which put and get return ErrFull or ErrEmpty instead
// of waiting.
var noWait context.Context = now{context.Background()}

type now struct{ context.Context }

// putter is a waiting put. It waits for capacity for its item or, if it is of
// a remotePutter, for credits.
type putter struct {
	item         any
	remotePutter *remotePutter
	done         chan error
}

// getter is a waiting get. The item is for the getter itself, or starts the
// next batch of its remoteGetter.
type getter struct {
	item         entry
	remoteGetter *remoteGetter
	done         chan error
}

// put adds v when there is capacity. With noWait it does not wait.
func (s *store) put(ctx context.Context, v any) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.mu.Lock()
	s.catchUp()
	if err := s.putNow(v); err != ErrFull || ctx == noWait {
		s.mu.Unlock()
		return err
	}
	p := &putter{item: v, done: make(chan error, 1)}
	s.putting = append(s.putting, p)
	s.mu.Unlock()
	return waitFor(ctx, p.done, func() bool { return s.forget(p) })
}

func (s *store) putNow(v any) error {
	if s.isClosed() {
		return s.why
	}
	if !s.hasCapacity() {
		return ErrFull
	}
	s.add(v)
	return nil
}

// waitFor waits for the result in done. If ctx ends first, it calls withdraw,
// which reports whether the wait could be withdrawn.
func waitFor(ctx context.Context, done chan error, withdraw func() bool) error {
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	if withdraw() {
		return ctx.Err()
	}
	return <-done // the result came first
}

// forget withdraws p, unless it is complete.
func (s *store) forget(p *putter) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return remove(&s.putting, p)
}

func remove[E comparable](all *[]E, one E) bool {
	i := slices.Index(*all, one)
	if i >= 0 {
		*all = slices.Delete(*all, i, i+1)
	}
	return i >= 0
}

// pull removes and returns the first element, which has waited longest.
func pull[E any](all *[]E) (first E) {
	first = (*all)[0]
	*all = slices.Delete(*all, 0, 1)
	return first
}

// add adds a new item.
func (s *store) add(v any) {
	s.last++
	s.supply(entry{s.last, v}, (*fifo).push)
}

// supply passes an item to the get that has waited longest. If none waits, it
// calls enqueue, which adds the item to s.items.
func (s *store) supply(item entry, enqueue func(*fifo, entry)) {
	if s.isClosed() && isOver(s.dropped) { // the cheaper check first
		return
	}
	if len(s.getting) == 0 {
		enqueue(&s.items, item)
		return
	}
	g := pull(&s.getting)
	if g.remoteGetter != nil {
		g.remoteGetter.begin(item)
	} else {
		g.item = item
	}
	g.done <- nil
}

// take takes the oldest item, and completes puts that wait for capacity.
func (s *store) take() (entry, bool) {
	for _, o := range s.remoteGetters {
		o.withdraw(1) // items sent ahead are older, and no get waits for them
	}
	item, ok := s.items.pop()
	if ok {
		s.admit()
	}
	return item, ok
}

// get takes an item. With noWait it does not wait.
func (s *store) get(ctx context.Context) (v any, err error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	s.mu.Lock()
	if item, err := s.takeNow(ctx == noWait); err != ErrEmpty || ctx == noWait {
		s.settle() // it may have been the last
		s.mu.Unlock()
		return opened(item, err)
	}
	g := &getter{done: make(chan error, 1)}
	s.getting = append(s.getting, g)
	s.mu.Unlock()
	err = waitFor(ctx, g.done, func() bool { return s.withdraw(g) })
	return opened(g.item, err)
}

// opened returns the results of a Get for an item.
func opened(item entry, err error) (any, error) {
	if u, ok := item.v.(unreadable); ok {
		return nil, fmt.Errorf("an item is dropped: %w", u.why)
	}
	return item.v, err
}

// takeNow takes an item if there is one. With certain it first waits for items
// in flight, so that ErrEmpty is reliable.
func (s *store) takeNow(certain bool) (item entry, err error) {
	if certain {
		s.catchUp()
	}
	item, ok := s.take()
	switch {
	case ok:
		return item, nil
	case isOver(s.settled) || isOver(s.dropped):
		return item, s.why
	}
	return item, ErrEmpty
}

// withdraw withdraws g, unless it is complete.
func (s *store) withdraw(g *getter) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return remove(&s.getting, g)
}

// tryLend takes an item, if there is one, for a process that may die before the
// item arrives. received or returnLoan must follow.
func (s *store) tryLend() (entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item, err := s.takeNow(true)
	if err == nil {
		s.lent++
	}
	return item, err
}

// received ends a loan: the item has arrived.
func (s *store) received() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lent--
	s.settle()
}

// returnLoan ends a loan that did not arrive: the item returns to the store.
func (s *store) returnLoan(item entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lent--
	s.supply(item, (*fifo).insert)
	s.settle()
}

// length returns the number of items that can be received. If there are none
// and none can arrive any more, it returns the reason as an error.
func (s *store) length() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	s.collect(false)
	n := s.items.count + s.ahead
	if n == 0 && (isOver(s.settled) || isOver(s.dropped)) {
		return 0, s.why
	}
	return n, nil
}
