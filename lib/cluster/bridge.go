package cluster

import (
	"io"
	"net"
	"sync"

	"multiprocessing/lib/internal/usersocket"
)

// bridge leads worker processes to a server that listens on nothing: what
// comes through a Unix socket, from this user only, goes into the server's
// connections within the program. It costs a copy, and no port is open.
type bridge struct {
	socket   string
	server   *embedded
	listener net.Listener
	remove   func()
	running  sync.WaitGroup

	mu    sync.Mutex
	ended bool              // guarded by mu
	open  map[net.Conn]bool // guarded by mu
}

func newBridge(server *embedded) (*bridge, error) {
	b := &bridge{server: server, open: map[net.Conn]bool{}}
	var err error
	if b.listener, b.socket, b.remove, err = usersocket.Listen(); err != nil {
		return nil, err
	}
	b.running.Go(b.accept)
	return b, nil
}

func (b *bridge) accept() {
	for {
		outside, err := b.listener.Accept()
		if err != nil {
			return // closed
		}
		if !usersocket.SameUser(outside) {
			outside.Close()
			continue
		}
		inside, err := b.server.server.InProcessConn()
		if err != nil || !b.enter(outside, inside) {
			outside.Close()
			continue
		}
		b.running.Go(func() { b.carry(inside, outside) })
		b.running.Go(func() { b.carry(outside, inside) })
	}
}

// enter counts connections in, unless the end has come.
func (b *bridge) enter(conns ...net.Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range conns {
		if b.ended {
			c.Close()
		} else {
			b.open[c] = true
		}
	}
	return !b.ended
}

// carry carries bytes one way until either side ends, and ends the other.
func (b *bridge) carry(to, from net.Conn) {
	io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, 64<<10))
	to.Close()
	from.Close()
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, to)
	delete(b.open, from)
}

func (b *bridge) close() {
	if b == nil {
		return
	}
	b.mu.Lock()
	b.ended = true
	for c := range b.open {
		c.Close()
	}
	b.mu.Unlock()
	b.listener.Close()
	b.remove()
	b.running.Wait()
}
