package message

import "context"

// outlet is another process that gets. It asks for an item, and is sent a
// batch: that one, and some more that are there. It claims each in the
// ledger when it is got; until then anybody else who gets takes them back,
// but for the first, for which the process is waiting. Its fields are
// guarded by the store's mu.
type outlet struct {
	of      *store
	ledger  ledger
	batch   []entry
	claimed int // of batch, as far as is known
	most    int // how long the next batch may be
}

func (s *store) attend(o *outlet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o.of, o.most = s, 1
	s.outlets = append(s.outlets, o)
}

// begin begins a batch.
func (o *outlet) begin(item entry) {
	o.batch, o.claimed = append(o.batch[:0:0], item), 0
	o.of.lent++
	o.offer()
}

// offer lets the process claim the batch. The news of it matter to those who
// wait for room, or for the end.
func (o *outlet) offer() {
	o.ledger.offer(len(o.batch), len(o.of.putting) > 0 || o.of.isClosed())
}

// extend adds what is there, twice as much every time unless somebody else
// took it back. It returns the batch.
func (o *outlet) extend() []entry {
	for len(o.batch) < o.most && o.of.ahead < len(o.batch) { // nobody else has older ones
		item, ok := o.of.items.pop()
		if !ok {
			break
		}
		o.batch = append(o.batch, item)
		o.of.ahead++
	}
	if len(o.batch) == o.most {
		o.most = min(2*o.most, mostAhead)
	}
	o.offer()
	return o.batch
}

// get makes a batch. With noWait it does not wait.
func (o *outlet) get(ctx context.Context) ([]entry, error) {
	s := o.of
	s.mu.Lock()
	defer s.mu.Unlock()
	o.withdraw(0) // the one before is over
	item, err := s.takeNow(false)
	if err == nil {
		o.begin(item)
		return o.extend(), nil
	}
	if err != ErrEmpty || ctx == noWait {
		return nil, err
	}
	g := &getter{outlet: o, done: make(chan error, 1)}
	s.getting = append(s.getting, g)
	s.mu.Unlock()
	err = waitFor(ctx, g.done, func() bool { return s.withdraw(g) })
	s.mu.Lock()
	if err != nil {
		return nil, err
	}
	return o.extend(), nil
}

// note notes that so many items of the batch have been received.
func (o *outlet) note(claimed int) {
	if claimed == o.claimed {
		return
	}
	if o.claimed == 0 {
		o.of.lent--
		o.of.ahead++
	}
	o.of.ahead -= claimed - o.claimed
	clear(o.batch[o.claimed:claimed])
	o.claimed = claimed
	o.of.admit()
	o.of.settle()
}

// withdraw takes back what has not been received, but for the first keep
// items.
func (o *outlet) withdraw(keep int) {
	if o.claimed == len(o.batch) {
		return
	}
	stay := o.ledger.withdraw(min(keep, len(o.batch)))
	o.note(o.ledger.claimed(false))
	back := o.batch[stay:]
	if len(back) == 0 {
		return
	}
	o.batch, o.most = o.batch[:stay], 1
	o.of.ahead -= len(back)
	if stay == 0 { // the first was not counted so
		o.of.ahead++
		o.of.lent--
	}
	for _, item := range back {
		o.of.supply(item, (*line).insert)
	}
}

// drop throws away the first item of the batch, and takes back the others.
func (o *outlet) drop() {
	o.of.mu.Lock()
	defer o.of.mu.Unlock()
	o.withdraw(1)
	o.batch = nil
	o.of.lent--
	o.offer()
	o.of.settle()
}

// shorten takes back what is not to be sent: all but the first keep items.
func (o *outlet) shorten(keep int) {
	o.of.mu.Lock()
	defer o.of.mu.Unlock()
	o.withdraw(keep)
	o.most = keep
	o.of.settle()
}

// collect finds out what the process has received.
func (o *outlet) collect() {
	o.of.mu.Lock()
	defer o.of.mu.Unlock()
	o.of.collect(len(o.of.putting) > 0 || o.of.isClosed())
}

// end takes back all that has not been received: the process is gone.
func (o *outlet) end() {
	o.of.mu.Lock()
	defer o.of.mu.Unlock()
	o.withdraw(0)
	remove(&o.of.outlets, o)
	o.of.admit()
	o.of.settle()
}
