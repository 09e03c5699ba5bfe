package message

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// store holds items on their way, in the process that made it. What other
// processes may do ahead of time, each has in its intake or outlet.
//
// It is no Go channel, for a channel cannot keep places for processes that
// are about to put, nor have back in its place what another did not receive.
type store struct {
	settled chan struct{} // closed when nothing is left and nothing can come any more
	dropped chan struct{} // closed by discard
	quiet   chan struct{} // closed when it is closed and no put is under way any more
	why     error         // ErrClosed or ErrLost; until it is closed nil, and guarded by mu

	mu       sync.Mutex // guards what follows
	items    line
	capacity int
	last     uint64    // number of the item that was put last
	putting  []*putter // wait for room; then there is none
	getting  []*getter // wait for an item; then there is none
	intakes  []*intake // other processes that put
	outlets  []*outlet // other processes that get
	reserved int       // room promised to intakes
	lent     int       // items on their way to a getter that waits
	ahead    int       // items sent ahead to outlets; they take up room
	arrived  sync.Cond // an intake has received something, or has ended
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

// noWait stands for a context that has ended but for what can be done at
// once: then the error is ErrFull or ErrEmpty.
var noWait context.Context = now{context.Background()}

type now struct{ context.Context }

// putter waits until there is room for its item, or, if it is an intake,
// until there is room at all.
type putter struct {
	item   any
	intake *intake
	done   chan error
}

// getter waits for an item, for itself or to be lent to an outlet.
type getter struct {
	item   entry
	outlet *outlet
	done   chan error
}

// put adds v when there is room. With noWait it does not wait.
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
	if !s.hasRoom() {
		return ErrFull
	}
	s.add(v)
	return nil
}

// waitFor waits until done says something, or withdraws because ctx ends.
func waitFor(ctx context.Context, done chan error, withdraw func() bool) error {
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	if withdraw() {
		return ctx.Err()
	}
	return <-done // it came first
}

// forget takes back that p waits, unless it has what it waited for.
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

// pull returns the one that has waited longest.
func pull[E any](all *[]E) (first E) {
	first = (*all)[0]
	*all = slices.Delete(*all, 0, 1)
	return first
}

// add adds a new item.
func (s *store) add(v any) {
	s.last++
	s.supply(entry{s.last, v}, (*line).push)
}

// supply gives an item to who has waited longest, or has the line keep it.
func (s *store) supply(item entry, keep func(*line, entry)) {
	if s.isClosed() && isOver(s.dropped) { // the first takes less time
		return
	}
	if len(s.getting) == 0 {
		keep(&s.items, item)
		return
	}
	g := pull(&s.getting)
	if g.outlet != nil {
		g.outlet.begin(item)
	} else {
		g.item = item
	}
	g.done <- nil
}

// take takes the oldest item, and lets those put who wait for room.
func (s *store) take() (entry, bool) {
	for _, o := range s.outlets {
		o.withdraw(1) // these are older, and nobody waits for them
	}
	item, ok := s.items.pop()
	if ok {
		s.admit()
	}
	return item, ok
}

// get takes an item for good. With noWait it does not wait.
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

// opened is what a Get says of an item.
func opened(item entry, err error) (any, error) {
	if u, ok := item.v.(unreadable); ok {
		return nil, fmt.Errorf("an item is dropped: %w", u.why)
	}
	return item.v, err
}

// takeNow takes an item if there is one, certainly if it must be certain.
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

// withdraw takes back that g waits, unless it has what it waited for.
func (s *store) withdraw(g *getter) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return remove(&s.getting, g)
}

// tryLend takes an item, if there is one, for somebody who may die before it
// arrives. Then received or giveBack must follow.
func (s *store) tryLend() (entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item, err := s.takeNow(true)
	if err == nil {
		s.lent++
	}
	return item, err
}

// received ends a loan: the item is where it should be.
func (s *store) received() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lent--
	s.settle()
}

// giveBack ends a loan whose borrower has died.
func (s *store) giveBack(item entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lent--
	s.supply(item, (*line).insert)
	s.settle()
}

// length returns how many items wait to be received. If none waits and none
// can come any more, the error says why.
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
