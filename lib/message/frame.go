package message

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"

	"multiprocessing/lib/internal/portable"
)

// kind is the type of a frame.
type kind byte

const (
	hello    kind = iota + 1 // the token; the client then sends requests, each answered at once:
	tryPut                   // a value
	tryGet                   // ask for an item
	received                 // the item has arrived; no answer
	length                   // ask for the number of items, or why none will come any more
	closes                   // Close
	discards                 // Discard

	helloPut // the token; the client then sends puts:
	put      // a value for which the client had a credit; no answer
	want     // ask for credits, and wait for them

	helloGet // the token; the client then sends gets:
	get      // ask for a batch of items, and wait for it
	news     // the ledger has changed; no answer
	cancel   // stop waiting for an item or for credits

	done        // answer: success; payload: the number for length, or the address of the ledger
	item        // answer: a value; more items follow
	lastItem    // answer: a value
	creditReady // answer to want: the ledger has credits, or the reason why there will be none
	failed      // answer: the reason
	goodbye     // the server ends; the reason
)

// frame is one message on a socket.
type frame struct {
	kind    kind
	payload []byte
}

const (
	headerSize   = 5
	largestFrame = 1 << 30
)

// link is one side of a connection. It is used by one goroutine at a time.
type link struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte // frames to send with the next flush

	sends    *portable.Codec // for encode
	receives *portable.Codec // for decode
	buffer   []byte          // for encode

	ledger  ledger // of a connection for puts or gets
	follows bool   // the server sends more items without another get
}

func newLink(conn net.Conn, sends, receives *portable.Codec) *link {
	return &link{conn: conn, in: bufio.NewReaderSize(conn, 1<<15), sends: sends, receives: receives}
}

// write sends a frame in one system call.
func (l *link) write(f frame) error {
	l.add(f)
	return l.flush()
}

// add adds a frame to those that the next flush sends.
func (l *link) add(f frame) {
	l.out = append(l.out, byte(f.kind))
	l.out = binary.LittleEndian.AppendUint32(l.out, uint32(len(f.payload)))
	l.out = append(l.out, f.payload...)
}

func (l *link) flush() error {
	_, err := l.conn.Write(l.out)
	l.out = l.out[:0]
	return err
}

func (l *link) read() (frame, error) { return readFrame(l.in) }

// holdsFrame reports whether a whole frame is buffered, so that read does not
// wait.
func (l *link) holdsFrame() bool {
	if l.in.Buffered() < headerSize {
		return false
	}
	header, _ := l.in.Peek(headerSize)
	return int64(l.in.Buffered()-headerSize) >= int64(binary.LittleEndian.Uint32(header[1:]))
}

// close closes the connection and the ledger.
func (l *link) close() {
	l.conn.Close()
	l.ledger.Close()
}

// readFrame reads a frame. It allocates memory as the bytes arrive, so that an
// invalid length cannot exhaust it.
func readFrame(in io.Reader) (f frame, err error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(in, header[:]); err != nil {
		return f, err
	}
	f.kind = kind(header[0])
	n := int64(binary.LittleEndian.Uint32(header[1:]))
	if f.kind < hello || f.kind > goodbye || n > largestFrame {
		return f, fmt.Errorf("invalid frame of kind %d with %d bytes", f.kind, n)
	}
	if n <= 1<<15 {
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
