package message

import "context"

// remoteGetter is the queue's side of another process that gets. When the
// process asks for an item, the server sends a batch: that item, and some more
// if available. The process claims each item in the ledger when it gets it.
// Until then a get of another process can withdraw the items, except the first,
// for which the process is waiting. The store's mu guards the fields.
type remoteGetter struct {
	of      *store
	ledger  ledger
	batch   []entry
	claimed int // number of claimed items of batch, as last read from the ledger
	most    int // maximum length of the next batch
}

func (s *store) attend(o *remoteGetter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o.of, o.most = s, 1
	s.remoteGetters = append(s.remoteGetters, o)
}

// begin starts a batch with item.
func (o *remoteGetter) begin(item entry) {
	o.batch, o.claimed = append(o.batch[:0:0], item), 0
	o.of.lent++
	o.offer()
}

// offer permits the process to claim the batch. It asks for news of claims if
// puts wait for capacity, or if the store is closed and may end.
func (o *remoteGetter) offer() {
	o.ledger.offer(len(o.batch), len(o.of.putting) > 0 || o.of.isClosed())
}

// extend adds available items to the batch and returns it. The maximum doubles
// with every full batch, and is reset when items are withdrawn.
func (o *remoteGetter) extend() []entry {
	for len(o.batch) < o.most && o.of.ahead < len(o.batch) { // only if no other remoteGetter has older items
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
func (o *remoteGetter) get(ctx context.Context) ([]entry, error) {
	s := o.of
	s.mu.Lock()
	defer s.mu.Unlock()
	o.withdraw(0) // the previous batch has ended
	item, err := s.takeNow(false)
	if err == nil {
		o.begin(item)
		return o.extend(), nil
	}
	if err != ErrEmpty || ctx == noWait {
		return nil, err
	}
	g := &getter{remoteGetter: o, done: make(chan error, 1)}
	s.getting = append(s.getting, g)
	s.mu.Unlock()
	err = waitFor(ctx, g.done, func() bool { return s.withdraw(g) })
	s.mu.Lock()
	if err != nil {
		return nil, err
	}
	return o.extend(), nil
}

// note records the number of items of the batch that have been claimed.
func (o *remoteGetter) note(claimed int) {
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

// withdraw returns items that have not been claimed to the store, except the
// first keep items.
func (o *remoteGetter) withdraw(keep int) {
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
	if stay == 0 { // the first item is counted in lent, not in ahead
		o.of.ahead++
		o.of.lent--
	}
	for _, item := range back {
		o.of.supply(item, (*fifo).insert)
	}
}

// drop discards the first item of the batch, and withdraws the others.
func (o *remoteGetter) drop() {
	o.of.mu.Lock()
	defer o.of.mu.Unlock()
	o.withdraw(1)
	o.batch = nil
	o.of.lent--
	o.offer()
	o.of.settle()
}

// shorten withdraws the items that are not sent: all except the first keep.
func (o *remoteGetter) shorten(keep int) {
	o.of.mu.Lock()
	defer o.of.mu.Unlock()
	o.withdraw(keep)
	o.most = keep
	o.of.settle()
}

// collect reads from the ledger which items have been claimed.
func (o *remoteGetter) collect() {
	o.of.mu.Lock()
	defer o.of.mu.Unlock()
	o.of.collect(len(o.of.putting) > 0 || o.of.isClosed())
}

// end withdraws all items that have not been claimed, because the process is
// gone.
func (o *remoteGetter) end() {
	o.of.mu.Lock()
	defer o.of.mu.Unlock()
	o.withdraw(0)
	remove(&o.of.remoteGetters, o)
	o.of.admit()
	o.of.settle()
}
