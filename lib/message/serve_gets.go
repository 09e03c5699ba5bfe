package message

import (
	"context"
	"fmt"
)

// gets is the server's side of a connection for gets. A get waits in its own
// goroutine, so that the server notices when the client cancels or dies.
type gets struct {
	*link
	remoteGetter *remoteGetter
	waiting      chan struct{} // closed when the get is answered; nil if none waits
	cancel       context.CancelFunc
}

// batchSize limits the bytes of items that are sent ahead.
const batchSize = 1 << 16

func (s *server) serveGets(l *link) {
	words, err := l.share()
	if err != nil {
		return
	}
	defer words.Close()
	g := &gets{link: l, remoteGetter: &remoteGetter{ledger: words}}
	s.of.from.attend(g.remoteGetter)
	defer g.remoteGetter.end()
	l.listen(g.handle)
	if s.isEnding() {
		g.settle() // a waiting get must return the reason of the end, not that it was canceled
	}
	g.cancelWaiting()
}

func (g *gets) handle(f frame) error {
	switch f.kind {
	case get:
		g.cancelWaiting()
		g.begin()
	case news:
		g.remoteGetter.collect()
	case cancel:
		if g.waiting != nil {
			g.cancel()
		}
	default:
		return fmt.Errorf("invalid frame of kind %d on a connection for gets", f.kind)
	}
	return nil
}

// settle waits until the waiting get, if any, is answered.
func (g *gets) settle() {
	if g.waiting != nil {
		<-g.waiting
		g.waiting = nil
	}
}

// cancelWaiting cancels the waiting get, if any.
func (g *gets) cancelWaiting() {
	if g.waiting != nil {
		g.cancel()
		g.settle()
	}
}

// begin answers a get at once if possible; otherwise it waits in a goroutine.
func (g *gets) begin() {
	batch, err := g.remoteGetter.get(noWait)
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
		g.answer(g.remoteGetter.get(ctx))
	}()
}

// answer sends a batch in one system call; if that fails, so does the next
// read. An item that cannot be encoded is dropped, because no other process can
// receive it, and the client gets the error.
func (g *gets) answer(batch []entry, err error) {
	if err != nil {
		g.write(failure(err))
		return
	}
	last := 0
	for i, one := range batch {
		payload, err := one.encode(g.link)
		if err != nil && i == 0 {
			g.remoteGetter.drop()
			g.write(failure(fmt.Errorf("an item is dropped: %w", err)))
			return
		}
		if err != nil || i > 0 && len(g.out)+len(payload) > batchSize {
			g.remoteGetter.shorten(i)
			break
		}
		last = len(g.out)
		g.add(frame{item, payload})
	}
	g.out[last] = byte(lastItem)
	g.flush()
}
