package message

// entry is an item with its sequence number.
type entry struct {
	n uint64
	v any // a pointer to the value, or unreadable
}

// unreadable is an item that could not be decoded.
type unreadable struct{ why error }

// fifo is a queue of items in the order of their sequence numbers: a ring buffer
// that grows.
type fifo struct {
	ring  []entry // its length is a power of two, or 0
	first int
	count int
}

func (l *fifo) at(i int) *entry { return &l.ring[(l.first+i)&(len(l.ring)-1)] }

func (l *fifo) push(item entry) {
	if l.count == len(l.ring) {
		l.grow()
	}
	*l.at(l.count) = item
	l.count++
}

func (l *fifo) grow() {
	ring := make([]entry, max(8, 2*len(l.ring)))
	for i := range l.count {
		ring[i] = *l.at(i)
	}
	l.ring, l.first = ring, 0
}

func (l *fifo) pop() (item entry, ok bool) {
	if l.count == 0 {
		return item, false
	}
	oldest := l.at(0)
	item, *oldest = *oldest, item // clear the entry, so that the item can be collected
	l.first = (l.first + 1) & (len(l.ring) - 1)
	l.count--
	return item, true
}

// insert returns an item that was popped before to its position, which is near
// the beginning.
func (l *fifo) insert(item entry) {
	if l.count == len(l.ring) {
		l.grow()
	}
	l.first = (l.first - 1) & (len(l.ring) - 1)
	l.count++
	i := 0
	for ; i+1 < l.count && l.at(i+1).n < item.n; i++ {
		*l.at(i) = *l.at(i + 1)
	}
	*l.at(i) = item
}

func (e entry) encode(l *link) ([]byte, error) {
	if u, ok := e.v.(unreadable); ok {
		return nil, u.why
	}
	return l.encode(e.v)
}
