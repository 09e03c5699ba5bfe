package message

import (
	"context"
	"sync"
)

// place implements a queue or an end of a pipe: local in the process that made
// it, client in others. put takes a pointer to the value, which the caller must
// not use afterwards, and get returns a pointer. With noWait they do not wait.
//
// A place has no type parameters, because the compiler instantiates generic
// code in every program that uses it: a notebook's cell would spend most of its
// build on that.
type place interface {
	put(ctx context.Context, v any) error
	get(ctx context.Context) (any, error)
	length() (int, error) // an error when no item waits or can come any more
	close() error
	discard() error
	address() ([]byte, error)
}

// local is a place in this process. For a queue, into and from are the same.
type local struct {
	types
	into *store
	from *store

	mu     sync.Mutex
	server *server // guarded by mu; nil until another process needs it
}

func (l *local) put(ctx context.Context, v any) error { return l.into.put(ctx, v) }

func (l *local) get(ctx context.Context) (any, error) { return l.from.get(ctx) }

func (l *local) length() (int, error) { return l.from.length() }

func (l *local) close() error {
	l.end(ErrClosed)
	return l.awaitServer()
}

func (l *local) discard() error {
	l.into.close(ErrClosed)
	l.from.discard(ErrClosed)
	return l.awaitServer()
}

// end closes the place. Items that an end of a pipe has not received are
// discarded, because only this end could receive them.
func (l *local) end(why error) {
	if l.pipe { // before into is closed: the other end must find from discarded
		l.from.discard(why)
	}
	l.into.close(why)
}

// awaitServer waits until the server has ended, unless there are items left for
// other processes.
func (l *local) awaitServer() error {
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
		return nil // the server ends when the last item has been received
	}
	return s.wait()
}

// address starts a server if there is none, and returns its encoded address.
func (l *local) address() ([]byte, error) {
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
