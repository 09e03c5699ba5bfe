package cluster

import (
	"io"
	"net"
	"sync"

	"multiprocessing/lib/internal/usersocket"
)

// proxy connects worker processes to a server that listens on nothing. It
// copies bytes between a Unix socket, which only this user can open, and
// connections to the server within the program. No port is open.
type proxy struct {
	socket   string
	server   *embedded
	listener net.Listener
	remove   func()
	running  sync.WaitGroup

	mu    sync.Mutex
	ended bool              // guarded by mu
	open  map[net.Conn]bool // guarded by mu
}

func newProxy(server *embedded) (*proxy, error) {
	p := &proxy{server: server, open: map[net.Conn]bool{}}
	var err error
	if p.listener, p.socket, p.remove, err = usersocket.Listen(); err != nil {
		return nil, err
	}
	p.running.Go(p.accept)
	return p, nil
}

func (p *proxy) accept() {
	for {
		outside, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		if !usersocket.SameUser(outside) {
			outside.Close()
			continue
		}
		inside, err := p.server.server.InProcessConn()
		if err != nil || !p.enter(outside, inside) {
			outside.Close()
			continue
		}
		p.running.Go(func() { p.carry(inside, outside) })
		p.running.Go(func() { p.carry(outside, inside) })
	}
}

// enter records connections, unless the proxy is closed.
func (p *proxy) enter(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		if p.ended {
			c.Close()
		} else {
			p.open[c] = true
		}
	}
	return !p.ended
}

// carry copies bytes one way until either side ends, and closes both.
func (p *proxy) carry(to, from net.Conn) {
	io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, 64<<10))
	to.Close()
	from.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, to)
	delete(p.open, from)
}

func (p *proxy) close() {
	if p == nil {
		return
	}
	p.mu.Lock()
	p.ended = true
	for c := range p.open {
		c.Close()
	}
	p.mu.Unlock()
	p.listener.Close()
	p.remove()
	p.running.Wait()
}
