package process

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/registered"
)

// connection is one end of the two pipes between a pool and a worker. The
// pool sends a request and then reads the reply. At most one request is in
// flight, so the two sides cannot block each other by writing. Messages are
// independent: a message that could not be encoded does not affect the next.
type connection struct {
	in      *bufio.Reader
	out     io.Writer
	message []byte // the message last sent
	payload []byte // the message last received
}

func newConnection(in io.Reader, out io.Writer) *connection {
	return &connection{in: bufio.NewReaderSize(in, 1<<16), out: out}
}

type kind byte

const (
	ready   kind = iota + 1 // worker: has started
	request                 // pool: run a task on these values
	results                 // worker: the results, as many as the values
	failed                  // worker: a registered.Failure
)

// header is the fixed-size start of a message.
type header struct {
	kind   kind
	task   uint32 // request: the task's number
	number uint64 // request: its number, by which the pool cancels it
	count  uint64 // request and results: values in the payload
	length uint64 // bytes of the payload
}

const headerSize = 32

func (h header) put(b []byte) {
	b[0] = byte(h.kind)
	binary.LittleEndian.PutUint32(b[4:], h.task)
	binary.LittleEndian.PutUint64(b[8:], h.number)
	binary.LittleEndian.PutUint64(b[16:], h.count)
	binary.LittleEndian.PutUint64(b[24:], h.length)
}

func parseHeader(b []byte) (header, error) {
	h := header{
		kind:   kind(b[0]),
		task:   binary.LittleEndian.Uint32(b[4:]),
		number: binary.LittleEndian.Uint64(b[8:]),
		count:  binary.LittleEndian.Uint64(b[16:]),
		length: binary.LittleEndian.Uint64(b[24:]),
	}
	if h.kind < ready || h.kind > failed || b[1] != 0 || b[2] != 0 || b[3] != 0 {
		return h, fmt.Errorf("invalid message header % x; did the task write to a file that it did not open?", b)
	}
	return h, nil
}

// reuseLimit is the size up to which a buffer is reused for the next message.
const reuseLimit = 1 << 20

// send sends values as one message with header h, in one write. If it returns
// a *portable.ValueError, a value cannot be encoded and nothing was sent.
func (c *connection) send(h header, as *portable.Codec, values portable.Values) (err error) {
	whole, err := as.Append(append(c.message[:0], make([]byte, headerSize)...), values)
	if err != nil {
		return err
	}
	h.length = uint64(len(whole) - headerSize)
	h.put(whole)
	c.message = whole
	if cap(whole) > reuseLimit {
		c.message = nil
	}
	_, err = c.out.Write(whole)
	return err
}

var failures, _ = portable.CodecOf[registered.Failure]()

func (c *connection) sendFailure(f *registered.Failure) error {
	return c.send(header{kind: failed}, failures, portable.At(f))
}

// receive reads the next message. It returns io.EOF if the other side closed
// the pipe between two messages, and another error if it did so within one.
func (c *connection) receive() (header, error) {
	var b [headerSize]byte
	if _, err := io.ReadFull(c.in, b[:]); err != nil {
		return header{}, err
	}
	h, err := parseHeader(b[:])
	if err != nil {
		return h, err
	}
	return h, c.readPayload(h.length)
}

// readPayload reads length bytes. It allocates memory as the bytes arrive, so
// that an invalid length cannot make it allocate terabytes.
func (c *connection) readPayload(length uint64) error {
	if cap(c.payload) > reuseLimit {
		c.payload = nil
	}
	c.payload = c.payload[:0]
	for have := uint64(0); have < length; have = uint64(len(c.payload)) {
		n := int(min(length-have, max(have, reuseLimit)))
		c.payload = slices.Grow(c.payload, n)[:int(have)+n]
		if _, err := io.ReadFull(c.in, c.payload[have:]); err != nil {
			return io.ErrUnexpectedEOF
		}
	}
	return nil
}
