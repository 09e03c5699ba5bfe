package message

import (
	"context"
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
)

// patience is how long a process that was asked to stop waiting may take to
// answer.
const patience = 2 * time.Second

// client is a place in another process. It has no goroutine, and connections
// close themselves as garbage, so nobody needs to close it.
type client[P, G any] struct {
	where address

	mu    sync.Mutex
	idle  []*link // guarded by mu
	ended error   // guarded by mu; what the place said at its end
}

// clients has the clients of this process by address, so that a queue that
// comes as an argument a thousand times has one connection.
var clients struct {
	mu sync.Mutex
	by map[string]interface{ isGone() bool } // guarded by mu; each a known
}

// known is a client as long as anybody uses it.
type known[P, G any] struct{ weak.Pointer[client[P, G]] }

func (k known[P, G]) isGone() bool { return k.Value() == nil }

// connect makes what address returned a place. It does not connect yet.
func connect[P, G any](b []byte, what string) (*client[P, G], error) {
	where, err := decodeAddress(b, what)
	if err != nil {
		return nil, err
	}
	if err := supported(); err != nil {
		return nil, err
	}
	clients.mu.Lock()
	defer clients.mu.Unlock()
	if k, ok := clients.by[string(b)].(known[P, G]); ok {
		if c := k.Value(); c != nil {
			return c, nil
		}
	}
	if clients.by == nil {
		clients.by = map[string]interface{ isGone() bool }{}
	}
	maps.DeleteFunc(clients.by, func(_ string, old interface{ isGone() bool }) bool { return old.isGone() })
	c := &client[P, G]{where: where}
	clients.by[string(b)] = known[P, G]{weak.Make(c)}
	return c, nil
}

// acquire returns a connection that nobody else uses.
func (c *client[P, G]) acquire() (*link, error) {
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
	return c.dial()
}

// dial connects and shows the token.
func (c *client[P, G]) dial() (*link, error) {
	conn, err := net.Dial("unix", c.where.Socket)
	if err != nil {
		return nil, c.unreachable(err)
	}
	l := newLink(conn)
	if !sameUser(conn) { // somebody else took the name after the end
		conn.Close()
		return nil, ErrLost
	}
	if err := l.write(frame{kind: hello, payload: c.where.Token[:]}); err != nil {
		conn.Close()
		return nil, c.unreachable(err)
	}
	if f, err := l.read(); err != nil || f.kind != done {
		conn.Close()
		return nil, c.unreachable(err)
	}
	return l, nil
}

// unreachable says why there is no connection. A place whose process lives
// has ended in order.
func (c *client[P, G]) unreachable(err error) error {
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

func (c *client[P, G]) release(l *link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		l.conn.Close()
		return
	}
	c.idle = append(c.idle, l)
}

// breakOff gives up a connection, and all others too if the place has ended.
func (c *client[P, G]) breakOff(l *link, ended error) {
	l.conn.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	if ended == nil {
		return
	}
	c.ended = ended
	for _, other := range c.idle {
		other.conn.Close()
	}
	c.idle = nil
}

// attach makes sure that there is a connection, for a pipe ends with it.
func (c *client[P, G]) attach() error {
	l, err := c.acquire()
	if err == nil {
		c.release(l)
	}
	return err
}

// ask sends a request and returns the answer. If ctx ends first, the place
// is asked to stop waiting; its answer tells what came first.
func (c *client[P, G]) ask(ctx context.Context, l *link, request frame) (frame, error) {
	sendError := l.write(request)
	canceled := make(chan struct{})
	stop := func() bool { return true }
	if sendError == nil && ctx != noWait {
		stop = context.AfterFunc(ctx, func() {
			defer close(canceled)
			l.write(frame{kind: cancel})
			l.conn.SetReadDeadline(time.Now().Add(patience))
		})
	}
	answer, err := l.read() // even if sending failed: there may be a goodbye
	if !stop() {
		<-canceled
		l.conn.SetReadDeadline(time.Time{})
	}
	if err != nil {
		c.breakOff(l, nil)
		if isTimeout(err) {
			return answer, fmt.Errorf("%w, and the queue's process does not answer: it may have been done or not", ctx.Err())
		}
		return answer, ErrLost
	}
	if answer.kind == failed && ctx != noWait && answer.reason() == context.Canceled {
		c.release(l)
		return answer, ctx.Err()
	}
	return answer, nil
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

func isEOF(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// refused turns a failed answer into its error.
func (c *client[P, G]) refused(l *link, answer frame) error {
	err := answer.reason()
	if answer.kind == goodbye {
		c.breakOff(l, err)
	} else {
		l.encoder = nil // the other side may have lost what it knew of types
		c.release(l)
	}
	return err
}

func (c *client[P, G]) put(ctx context.Context, v P) error {
	if ctx != noWait && ctx.Err() != nil {
		return ctx.Err()
	}
	l, err := c.acquire()
	if err != nil {
		return err
	}
	payload, anew, err := encode(&l.stream, v)
	if err != nil {
		c.release(l)
		return err
	}
	request := frame{put, anew, payload}
	if ctx == noWait {
		request.kind = tryPut
	}
	return c.finish(ctx, l, request, func(frame) error { return nil })
}

// finish sends a request whose answer is done.
func (c *client[P, G]) finish(ctx context.Context, l *link, request frame, use func(frame) error) error {
	answer, err := c.ask(ctx, l, request)
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

func (c *client[P, G]) get(ctx context.Context) (v G, err error) {
	if ctx != noWait && ctx.Err() != nil {
		return v, ctx.Err()
	}
	l, err := c.acquire()
	if err != nil {
		return v, err
	}
	request := frame{kind: get}
	if ctx == noWait {
		request.kind = tryGet
	}
	answer, err := c.ask(ctx, l, request)
	if err != nil {
		return v, err
	}
	if answer.kind != item {
		return v, c.refused(l, answer)
	}
	v, err = decode[G](&l.stream, answer.payload, answer.anew)
	if err != nil {
		c.breakOff(l, nil) // and so the item goes back
		return v, err
	}
	if err := l.write(frame{kind: received}); err != nil {
		c.breakOff(l, nil)
		var none G
		return none, ErrLost
	}
	c.release(l)
	return v, nil
}

func (c *client[P, G]) length() (n int, err error) {
	l, err := c.acquire()
	if err != nil {
		return 0, err
	}
	err = c.finish(noWait, l, frame{kind: length}, func(f frame) error {
		if len(f.payload) != 8 {
			return fmt.Errorf("a length has %d bytes", len(f.payload))
		}
		n = int(binary.LittleEndian.Uint64(f.payload))
		return nil
	})
	return n, err
}

func (c *client[P, G]) close() error   { return c.say(closes) }
func (c *client[P, G]) discard() error { return c.say(discards) }

// say closes the place, which is no error if it is closed.
func (c *client[P, G]) say(k kind) error {
	l, err := c.acquire()
	if err == nil {
		err = c.finish(noWait, l, frame{kind: k}, func(frame) error { return nil })
	}
	if err == ErrClosed {
		return nil
	}
	return err
}

// address is the same wherever it is sent from.
func (c *client[P, G]) address() ([]byte, error) { return c.where.encode() }
