package message

// entry is an item with its place among all that were put.
type entry[T any] struct {
	n   uint64
	v   T
	err error // why there is no v
}

// line is items in the order of their numbers: a ring that grows.
type line[T any] struct {
	ring  []entry[T]
	first int
	count int
}

func (l *line[T]) at(i int) *entry[T] { return &l.ring[(l.first+i)%len(l.ring)] }

func (l *line[T]) push(item entry[T]) {
	if l.count == len(l.ring) {
		l.grow()
	}
	*l.at(l.count) = item
	l.count++
}

func (l *line[T]) grow() {
	ring := make([]entry[T], max(8, 2*len(l.ring)))
	for i := range l.count {
		ring[i] = *l.at(i)
	}
	l.ring, l.first = ring, 0
}

func (l *line[T]) pop() (item entry[T], ok bool) {
	if l.count == 0 {
		return item, false
	}
	oldest := l.at(0)
	item, *oldest = *oldest, item // lest the ring keep it alive
	l.first = (l.first + 1) % len(l.ring)
	l.count--
	return item, true
}

// insert puts an item that was there before in its place, which is near the
// beginning.
func (l *line[T]) insert(item entry[T]) {
	if l.count == len(l.ring) {
		l.grow()
	}
	l.first = (l.first + len(l.ring) - 1) % len(l.ring)
	l.count++
	i := 0
	for ; i+1 < l.count && l.at(i+1).n < item.n; i++ {
		*l.at(i) = *l.at(i + 1)
	}
	*l.at(i) = item
}

func (e entry[T]) encode(l *link) ([]byte, error) {
	if e.err != nil {
		return nil, e.err
	}
	return encode(l, e.v)
}
