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
	server   natsServer
	listener net.Listener
	remove   func()
	running  sync.WaitGroup
}

func newProxy(server natsServer) (p *proxy, err error) {
	p = &proxy{server: server}
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
		inside, err := p.server.InProcessConn()
		if err != nil {
			outside.Close()
			continue
		}
		p.running.Go(func() { carry(inside, outside) })
		p.running.Go(func() { carry(outside, inside) })
	}
}

// carry copies bytes one way until either side ends, and closes both.
func carry(to, from net.Conn) {
	io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, 64<<10))
	to.Close()
	from.Close()
}

// close ends the proxy. shutDown ends the server, and with it all connections.
func (p *proxy) close(shutDown func()) {
	if p != nil {
		p.listener.Close()
		p.remove()
		defer p.running.Wait()
	}
	shutDown()
}
