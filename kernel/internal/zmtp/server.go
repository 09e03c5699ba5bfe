package zmtp

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// Server is a socket that listens: a ROUTER, a PUB or a REP.
type Server struct {
	kind     string
	limit    int // of a message that a peer sends
	queue    int // of what waits to be sent to a peer, in bytes
	receive  func(identity []byte, message Message, err error)
	rest     func(kept Message) io.Writer
	listener net.Listener
	running  sync.WaitGroup

	mu    sync.Mutex
	peers map[string]*peer // guarded by mu; by identity
	open  map[net.Conn]bool
	ended bool
}

// maxPeers is more than a kernel ever has of clients, and keeps a peer that opens connections without end from taking
// all the memory.
const maxPeers = 256

// Listen makes a socket of type ROUTER, PUB or REP that listens on a TCP or Unix address. Messages from peers may have
// up to limit bytes, what waits for one of them up to queue bytes. receive is called for each message to a ROUTER, from
// a goroutine for each peer; it may be nil for the others. rest returns where the frames of a message go that has more,
// from the first one that does not fit on; kept are those before it. The error that receive gets has this writer.
func Listen(kind, network, address string, limit, queue int, receive func(identity []byte, message Message, err error), rest func(kept Message) io.Writer) (*Server, error) {
	if network == "unix" {
		removeAbandoned(address)
	}
	listener, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	s := &Server{kind: kind, limit: limit, queue: queue, receive: receive, rest: rest, listener: listener,
		peers: map[string]*peer{}, open: map[net.Conn]bool{}}
	s.running.Go(s.accept)
	return s, nil
}

// removeAbandoned removes a Unix socket that nobody listens on any more: a process that was killed leaves it.
func removeAbandoned(path string) {
	conn, err := net.DialTimeout("unix", path, greetingTime)
	if err == nil {
		conn.Close()
		return
	}
	if info, missing := os.Lstat(path); missing == nil && info.Mode()&os.ModeSocket != 0 {
		_ = os.Remove(path)
	}
}

// Addr is the address that the socket listens on.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // as when the process has no file descriptor left: others may end meanwhile
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if !s.admit(conn) {
			conn.Close()
			continue
		}
		s.running.Go(func() {
			defer s.leave(conn)
			if !anotherUsers(conn) {
				s.serve(conn)
			}
		})
	}
}

func (s *Server) admit(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || len(s.open) >= maxPeers {
		return false
	}
	s.open[conn] = true
	return true
}

func (s *Server) leave(conn net.Conn) {
	conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, conn)
}

func (s *Server) serve(conn net.Conn) {
	c, err := handshake(conn, s.kind, "", s.limit)
	if err != nil {
		return
	}
	c.rest = s.rest
	p := &peer{conn: c, most: s.queue, topics: map[string]int{}}
	p.more.L = &p.mu
	// A router alone answers by identity. Jupyter's server gives its subscribers one, too: two of the same session, as
	// of a page that connects again, must not end each other's connection in turns.
	identity := c.PeerIdentity
	if len(identity) == 0 || s.kind != "ROUTER" {
		identity = append([]byte{0}, rand.Text()...)
	}
	s.enter(string(identity), p)
	s.running.Go(p.send)
	defer p.end()
	defer s.exit(string(identity), p)
	for {
		message, err := c.Read()
		if err != nil && !errors.As(err, new(TooLarge)) {
			return
		}
		switch s.kind {
		case "ROUTER":
			s.receive(identity, message, err)
		case "REP": // what a client's heartbeat asks is sent back as it came
			p.enqueue(message, false)
		case "PUB":
			p.subscribe(message)
		}
	}
}

// enter replaces a peer of the same identity: a client that connects anew is there before its old connection is seen
// to be gone. So two clients of one identity would take it from each other; ipykernel's do, too (ROUTER_HANDOVER).
func (s *Server) enter(identity string, p *peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.peers[identity]; old != nil {
		old.conn.Close()
	}
	s.peers[identity] = p
}

func (s *Server) exit(identity string, p *peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.peers[identity] == p {
		delete(s.peers, identity)
	}
}

// Send sends a message to the peer of that identity, and tells whether there is one with room in its queue.
func (s *Server) Send(identity []byte, message Message) bool {
	s.mu.Lock()
	p := s.peers[string(identity)]
	s.mu.Unlock()
	return p != nil && p.enqueue(message, false)
}

// Publish sends a message to all peers that have subscribed to the start of its first frame. A peer that does not keep
// up loses what may be lost, and the connection when it would lose more. It returns how many have not got it.
func (s *Server) Publish(message Message, mayBeLost bool) (lost int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.peers {
		if p.subscribed(message[0]) && !p.enqueue(message, mayBeLost) {
			lost++
		}
	}
	return lost
}

// Close ends the socket, once what is queued has been sent or ctx has ended.
func (s *Server) Close(ctx context.Context) {
	s.listener.Close()
	s.mu.Lock()
	s.ended = true
	for _, p := range s.peers {
		p.finish()
	}
	s.mu.Unlock()
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, s.closeAll)
	defer stop()
	go func() { s.running.Wait(); close(done) }()
	<-done
}

func (s *Server) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.open {
		conn.Close()
	}
}

// peer is a connected peer and what waits to be sent to it.
type peer struct {
	conn *Conn
	most int // bytes in queue

	mu       sync.Mutex
	more     sync.Cond // queue or ended has changed
	queue    []Message
	bytes    int
	ended    bool           // send no more
	finished bool           // send what is queued and no more
	topics   map[string]int // subscriptions, with how often
}

// enqueue tells whether the message will be sent, as far as it is known.
func (p *peer) enqueue(message Message, mayBeLost bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	size := message.Size() + 64*len(message)
	switch {
	case p.ended || p.finished:
		return false
	case p.bytes+size > p.most && mayBeLost:
		return false
	case p.bytes+size > 2*p.most:
		p.ended = true
		p.conn.Close()
		p.more.Signal()
		return false
	}
	p.queue, p.bytes = append(p.queue, message), p.bytes+size
	p.more.Signal()
	return true
}

// send writes what is queued until the peer is gone.
func (p *peer) send() {
	for {
		message, ok := p.next()
		if !ok || p.conn.Write(message) != nil {
			p.conn.Close()
			return
		}
	}
}

func (p *peer) next() (Message, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) == 0 && !p.ended && !p.finished {
		p.more.Wait()
	}
	if p.ended || len(p.queue) == 0 {
		return nil, false
	}
	message := p.queue[0]
	p.queue[0] = nil
	p.queue, p.bytes = p.queue[1:], p.bytes-message.Size()-64*len(message)
	return message, true
}

func (p *peer) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	p.more.Signal()
}

func (p *peer) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finished = true
	p.more.Signal()
}

// subscribe does what a subscriber asks: 1 and a topic, or 0 and a topic to end it.
func (p *peer) subscribe(message Message) {
	if len(message) != 1 || len(message[0]) == 0 || len(message[0]) > 256 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	topic := string(message[0][1:])
	switch {
	case message[0][0] == 1 && len(p.topics) < maxFrames:
		p.topics[topic]++
	case message[0][0] == 0 && p.topics[topic] > 1:
		p.topics[topic]--
	case message[0][0] == 0:
		delete(p.topics, topic)
	}
}

func (p *peer) subscribed(topic []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for prefix := range p.topics {
		if bytes.HasPrefix(topic, []byte(prefix)) {
			return true
		}
	}
	return false
}
