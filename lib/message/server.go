package message

import (
	"crypto/subtle"
	"net"
	"os"
	"sync"
	"time"

	"multiprocessing/lib/internal/usersocket"
)

const (
	// helloTime is how long a new connection may take to send the token.
	helloTime = 5 * time.Second
	// goodbyeTime is how long sending goodbye to a client may take.
	goodbyeTime = time.Second
)

// server serves a local place to other processes. It ends when the place is
// closed and no items are left.
type server struct {
	of       *local
	codecs   codecs
	where    address
	listener net.Listener
	remove   func() // removes the listener's files
	running  sync.WaitGroup

	mu       sync.Mutex
	clients  map[net.Conn]bool // guarded by mu; true if the token was accepted
	admitted int               // guarded by mu; number of clients that are true
	ending   bool              // guarded by mu
}

func serve(of *local) (*server, error) {
	codecs, err := of.codecs()
	if err != nil {
		return nil, err
	}
	s := &server{of: of, codecs: codecs, where: newAddress(of.String(), os.Getpid()), clients: map[net.Conn]bool{}}
	if s.listener, s.where.Socket, s.remove, err = usersocket.Listen(); err != nil {
		return nil, err
	}
	s.running.Go(s.accept)
	s.running.Go(s.awaitEnd)
	return s, nil
}

// wait returns when all goroutines of the server have ended.
func (s *server) wait() error {
	s.running.Wait()
	return nil
}

func (s *server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil && s.isEnding() {
			return
		}
		if err != nil {
			time.Sleep(time.Millisecond) // for example, too many open files
			continue
		}
		if !s.enter(conn) {
			conn.Close()
			return
		}
		s.running.Go(func() { s.handle(conn) })
	}
}

func (s *server) isEnding() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ending
}

// enter registers a connection, unless the server is ending.
func (s *server) enter(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending {
		return false
	}
	s.clients[conn] = false
	return true
}

// leave closes and unregisters a connection. A pipe ends with its last admitted
// connection: the process that owned the end has died or dropped it.
func (s *server) leave(conn net.Conn) {
	conn.Close()
	s.mu.Lock()
	admitted := s.clients[conn]
	delete(s.clients, conn)
	if admitted {
		s.admitted--
	}
	lost := s.of.pipe && admitted && s.admitted == 0
	s.mu.Unlock()
	if lost {
		s.of.end(ErrLost) // no effect after Close
	}
}

// awaitEnd waits for the end of the place, then ends the server: it closes the
// socket and makes every handler send goodbye.
func (s *server) awaitEnd() {
	select {
	case <-s.of.from.settled:
	case <-s.of.from.dropped:
	}
	select { // items sent before a pipe was closed may be in flight
	case <-s.of.into.quiet:
	case <-s.of.into.dropped:
	}
	s.mu.Lock()
	s.ending = true
	for conn := range s.clients {
		conn.SetReadDeadline(time.Unix(1, 0))
		conn.SetWriteDeadline(time.Now().Add(goodbyeTime)) // a client may not read
	}
	s.mu.Unlock()
	s.listener.Close()
	s.remove()
}

// admit checks that the client is a process of the same user and sends the
// token. It returns the kind of the hello, or 0 if the client is refused.
func (s *server) admit(l *link) kind {
	if !usersocket.SameUser(l.conn) {
		return 0
	}
	s.deadline(l.conn, time.Now().Add(helloTime))
	f, err := l.read()
	if err != nil || subtle.ConstantTimeCompare(f.payload, s.where.Token[:]) != 1 {
		return 0
	}
	s.deadline(l.conn, time.Time{})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients[l.conn] = true
	s.admitted++
	return f.kind
}

// deadline sets a read deadline, unless the server is ending: that has set its
// own.
func (s *server) deadline(conn net.Conn, t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ending {
		conn.SetReadDeadline(t)
	}
}

// handle serves one client until the client is gone or the server ends.
func (s *server) handle(conn net.Conn) {
	defer s.leave(conn)
	l := newLink(conn, s.codecs.out, s.codecs.in)
	switch s.admit(l) {
	case hello:
		s.serveRequests(l)
	case helloPut:
		s.servePuts(l)
	case helloGet:
		s.serveGets(l)
	default:
		return
	}
	if s.isEnding() {
		f := failure(s.of.from.why)
		f.kind = goodbye
		l.write(f)
	}
}

// listen passes frames to handle until the client is gone, handle returns an error,
// or the server ends.
func (l *link) listen(handle func(frame) error) {
	for {
		f, err := l.read()
		if err != nil || handle(f) != nil {
			return
		}
	}
}

// share makes a ledger and sends its address to the client.
func (l *link) share() (ledger, error) {
	words, err := newLedger()
	if err == nil {
		var where []byte
		if where, err = words.GobEncode(); err == nil {
			return words, l.write(frame{kind: done, payload: where})
		}
		words.Close()
	}
	l.write(failure(err))
	return words, err
}
