package message

// mostAhead limits the credits of a process that puts, and the items that are
// sent ahead to a process that gets.
const mostAhead = 32

// remotePutter is the queue's side of another process that puts. The store
// grants it credits in advance, so that its Put returns when the item is in
// flight. If the store is full, it withdraws unused credits. The store's mu
// guards the fields.
type remotePutter struct {
	of       *store
	ledger   ledger
	held     int    // its part of reserved: credits, and items in flight
	received int64  // number of items received
	ended    bool   // no more items will be received
	wake     func() // notifies the waiting process that the ledger has changed
}

func (s *store) join(in *remotePutter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in.of = s
	s.remotePutters = append(s.remotePutters, in)
	if s.isClosed() {
		in.ledger.shut(s.why)
	}
}

// grant grants half of the free capacity, or one credit if others wait.
func (in *remotePutter) grant() {
	n := 1
	if len(in.of.putting) == 0 {
		n = max(1, min(mostAhead, in.of.free()/2))
	}
	in.promise(n)
}

// promise adds n credits, for which the store reserves capacity.
func (in *remotePutter) promise(n int) {
	in.held += n
	in.of.reserved += n
	in.ledger.Add(credit, int64(n))
}

// release frees reserved capacity.
func (in *remotePutter) release(n int) {
	in.held -= n
	in.of.reserved -= n
}

// receive adds an item, for which capacity is reserved. When the process has
// used half of its credits, receive grants more, so that it need not wait for
// them. If the item could not be decoded, the Get that takes it returns the
// error, because its Put has returned.
func (in *remotePutter) receive(v any, err error) {
	s := in.of
	s.mu.Lock()
	defer s.mu.Unlock()
	in.release(1)
	in.received++
	if err != nil {
		v = unreadable{err}
	}
	s.add(v)
	s.arrived.Broadcast()
	left := int(in.ledger.Load(credit))
	if n := min(mostAhead-left, s.free()/2); left < mostAhead/2 && n > 0 && len(s.putting) == 0 && !s.isClosed() {
		in.promise(n)
	}
	s.admit()
	s.settle()
}

// want grants credits as soon as there is free capacity.
func (in *remotePutter) want() {
	s := in.of
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.isClosed():
		in.wake()
	case s.hasCapacity():
		in.grant()
		in.wake()
	default:
		s.putting = append(s.putting, &putter{remotePutter: in})
	}
}

// cancel ends a want, and reports whether it was waiting.
func (in *remotePutter) cancel(answer func()) {
	in.of.mu.Lock()
	defer in.of.mu.Unlock()
	if in.forget() {
		answer()
	}
}

func (in *remotePutter) forget() bool {
	for _, p := range in.of.putting {
		if p.remotePutter == in {
			return remove(&in.of.putting, p)
		}
	}
	return false
}

// end withdraws all credits and frees the reserved capacity, because the
// process is gone.
func (in *remotePutter) end() {
	s := in.of
	s.mu.Lock()
	defer s.mu.Unlock()
	in.ended = true
	in.forget()
	in.ledger.recall()
	in.release(in.held)
	remove(&s.remotePutters, in)
	s.arrived.Broadcast()
	s.admit()
	s.settle()
}
