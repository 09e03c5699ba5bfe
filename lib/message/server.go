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
	// helloTime is how long a new connection may take to show the token.
	helloTime = 5 * time.Second
	// goodbyeTime is how long the last word to a client may take.
	goodbyeTime = time.Second
)

// server lets other processes use a local place. It ends when nothing is
// left to receive.
type server struct {
	of       *local
	codecs   codecs
	where    address
	listener net.Listener
	remove   func() // takes away what the listener leaves on disk
	running  sync.WaitGroup

	mu       sync.Mutex
	clients  map[net.Conn]bool // guarded by mu; true for those let in
	admitted int               // guarded by mu; how many are true
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
			time.Sleep(time.Millisecond) // too many files are open, perhaps
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

// enter counts a connection in, unless the end has come.
func (s *server) enter(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending {
		return false
	}
	s.clients[conn] = false
	return true
}

// leave counts a connection out. A pipe ends with the last one that was let
// in: the process that had the end has died or forgotten it.
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
		s.of.end(ErrLost) // a Close that came before stands
	}
}

// awaitEnd ends the server: it takes the socket away and has every handler
// say goodbye.
func (s *server) awaitEnd() {
	select {
	case <-s.of.from.settled:
	case <-s.of.from.dropped:
	}
	select { // what was sent before a pipe was closed is on its way, perhaps
	case <-s.of.into.quiet:
	case <-s.of.into.dropped:
	}
	s.mu.Lock()
	s.ending = true
	for conn := range s.clients {
		conn.SetReadDeadline(time.Unix(1, 0))
		conn.SetWriteDeadline(time.Now().Add(goodbyeTime)) // some may not read
	}
	s.mu.Unlock()
	s.listener.Close()
	s.remove()
}

// admit checks who is there: the same user, with the token. It returns the
// kind of the hello, or 0.
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

// deadline sets a deadline for reading, but not over the one at the end.
func (s *server) deadline(conn net.Conn, t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ending {
		conn.SetReadDeadline(t)
	}
}

// handle answers one client until it is gone, or the end has come.
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

// listen hears frames until the client is gone, or makes no sense, or the
// end has come.
func (l *link) listen(hear func(frame) error) {
	for {
		f, err := l.read()
		if err != nil || hear(f) != nil {
			return
		}
	}
}

// share makes a ledger and tells the client where it is.
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
