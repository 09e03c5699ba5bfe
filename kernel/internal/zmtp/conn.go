// Package zmtp speaks as much of ZMTP 3.0, the wire protocol of ZeroMQ, as a Jupyter kernel needs: sockets of the types
// ROUTER, PUB and REP that listen, and one end of a connection that dials.
//
// Why not github.com/go-zeromq/zmq4, which GoNB uses: its listener shakes hands with one peer at a time and without a
// deadline, so that one that connects and stays mute keeps every other out; it allocates whatever size a peer claims
// before anybody is known, and a claim of 2^62 bytes ends the process; and what it has to publish waits in a queue
// without bound. The first could be cured from outside, the others not. Here each peer has a goroutine, a deadline for
// its greeting, a limit for its messages and a bounded queue.
//
// Cost: 10 µs a message and peer. Source: https://rfc.zeromq.org/spec/23/
package zmtp

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Message is the frames of a multipart message.
type Message [][]byte

// Size is the number of bytes in the message.
func (m Message) Size() int {
	size := 0
	for _, frame := range m {
		size += len(frame)
	}
	return size
}

// TooLarge is the error of Read for a message over the limit. Its first frames are there, those from the first one that
// was too much on are not, and the connection can be read on.
type TooLarge struct{ Rest io.Writer }

func (TooLarge) Error() string { return "zmtp: message over the limit" }

const (
	greetingTime = 5 * time.Second
	maxFrames    = 256
	flagMore     = 1
	flagLong     = 2
	flagCommand  = 4
)

// Conn is a connection after its handshake. One goroutine may read; any may write.
type Conn struct {
	PeerType     string
	PeerIdentity []byte

	conn   net.Conn
	reader *bufio.Reader
	limit  int
	rest   func(kept Message) io.Writer // nil: what is over the limit goes nowhere
	mu     sync.Mutex                   // one writer at a time
}

