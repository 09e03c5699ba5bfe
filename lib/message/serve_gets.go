package message

import (
	"context"
	"fmt"
)

// gets is the server's side of a connection on which another process gets. A
// get that must wait does so in a goroutine, so that the client is heard
// when it cancels or dies.
type gets struct {
	*link
	outlet  *outlet
	waiting chan struct{} // closed when the get is answered; nil if none waits
	cancel  context.CancelFunc
}

// batchSize is how many bytes of items are sent ahead at most.
const batchSize = 1 << 16

func (s *server) serveGets(l *link) {
	words, err := l.share()
	if err != nil {
		return
	}
	defer words.Close()
	g := &gets{link: l, outlet: &outlet{ledger: words}}
	s.of.from.attend(g.outlet)
	defer g.outlet.end()
	l.listen(g.hear)
	if s.isEnding() {
		g.settle() // who waits is told of the end, not that it was canceled
	}
	g.giveUp()
}

func (g *gets) hear(f frame) error {
	switch f.kind {
	case get:
		g.giveUp()
		g.begin()
	case news:
		g.outlet.collect()
	case cancel:
		if g.waiting != nil {
			g.cancel()
		}
	default:
		return fmt.Errorf("a message of kind %d among gets", f.kind)
	}
	return nil
}

// settle waits until the get that waits is answered.
func (g *gets) settle() {
	if g.waiting != nil {
		<-g.waiting
		g.waiting = nil
	}
}

func (g *gets) giveUp() {
	if g.waiting != nil {
		g.cancel()
		g.settle()
	}
}

// begin answers a get at once if that is possible.
func (g *gets) begin() {
	batch, err := g.outlet.get(noWait)
	if err != ErrEmpty {
		g.answer(batch, err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	waiting := make(chan struct{})
	g.waiting, g.cancel = waiting, cancel
	go func() {
		defer close(waiting)
		defer cancel()
		g.answer(g.outlet.get(ctx))
	}()
}

// answer sends a batch in one system call; if that fails, so does the next
// read. An item that cannot be encoded is of no use to any other process: it
// is dropped, and who asked for it is told.
func (g *gets) answer(batch []entry, err error) {
	if err != nil {
		g.write(failure(err))
		return
	}
	last := 0
	for i, one := range batch {
		payload, err := one.encode(g.link)
		if err != nil && i == 0 {
			g.outlet.drop()
			g.write(failure(fmt.Errorf("an item is dropped: %w", err)))
			return
		}
		if err != nil || i > 0 && len(g.out)+len(payload) > batchSize {
			g.outlet.shorten(i)
			break
		}
		last = len(g.out)
		g.add(frame{item, payload})
	}
	g.out[last] = byte(lastItem)
	g.flush()
}
