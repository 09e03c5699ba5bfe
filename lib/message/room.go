package message

// free is how much room there is that nobody has.
func (s *store) free() int { return s.capacity - s.items.count - s.ahead - s.reserved }

// hasRoom reports whether there is room for one who comes now. If need be it
// takes back what was promised to others who do not use it.
func (s *store) hasRoom() bool {
	if len(s.putting) > 0 {
		return false // they come first
	}
	if s.free() > 0 {
		return true
	}
	for _, in := range s.intakes {
		in.release(in.ledger.recall())
	}
	s.collect(true)
	return s.free() > 0
}

// admit lets those put who have waited longest, as far as there is room.
func (s *store) admit() {
	for len(s.putting) > 0 && s.free() > 0 {
		p := pull(&s.putting)
		if p.intake != nil {
			p.intake.grant()
			p.intake.wake()
			continue
		}
		s.add(p.item)
		p.done <- nil
	}
}

// collect finds out which of the items sent ahead have been received. With
// news the clients will tell when they receive one more.
func (s *store) collect(news bool) {
	for _, o := range s.outlets {
		o.note(o.ledger.claimed(news))
	}
}

// catchUp waits for the items of other processes whose Put has returned.
// They are on their way, and so this is short, whatever those processes do.
func (s *store) catchUp() {
	if len(s.intakes) == 0 {
		return
	}
	for _, in := range append([]*intake{}, s.intakes...) {
		if in.ended { // its ledger is closed
			continue
		}
		for n := in.ledger.Load(sent); in.received < n && !in.ended; {
			s.arrived.Wait()
		}
	}
}
