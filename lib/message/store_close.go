package message

// isOver reports whether a channel is closed.
func isOver(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (s *store) isClosed() bool { return s.why != nil }

// settle ends the store if it is closed, no item is left, and none can arrive
// or return. Call it after every change of these conditions.
func (s *store) settle() {
	if !s.isClosed() || s.reserved > 0 {
		return
	}
	if !isOver(s.quiet) {
		close(s.quiet)
	}
	if s.items.count == 0 && s.lent == 0 && s.ahead == 0 && !isOver(s.settled) {
		close(s.settled)
		s.refuse()
	}
}

// refuse ends all waiting gets, because no more items will arrive.
func (s *store) refuse() {
	for len(s.getting) > 0 {
		pull(&s.getting).done <- s.why
	}
}

// close refuses further puts; items that are left can still be taken.
func (s *store) close(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeNow(why)
}

func (s *store) closeNow(why error) {
	if s.isClosed() {
		return
	}
	s.why = why
	for _, in := range s.remotePutters {
		in.release(in.ledger.shut(why))
	}
	for len(s.putting) > 0 {
		if p := pull(&s.putting); p.remotePutter != nil {
			p.remotePutter.wake()
		} else {
			p.done <- why
		}
	}
	s.collect(true)
	s.settle()
}

// discard closes the store and discards the items that are left.
func (s *store) discard(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeNow(why)
	if isOver(s.dropped) {
		return
	}
	close(s.dropped)
	for _, o := range s.remoteGetters {
		o.withdraw(1)
	}
	s.items = fifo{}
	s.refuse()
	s.settle()
}
