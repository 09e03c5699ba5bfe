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

// kind is what a frame says.
type kind byte

const (
	hello    kind = iota + 1 // the token; requests follow, each answered at once:
	tryPut                   // a value
	tryGet                   // an item
	received                 // the item has arrived; no answer
	length                   // how many items are there, or why none will come any more
	closes                   // Close
	discards                 // Discard

	helloPut // the token; puts follow:
	put      // a value for which there is credit; no answer
	want     // wait for credit

	helloGet // the token; gets follow:
	get      // wait for a batch of items
	news     // look into the ledger; no answer
	cancel   // stop waiting for an item or for credit

	done     // an answer: it is so; with a number for length, or where the ledger is
	item     // an answer: a value, and more follow
	lastItem // an answer: a value
	room     // an answer: there is credit, or none for good
	failed   // an answer: the reason
	goodbye  // the last word, whatever the question: the reason
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
	out  []byte // frames that are to be sent together

	sends    *portable.Codec // for encode
	receives *portable.Codec // for decode
	buffer   []byte          // for encode

	ledger  ledger // of a connection for puts or gets
	follows bool   // items are on their way that nobody needs to ask for
}

func newLink(conn net.Conn, sends, receives *portable.Codec) *link {
	return &link{conn: conn, in: bufio.NewReaderSize(conn, 1<<15), sends: sends, receives: receives}
}

// write sends a frame in one system call.
func (l *link) write(f frame) error {
	l.add(f)
	return l.flush()
}

// add has a frame sent with the next flush.
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

// holdsFrame reports whether read does not have to wait.
func (l *link) holdsFrame() bool {
	if l.in.Buffered() < headerSize {
		return false
	}
	header, _ := l.in.Peek(headerSize)
	return int64(l.in.Buffered()-headerSize) >= int64(binary.LittleEndian.Uint32(header[1:]))
}

// close ends the connection, and with it the use of the ledger.
func (l *link) close() {
	l.conn.Close()
	l.ledger.Close()
}

// readFrame believes no length: memory grows with what arrives.
func readFrame(in io.Reader) (f frame, err error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(in, header[:]); err != nil {
		return f, err
	}
	f.kind = kind(header[0])
	n := int64(binary.LittleEndian.Uint32(header[1:]))
	if f.kind < hello || f.kind > goodbye || n > largestFrame {
		return f, fmt.Errorf("a message of kind %d with %d bytes makes no sense", f.kind, n)
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
