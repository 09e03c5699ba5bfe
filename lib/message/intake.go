package message

// mostAhead is how many items a process may put or get ahead of what the
// queue's process knows.
const mostAhead = 32

// intake is another process that puts. It is promised room ahead, so that
// its Put returns when the item is on its way. Whoever finds no room takes
// back what it has not used. Its fields are guarded by the store's mu.
type intake struct {
	of       *store
	ledger   ledger
	held     int    // its part of reserved: credits, and items on their way
	received int64  // items
	ended    bool   // nothing more will be received
	wake     func() // tells the process that waits to look into the ledger
}

func (s *store) join(in *intake) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in.of = s
	s.intakes = append(s.intakes, in)
	if s.isClosed() {
		in.ledger.shut(s.why)
	}
}

// grant promises half of what is free, and one if others wait.
func (in *intake) grant() {
	n := 1
	if len(in.of.putting) == 0 {
		n = max(1, min(mostAhead, in.of.free()/2))
	}
	in.promise(n)
}

func (in *intake) promise(n int) {
	in.held += n
	in.of.reserved += n
	in.ledger.Add(credit, int64(n))
}

// release takes back what was promised but has not been used.
func (in *intake) release(n int) {
	in.held -= n
	in.of.reserved -= n
}

// receive adds an item for which there is room. Half its credits may be used
// up before the process gets more: then it does not have to wait for them.
// An item that could not be decoded is an error for who gets it: its Put has
// returned.
func (in *intake) receive(v any, err error) {
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

// want promises room as soon as there is some.
func (in *intake) want() {
	s := in.of
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.isClosed():
		in.wake()
	case s.hasRoom():
		in.grant()
		in.wake()
	default:
		s.putting = append(s.putting, &putter{intake: in})
	}
}

// cancel ends a want, and reports whether it was waiting.
func (in *intake) cancel(answer func()) {
	in.of.mu.Lock()
	defer in.of.mu.Unlock()
	if in.forget() {
		answer()
	}
}

func (in *intake) forget() bool {
	for _, p := range in.of.putting {
		if p.intake == in {
			return remove(&in.of.putting, p)
		}
	}
	return false
}

// end takes back all that the process had: it is gone.
func (in *intake) end() {
	s := in.of
	s.mu.Lock()
	defer s.mu.Unlock()
	in.ended = true
	in.forget()
	in.ledger.recall()
	in.release(in.held)
	remove(&s.intakes, in)
	s.arrived.Broadcast()
	s.admit()
	s.settle()
}
