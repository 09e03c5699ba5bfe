package message

import (
	"context"
	"sync"
)

// place is where a queue or an end of a pipe puts and gets: in this process,
// or by way of a socket in the one that made it. P is what is put into it, G
// what comes out. With noWait nobody waits.
type place[P, G any] interface {
	put(ctx context.Context, v P) error
	get(ctx context.Context) (G, error)
	length() (int, error) // an error when no item waits or can come any more
	close() error
	discard() error
	address() ([]byte, error)
}

// local is a place in this process. For a queue into and from are the same.
type local[P, G any] struct {
	into *store[P]
	from *store[G]
	pipe bool // it belongs to one user, and ends with it

	mu     sync.Mutex
	server *server[P, G] // guarded by mu; nil until another process needs it
}

func (l *local[P, G]) put(ctx context.Context, v P) error { return l.into.put(ctx, v) }

func (l *local[P, G]) get(ctx context.Context) (G, error) { return l.from.get(ctx) }

func (l *local[P, G]) length() (int, error) { return l.from.length() }

func (l *local[P, G]) close() error {
	l.end(ErrClosed)
	return l.awaitServer()
}

func (l *local[P, G]) discard() error {
	l.into.close(ErrClosed)
	l.from.discard(ErrClosed)
	return l.awaitServer()
}

// end is what closing means. Nobody else gets from this end of a pipe, so
// what it has not received is thrown away.
func (l *local[P, G]) end(why error) {
	if l.pipe { // first: who hears of the end from into shall find it complete
		l.from.discard(why)
	}
	l.into.close(why)
}

// awaitServer waits for the server, if nothing is left for it to do.
func (l *local[P, G]) awaitServer() error {
	l.mu.Lock()
	s := l.server
	l.mu.Unlock()
	if s == nil {
		return nil
	}
	select {
	case <-l.from.settled:
	case <-l.from.dropped:
	default:
		return nil // it ends when the last item has been received
	}
	return s.wait()
}

// address makes sure that there is a server, and returns what others need to
// reach it.
func (l *local[P, G]) address() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server == nil {
		s, err := serve(l)
		if err != nil {
			return nil, err
		}
		l.server = s
	}
	return l.server.where.encode()
}
