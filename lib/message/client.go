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

// patience is how long a process that was asked to stop waiting may take to
// answer.
const patience = 2 * time.Second

// client is a place in another process. It has no goroutine, and connections
// close themselves as garbage, so nobody needs to close it.
type client struct {
	where  address
	codecs codecs
	puts   lane
	gets   lane

	mu    sync.Mutex
	idle  []*link // guarded by mu; for requests
	ended error   // guarded by mu; what the place said at its end
}

// clients has the clients of this process as long as anybody uses them, so
// that a queue that comes as an argument a thousand times has one connection.
var clients struct {
	mu sync.Mutex
	by map[origin]weak.Pointer[client] // guarded by mu
}

// origin is what a client was made from. The address has only the names of types.
type origin struct {
	address string
	types   types
}

// connect makes what address returned a place. It does not connect yet.
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

// acquire returns a connection that nobody else uses.
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

// reach makes a connection for puts or gets.
func (c *client) reach(as kind) (*link, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		return nil, c.ended
	}
	return c.dial(as)
}

// dial connects and shows the token.
func (c *client) dial(as kind) (*link, error) {
	conn, err := net.Dial("unix", c.where.Socket)
	if err != nil {
		return nil, c.unreachable(err)
	}
	l := newLink(conn, c.codecs.in, c.codecs.out)
	if !usersocket.SameUser(conn) { // somebody else took the name after the end
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

// share opens the ledger. If it is gone, the place has just ended, and says
// so.
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

// unreachable says why there is no connection. A place whose process lives
// has ended in order.
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

func (c *client) release(l *link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		l.conn.Close()
		return
	}
	c.idle = append(c.idle, l)
}

// breakOff gives up a connection, and all others too if the place has ended.
func (c *client) breakOff(l *link, ended error) {
	l.conn.Close()
	if ended != nil {
		c.end(ended)
	}
}

// end gives up all connections for requests: the place has ended.
func (c *client) end(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = why
	for _, other := range c.idle {
		other.conn.Close()
	}
	c.idle = nil
}

// lastWord says why nothing can be sent on a lane any more.
func (c *client) lastWord(a *lane) error {
	for {
		if f, err := a.link.read(); err != nil || f.kind == goodbye {
			return c.over(a, f, err)
		}
	}
}

// over gives a lane up that answered goodbye, or not at all.
func (c *client) over(a *lane, answer frame, err error) error {
	why := ErrLost
	if err == nil {
		why = answer.reason()
		c.end(why)
	}
	a.drop()
	return why
}

// attach makes sure that there is a connection, for a pipe ends with it.
func (c *client) attach() error {
	l, err := c.acquire()
	if err == nil {
		c.release(l)
	}
	return err
}

// ask sends a request and returns the answer, which comes at once.
func (c *client) ask(l *link, request frame) (frame, error) {
	l.write(request)
	answer, err := l.read() // even if sending failed: there may be a goodbye
	if err != nil {
		c.breakOff(l, nil)
		return answer, ErrLost
	}
	return answer, nil
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

func isEOF(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// refused turns a failed answer into its error.
func (c *client) refused(l *link, answer frame) error {
	err := answer.reason()
	if answer.kind == goodbye {
		c.breakOff(l, err)
	} else {
		c.release(l)
	}
	return err
}

// finish sends a request whose answer is done.
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
			return fmt.Errorf("a length has %d bytes", len(f.payload))
		}
		n = int(binary.LittleEndian.Uint64(f.payload))
		return nil
	})
	return n, err
}

func (c *client) close() error   { return c.say(closes) }
func (c *client) discard() error { return c.say(discards) }

// say closes the place, which is no error if it is closed.
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

// address is the same wherever it is sent from.
func (c *client) address() ([]byte, error) { return c.where.encode() }
