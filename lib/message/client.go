package message

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
	"weak"

	"multiprocessing/lib/internal/usersocket"
)

// cancelTimeout is how long to wait for the answer to a cancel.
const cancelTimeout = 2 * time.Second

// client is a place in another process. It has no goroutine, and the garbage
// collector closes its connections, so it needs no close method of its own.
type client struct {
	where  address
	codecs codecs
	puts   lane
	gets   lane

	mu    sync.Mutex
	idle  []*link // guarded by mu; for requests
	ended error   // guarded by mu; the reason that the server gave at its end
}

// clients caches the clients of this process while they are in use, so that a
// queue that is received a thousand times has one connection.
var clients struct {
	mu sync.Mutex
	by map[origin]weak.Pointer[client] // guarded by mu
}

// origin is the key of a client. The address contains only the names of types.
type origin struct {
	address string
	types   types
}

// connect returns the place at an encoded address. It does not dial yet.
func connect(b []byte, t types) (*client, error) {
	where, err := decodeAddress(b, t.String())
	if err != nil {
		return nil, err
	}
	if err := supported(); err != nil {
		return nil, err
	}
	codecs, err := t.codecs()
	if err != nil {
		return nil, err
	}
	clients.mu.Lock()
	defer clients.mu.Unlock()
	from := origin{string(b), t}
	if c := clients.by[from].Value(); c != nil {
		return c, nil
	}
	if clients.by == nil {
		clients.by = map[origin]weak.Pointer[client]{}
	}
	maps.DeleteFunc(clients.by, func(_ origin, old weak.Pointer[client]) bool { return old.Value() == nil })
	c := newClient(where, codecs)
	clients.by[from] = weak.Make(c)
	return c, nil
}

func newClient(where address, codecs codecs) *client {
	return &client{where: where, codecs: codecs, puts: newLane(), gets: newLane()}
}

// acquire returns an idle or new connection for requests.
func (c *client) acquire() (*link, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		return nil, c.ended
	}
	if last := len(c.idle) - 1; last >= 0 {
		l := c.idle[last]
		c.idle = c.idle[:last]
		return l, nil
	}
	return c.dial(hello)
}

// reach dials a connection for puts or gets.
func (c *client) reach(as kind) (*link, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		return nil, c.ended
	}
	return c.dial(as)
}

// dial connects and sends the token.
func (c *client) dial(as kind) (*link, error) {
	conn, err := net.Dial("unix", c.where.Socket)
	if err != nil {
		return nil, c.unreachable(err)
	}
	l := newLink(conn, c.codecs.in, c.codecs.out)
	if !usersocket.SameUser(conn) { // another user took the socket's name after the server ended
		conn.Close()
		return nil, ErrLost
	}
	if err := l.write(frame{kind: as, payload: c.where.Token[:]}); err != nil {
		conn.Close()
		return nil, c.unreachable(err)
	}
	f, err := l.read()
	switch {
	case err != nil:
		err = c.unreachable(err)
	case f.kind != done:
		err = f.reason()
	case as != hello:
		err = c.share(l, f.payload)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return l, nil
}

// share opens the ledger. If the ledger is gone, the server has just ended, and
// share returns the reason in its goodbye.
func (c *client) share(l *link, where []byte) (err error) {
	if l.ledger, err = openLedger(where); err == nil {
		return nil
	}
	l.conn.SetReadDeadline(time.Now().Add(goodbyeTime))
	f, end := l.read()
	if isTimeout(end) {
		return err
	}
	if end == nil && f.kind == goodbye {
		return f.reason()
	}
	return c.unreachable(end)
}

// unreachable returns the reason why dialing failed. If the server is gone but
// its process lives, the place was closed; otherwise it is lost.
func (c *client) unreachable(err error) error {
	gone := err == nil || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EPIPE) || errors.Is(err, fs.ErrNotExist) || isEOF(err)
	if !gone {
		return err
	}
	if isAlive(c.where.PID) {
		return ErrClosed
	}
	return ErrLost
}

// release returns a connection for requests to the idle ones.
func (c *client) release(l *link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		l.conn.Close()
		return
	}
	c.idle = append(c.idle, l)
}

// breakOff closes a connection, and all others if the place has ended.
func (c *client) breakOff(l *link, ended error) {
	l.conn.Close()
	if ended != nil {
		c.end(ended)
	}
}

// end closes all connections for requests, because the place has ended.
func (c *client) end(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = why
	for _, other := range c.idle {
		other.conn.Close()
	}
	c.idle = nil
}

// lastWord returns the reason why nothing can be sent on a lane any more.
func (c *client) lastWord(a *lane) error {
	for {
		if f, err := a.link.read(); err != nil || f.kind == goodbye {
			return c.over(a, f, err)
		}
	}
}

// over closes a lane whose server answered goodbye, or not at all, and returns
// the reason.
func (c *client) over(a *lane, answer frame, err error) error {
	why := ErrLost
	if err == nil {
		why = answer.reason()
		c.end(why)
	}
	a.drop()
	return why
}

// attach makes sure that there is a connection: a pipe ends when the last
// connection to it is closed.
func (c *client) attach() error {
	l, err := c.acquire()
	if err == nil {
		c.release(l)
	}
	return err
}

// ask sends a request and returns the answer, which the server sends at once.
func (c *client) ask(l *link, request frame) (frame, error) {
	l.write(request)
	answer, err := l.read() // even if write failed: the server may have sent goodbye
	if err != nil {
		c.breakOff(l, nil)
		return answer, ErrLost
	}
	return answer, nil
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

func isEOF(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// refused converts a failed answer to an error.
func (c *client) refused(l *link, answer frame) error {
	err := answer.reason()
	if answer.kind == goodbye {
		c.breakOff(l, err)
	} else {
		c.release(l)
	}
	return err
}

// finish sends a request that should be answered with done, and calls use with
// the answer.
func (c *client) finish(l *link, request frame, use func(frame) error) error {
	answer, err := c.ask(l, request)
	if err != nil {
		return err
	}
	if answer.kind != done {
		return c.refused(l, answer)
	}
	err = use(answer)
	c.release(l)
	return err
}

func (c *client) length() (n int, err error) {
	l, err := c.acquire()
	if err != nil {
		return 0, err
	}
	err = c.finish(l, frame{kind: length}, func(f frame) error {
		if len(f.payload) != 8 {
			return fmt.Errorf("invalid length of %d bytes; want 8", len(f.payload))
		}
		n = int(binary.LittleEndian.Uint64(f.payload))
		return nil
	})
	return n, err
}

func (c *client) close() error   { return c.say(closes) }
func (c *client) discard() error { return c.say(discards) }

// say sends closes or discards. A place that is already closed is not an error.
func (c *client) say(k kind) error {
	l, err := c.acquire()
	if err == nil {
		err = c.finish(l, frame{kind: k}, func(frame) error { return nil })
	}
	if err == ErrClosed {
		return nil
	}
	return err
}

// address returns the address from which the client was made.
func (c *client) address() ([]byte, error) { return c.where.encode() }
