package message

// free returns the capacity that is neither used nor reserved.
func (s *store) free() int { return s.capacity - s.items.count - s.ahead - s.reserved }

// hasCapacity reports whether there is capacity for a new put. If necessary, it
// withdraws unused credits and reads from the ledgers which items were claimed.
func (s *store) hasCapacity() bool {
	if len(s.putting) > 0 {
		return false // waiting puts come first
	}
	if s.free() > 0 {
		return true
	}
	for _, in := range s.remotePutters {
		in.release(in.ledger.recall())
	}
	s.collect(true)
	return s.free() > 0
}

// admit completes waiting puts, oldest first, while there is free capacity.
func (s *store) admit() {
	for len(s.putting) > 0 && s.free() > 0 {
		p := pull(&s.putting)
		if p.remotePutter != nil {
			p.remotePutter.grant()
			p.remotePutter.wake()
			continue
		}
		s.add(p.item)
		p.done <- nil
	}
}

// collect reads from the ledgers which of the items sent ahead have been
// claimed. With news the clients must notify the server of their next claim.
func (s *store) collect(news bool) {
	for _, o := range s.remoteGetters {
		o.note(o.ledger.claimed(news))
	}
}

// catchUp waits for the items of other processes whose Put has returned. They
// are in flight, so the wait is short, whatever those processes do.
func (s *store) catchUp() {
	if len(s.remotePutters) == 0 {
		return
	}
	for _, in := range append([]*remotePutter{}, s.remotePutters...) {
		if in.ended { // its ledger is closed
			continue
		}
		for n := in.ledger.Load(sent); in.received < n && !in.ended; {
			s.arrived.Wait()
		}
	}
}
