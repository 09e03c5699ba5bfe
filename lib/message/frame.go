package message

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
)

// kind is what a frame says.
type kind byte

const (
	hello    kind = iota + 1 // the token
	put                      // a value; wait for room
	tryPut                   // a value; do not wait
	get                      // wait for an item
	tryGet                   // do not wait
	cancel                   // stop waiting; the request is answered at once
	received                 // the item has arrived; no answer
	length                   // how many items are there
	closes                   // Close
	discards                 // Discard

	done    // an answer: it is so; with a number for length
	item    // an answer: a value; the other side says received
	failed  // an answer: the reason
	goodbye // the last word, whatever the question: the reason
)

// frame is one message on a socket.
type frame struct {
	kind    kind
	anew    bool // forget what is known of types
	payload []byte
}

const (
	headerSize   = 6
	largestFrame = 1 << 30
)

// link is one side of a connection. It is used by one goroutine at a time.
type link struct {
	stream
	conn net.Conn
	in   *bufio.Reader
	out  []byte
}

func newLink(conn net.Conn) *link { return &link{conn: conn, in: bufio.NewReader(conn)} }

// write sends a frame in one system call.
func (l *link) write(f frame) error {
	anew := byte(0)
	if f.anew {
		anew = 1
	}
	l.out = append(l.out[:0], byte(f.kind), anew)
	l.out = binary.LittleEndian.AppendUint32(l.out, uint32(len(f.payload)))
	l.out = append(l.out, f.payload...)
	_, err := l.conn.Write(l.out)
	return err
}

func (l *link) read() (frame, error) { return readFrame(l.in) }

// readFrame believes no length: memory grows with what arrives.
func readFrame(in io.Reader) (f frame, err error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(in, header[:]); err != nil {
		return f, err
	}
	f.kind, f.anew = kind(header[0]), header[1] != 0
	n := int64(binary.LittleEndian.Uint32(header[2:]))
	if f.kind < hello || f.kind > goodbye || n > largestFrame {
		return f, fmt.Errorf("a message of kind %d with %d bytes makes no sense", f.kind, n)
	}
	if n <= 4096 {
		f.payload = make([]byte, n)
		_, err = io.ReadFull(in, f.payload)
		return f, err
	}
	var b bytes.Buffer
	if _, err = io.CopyN(&b, in, n); err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	f.payload = b.Bytes()
	return f, err
}
