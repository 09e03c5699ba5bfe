package message

import (
	"context"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"reflect"
	"sync"
	"time"

	"multiprocessing/lib/internal/portable"
)

const (
	// helloTime is how long a new connection may take to show the token.
	helloTime = 5 * time.Second
	// goodbyeTime is how long the last word to a client may take.
	goodbyeTime = time.Second
)

// server lets other processes use a local place. It ends when nothing is
// left to receive.
type server[P, G any] struct {
	of       *local[P, G]
	where    address
	listener net.Listener
	remove   func() // takes away what the listener leaves on disk
	running  sync.WaitGroup

	mu       sync.Mutex
	clients  map[net.Conn]bool // guarded by mu; true for those let in
	admitted int               // guarded by mu; how many are true
	ending   bool              // guarded by mu
}

func serve[P, G any](of *local[P, G]) (*server[P, G], error) {
	for _, t := range []reflect.Type{reflect.TypeFor[P](), reflect.TypeFor[G]()} {
		if err := portable.Check(t); err != nil {
			return nil, fmt.Errorf("%s cannot be shared with another process: %w", of.describe(), err)
		}
	}
	s := &server[P, G]{of: of, where: newAddress(of.describe(), os.Getpid()), clients: map[net.Conn]bool{}}
	var err error
	if s.listener, s.where.Socket, s.remove, err = listen(); err != nil {
		return nil, err
	}
	s.running.Go(s.accept)
	s.running.Go(s.awaitEnd)
	return s, nil
}

// wait returns when all goroutines of the server have ended.
func (s *server[P, G]) wait() error {
	s.running.Wait()
	return nil
}

func (s *server[P, G]) accept() {
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

func (s *server[P, G]) isEnding() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ending
}

// enter counts a connection in, unless the end has come.
func (s *server[P, G]) enter(conn net.Conn) bool {
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
func (s *server[P, G]) leave(conn net.Conn) {
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
func (s *server[P, G]) awaitEnd() {
	select {
	case <-s.of.from.settled:
	case <-s.of.from.dropped:
	}
	<-s.of.into.closing
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

// admit checks who is there: the same user, with the token.
func (s *server[P, G]) admit(l *link) bool {
	if !sameUser(l.conn) {
		return false
	}
	s.deadline(l.conn, time.Now().Add(helloTime))
	f, err := l.read()
	if err != nil || f.kind != hello || subtle.ConstantTimeCompare(f.payload, s.where.Token[:]) != 1 {
		return false
	}
	s.deadline(l.conn, time.Time{})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients[l.conn] = true
	s.admitted++
	return true
}

// deadline sets a deadline for reading, but not over the one at the end.
func (s *server[P, G]) deadline(conn net.Conn, t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ending {
		conn.SetReadDeadline(t)
	}
}

// handle answers one client until it is gone, or the end has come.
func (s *server[P, G]) handle(conn net.Conn) {
	defer s.leave(conn)
	l := newLink(conn)
	if !s.admit(l) {
		return
	}
	c := &conversation[P, G]{link: l, of: s.of}
	if err := l.write(frame{kind: done}); err != nil {
		return
	}
	for {
		f, err := l.read()
		if err != nil {
			break
		}
		c.hear(f)
	}
	if s.isEnding() {
		c.settle() // who waits is told of the end, not that it was canceled
	}
	c.end()
	if s.isEnding() {
		f := failure(s.of.from.why)
		f.kind = goodbye
		l.write(f)
	}
}

// conversation is what one client asks for. A request that must wait does so
// in a goroutine, so that the client is heard when it cancels or dies.
type conversation[P, G any] struct {
	*link
	of      *local[P, G]
	waiting chan struct{} // closed when the request is answered; nil if none waits
	cancel  context.CancelFunc
	lent    bool // the client has not said that it has received loan
	loan    G
}

func (c *conversation[P, G]) hear(f frame) {
	switch f.kind {
	case cancel:
		if c.waiting != nil {
			c.cancel()
		}
	case received:
		c.settle()
		if c.lent {
			c.lent = false
			c.of.from.received()
		}
	default:
		c.end()
		c.begin(f)
	}
}

// settle waits until the request that waits is answered.
func (c *conversation[P, G]) settle() {
	if c.waiting != nil {
		<-c.waiting
		c.waiting = nil
	}
}

// end ends the request that waits, and takes back what did not arrive.
func (c *conversation[P, G]) end() {
	if c.waiting != nil {
		c.cancel()
		c.settle()
	}
	if !c.lent {
		return
	}
	c.lent = false
	if c.of.pipe {
		c.of.from.received() // nobody else receives at this end
	} else {
		c.of.from.giveBack(c.loan)
	}
}

// begin answers a request at once if that is possible.
func (c *conversation[P, G]) begin(f frame) {
	switch f.kind {
	case put, tryPut:
		c.put(f)
	case get, tryGet:
		if err := c.get(noWait); err == ErrEmpty && f.kind == get {
			c.later(c.get)
		} else if err != nil {
			c.write(failure(err))
		}
	case length:
		n, _ := c.of.length()
		c.write(frame{kind: done, payload: binary.LittleEndian.AppendUint64(nil, uint64(n))})
	case closes, discards:
		if f.kind == discards {
			c.of.from.discard(ErrClosed)
		}
		c.of.end(ErrClosed)
		c.write(frame{kind: done})
	default:
		c.write(failure(fmt.Errorf("a request of kind %d makes no sense", f.kind)))
	}
}

func (c *conversation[P, G]) put(f frame) {
	v, err := decode[P](&c.stream, f.payload, f.anew)
	if err == nil {
		err = c.of.into.put(noWait, v)
	}
	if err == ErrFull && f.kind == put {
		c.later(func(ctx context.Context) error {
			err := c.of.into.put(ctx, v)
			if err == nil {
				c.write(frame{kind: done})
			}
			return err
		})
		return
	}
	if err != nil {
		c.write(failure(err))
		return
	}
	c.write(frame{kind: done})
}

// get lends an item to the client. One that cannot be encoded is of no use
// to any other process: it is dropped, and who asked for it is told.
func (c *conversation[P, G]) get(ctx context.Context) error {
	v, err := c.of.from.lend(ctx)
	if err != nil {
		return err
	}
	payload, anew, err := encode(&c.stream, v)
	if err != nil {
		c.of.from.received()
		return fmt.Errorf("an item is dropped: %w", err)
	}
	c.lent, c.loan = true, v
	c.write(frame{item, anew, payload}) // if this fails, so does the next read
	return nil
}

// later answers a request that must wait.
func (c *conversation[P, G]) later(f func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	waiting := make(chan struct{})
	c.waiting, c.cancel = waiting, cancel
	go func() {
		defer close(waiting)
		defer cancel()
		if err := f(ctx); err != nil {
			c.write(failure(err))
		}
	}()
}