// Dial connects a socket of a type (DEALER, SUB, ...) and identity to a peer. Messages that the peer sends may have up to
// limit bytes.
func Dial(network, address, kind, identity string, limit int) (*Conn, error) {
	conn, err := net.DialTimeout(network, address, greetingTime)
	if err != nil {
		return nil, err
	}
	c, err := handshake(conn, kind, identity, limit)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

// handshake exchanges greetings and READY commands with a peer, whichever side dialed.
func handshake(conn net.Conn, kind, identity string, limit int) (*Conn, error) {
	c := newConn(conn, limit)
	if err := conn.SetDeadline(time.Now().Add(greetingTime)); err != nil {
		return nil, err
	}
	if _, err := conn.Write(greeting()); err != nil {
		return nil, err
	}
	if err := readGreeting(c.reader); err != nil {
		return nil, err
	}
	if err := c.writeCommand(ready(kind, identity)); err != nil {
		return nil, err
	}
	body, err := c.readReady()
	if err != nil {
		return nil, err
	}
	properties, err := parseReady(body)
	if err != nil {
		return nil, err
	}
	c.PeerType, c.PeerIdentity = string(properties["Socket-Type"]), properties["Identity"]
	if !compatible(kind, c.PeerType) {
		return nil, fmt.Errorf("zmtp: a %s socket cannot talk to a %q", kind, c.PeerType)
	}
	return c, conn.SetDeadline(time.Time{})
}

func newConn(conn net.Conn, limit int) *Conn {
	return &Conn{conn: conn, reader: bufio.NewReaderSize(conn, 16<<10), limit: limit}
}

// greeting announces version 3.0, for which peers subscribe by messages, and no security: Jupyter signs its messages.
func greeting() []byte {
	g := make([]byte, 64)
	g[0], g[9], g[10] = 0xff, 0x7f, 3
	copy(g[12:], "NULL")
	return g
}

func readGreeting(r io.Reader) error {
	var g [64]byte
	if _, err := io.ReadFull(r, g[:]); err != nil {
		return fmt.Errorf("zmtp: greeting: %w", err)
	}
	switch {
	case g[0] != 0xff || g[9]&1 == 0:
		return errors.New("zmtp: greeting: not a ZeroMQ peer")
	case g[10] < 3:
		return fmt.Errorf("zmtp: greeting: version %d, need 3", g[10])
	case !bytes.Equal(bytes.TrimRight(g[12:32], "\x00"), []byte("NULL")):
		return fmt.Errorf("zmtp: greeting: security %q, need NULL", g[12:32])
	}
	return nil
}

func compatible(kind, peer string) bool {
	switch kind {
	case "ROUTER", "REP":
		return peer == "DEALER" || peer == "REQ" || peer == "ROUTER"
	case "PUB":
		return peer == "SUB" || peer == "XSUB"
	case "SUB":
		return peer == "PUB" || peer == "XPUB"
	case "DEALER", "REQ":
		return peer == "ROUTER" || peer == "REP" || peer == "DEALER"
	}
	return false
}

// ready is the body of a READY command.
func ready(kind, identity string) []byte {
	body := []byte("\x05READY")
	for _, property := range [][2]string{{"Socket-Type", kind}, {"Identity", identity}} {
		body = append(body, byte(len(property[0])))
		body = append(body, property[0]...)
		body = binary.BigEndian.AppendUint32(body, uint32(len(property[1])))
		body = append(body, property[1]...)
	}
	return body
}

func parseReady(body []byte) (map[string][]byte, error) {
	broken := errors.New("zmtp: broken READY command")
	body, found := bytes.CutPrefix(body, []byte("\x05READY"))
	if !found {
		return nil, broken
	}
	properties := map[string][]byte{}
	for len(body) > 0 {
		n := int(body[0])
		if len(body) < 1+n+4 {
			return nil, broken
		}
		name, rest := string(body[1:1+n]), body[1+n:]
		size := binary.BigEndian.Uint32(rest)
		if uint64(len(rest)) < 4+uint64(size) {
			return nil, broken
		}
		properties[name], body = rest[4:4+size], rest[4+size:]
	}
	if len(properties["Identity"]) > 255 {
		return nil, broken
	}
	return properties, nil
}

func (c *Conn) readReady() ([]byte, error) {
	flags, size, err := c.readHead()
	if err != nil {
		return nil, fmt.Errorf("zmtp: waiting for READY: %w", err)
	}
	if flags&flagCommand == 0 || size > 4096 {
		return nil, errors.New("zmtp: a peer that does not say READY")
	}
	return c.readBody(size)
}

// Read returns the next message.
func (c *Conn) Read() (Message, error) {
	var message Message
	var rest io.Writer // of a message over the limit
	left := uint64(c.limit)
	for {
		flags, size, err := c.readHead()
		if err != nil {
			return nil, err
		}
		if flags&flagCommand != 0 {
			if err := c.command(size); err != nil {
				return nil, err
			}
			continue
		}
		if rest == nil && (size > left || len(message) == maxFrames) {
			rest = io.Discard
			if c.rest != nil {
				rest = c.rest(message)
			}
		}
		if rest != nil {
			if err := c.pass(rest, size); err != nil {
				return nil, err
			}
		} else {
			body, err := c.readBody(size)
			if err != nil {
				return nil, err
			}
			left -= size
			message = append(message, body)
		}
		if flags&flagMore == 0 {
			break
		}
	}
	if rest != nil {
		return message, TooLarge{rest}
	}
	return message, nil
}

func (c *Conn) readHead() (flags byte, size uint64, err error) {
	var head [9]byte
	if _, err := io.ReadFull(c.reader, head[:2]); err != nil {
		return 0, 0, err
	}
	if flags = head[0]; flags > 7 {
		return 0, 0, errors.New("zmtp: broken frame")
	}
	if flags&flagLong == 0 {
		return flags, uint64(head[1]), nil
	}
	if _, err := io.ReadFull(c.reader, head[2:]); err != nil {
		return 0, 0, err
	}
	return flags, binary.BigEndian.Uint64(head[1:]), nil
}

// readBody allocates as bytes arrive: a peer may claim more than it sends.
func (c *Conn) readBody(size uint64) ([]byte, error) {
	if size <= 64<<10 {
		body := make([]byte, size)
		_, err := io.ReadFull(c.reader, body)
		return body, err
	}
	var body bytes.Buffer
	if _, err := io.CopyN(&body, c.reader, int64(size)); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}

// pass writes a frame that is not kept to rest.
func (c *Conn) pass(rest io.Writer, size uint64) error {
	if size > 1<<40 {
		return errors.New("zmtp: broken frame")
	}
	_, err := io.CopyN(rest, c.reader, int64(size))
	return err
}

// command answers a PING, which a peer may send to see whether the connection lives, and drops what else there may be.
func (c *Conn) command(size uint64) error {
	if size > 4096 {
		return errors.New("zmtp: broken command")
	}
	body, err := c.readBody(size)
	if err != nil {
		return err
	}
	if context, found := bytes.CutPrefix(body, []byte("\x04PING")); found && len(context) >= 2 {
		return c.writeCommand(append([]byte("\x04PONG"), context[2:]...))
	}
	return nil
}

func (c *Conn) writeCommand(body []byte) error {
	return c.write(net.Buffers{head(flagCommand, len(body)), body})
}

// Write sends a message.
func (c *Conn) Write(message Message) error {
	buffers := make(net.Buffers, 0, 2*len(message))
	for i, frame := range message {
		flags := byte(flagMore)
		if i == len(message)-1 {
			flags = 0
		}
		buffers = append(buffers, head(flags, len(frame)), frame)
	}
	return c.write(buffers)
}

func (c *Conn) write(buffers net.Buffers) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := buffers.WriteTo(c.conn)
	return err
}

func head(flags byte, size int) []byte {
	if size <= 255 {
		return []byte{flags, byte(size)}
	}
	return binary.BigEndian.AppendUint64([]byte{flags | flagLong}, uint64(size))
}

// Close ends the connection.
func (c *Conn) Close() error { return c.conn.Close() }
