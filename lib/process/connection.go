package process

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"io"
	"slices"

	"multiprocessing/lib/internal/portable"
)

// connection is one end of the two pipes between a pool and a worker. The
// pool sends a request and then reads the reply; there is never more than
// one on its way, so neither side can wait for the other to read.
type connection struct {
	in  *bufio.Reader
	out io.Writer

	message bytes.Buffer // the message being sent
	encoder *gob.Encoder // into message; kept, so that types are described once

	payload []byte       // the message last received
	source  bytes.Reader // of payload
	decoder *gob.Decoder // from source
}

func newConnection(in io.Reader, out io.Writer) *connection {
	return &connection{in: bufio.NewReaderSize(in, 1<<16), out: out}
}

type kind byte

const (
	ready    kind = iota + 1 // worker: has started
	request                  // pool: run a task on these values
	results                  // worker: the results, as many as the values
	panicked                 // worker: one of the values made the task panic
	refused                  // worker: the results cannot be encoded
)

// header begins a message.
type header struct {
	kind   kind
	fresh  bool   // a new gob encoder begins here, so a new decoder must
	task   uint32 // request: the task's number
	count  uint64 // request and results: values in the payload; panicked: which value
	length uint64 // bytes of the payload
}

const headerSize = 24

func (h header) put(b []byte) {
	b[0] = byte(h.kind)
	if h.fresh {
		b[1] = 1
	}
	binary.LittleEndian.PutUint32(b[4:], h.task)
	binary.LittleEndian.PutUint64(b[8:], h.count)
	binary.LittleEndian.PutUint64(b[16:], h.length)
}

func parseHeader(b []byte) (header, error) {
	h := header{
		kind:   kind(b[0]),
		fresh:  b[1] == 1,
		task:   binary.LittleEndian.Uint32(b[4:]),
		count:  binary.LittleEndian.Uint64(b[8:]),
		length: binary.LittleEndian.Uint64(b[16:]),
	}
	if h.kind < ready || h.kind > refused || b[1] > 1 || b[2] != 0 || b[3] != 0 {
		return h, fmt.Errorf("a message begins with % x, which is none of ours; did the task write to a file it did not open?", b)
	}
	return h, nil
}

// encodeError is a value that gob refuses. Nothing was sent.
type encodeError struct{ err error }

func (e *encodeError) Error() string { return e.err.Error() }
func (e *encodeError) Unwrap() error { return e.err }

// keep is the size up to which a buffer is kept for the next message.
const keep = 1 << 20

// send sends values as one message with header h, in one write.
func send[T any](c *connection, h header, as format, values []T) error {
	c.message.Reset()
	c.message.Write(make([]byte, headerSize))
	if as == asMemory {
		c.message.Write(portable.Memory(values))
	} else if err := c.encode(&h, values); err != nil {
		return &encodeError{err}
	}
	whole := c.message.Bytes()
	h.length = uint64(len(whole) - headerSize)
	h.put(whole)
	_, err := c.out.Write(whole)
	if c.message.Cap() > keep {
		c.message = bytes.Buffer{}
	}
	return err
}

// encode writes values to the message. After an error the encoder may have
// described types in a message that is not sent, so the next one has a new
// encoder.
func (c *connection) encode(h *header, values any) error {
	if c.encoder == nil {
		c.encoder = gob.NewEncoder(&c.message)
		h.fresh = true
	}
	err := c.encoder.Encode(values)
	if err != nil {
		c.encoder = nil
	}
	return err
}

// receive reads the next message. At its end io.EOF means that the other
// side has closed, any other error that it broke off.
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

// readPayload believes a length only as far as bytes really come: a message
// that is no message must not make it ask for terabytes.
func (c *connection) readPayload(length uint64) error {
	if cap(c.payload) > keep {
		c.payload = nil
	}
	c.payload = c.payload[:0]
	for have := uint64(0); have < length; have = uint64(len(c.payload)) {
		n := int(min(length-have, max(have, keep)))
		c.payload = slices.Grow(c.payload, n)[:int(have)+n]
		if _, err := io.ReadFull(c.in, c.payload[have:]); err != nil {
			return io.ErrUnexpectedEOF
		}
	}
	return nil
}

// decode puts the values of the message last received, whose header is h,
// into values, which must be fresh and of the right length.
func decode[T any](c *connection, h header, as format, values []T) error {
	if as == asMemory {
		if n := copy(portable.Memory(values), c.payload); n != len(c.payload) || n != len(portable.Memory(values)) {
			return fmt.Errorf("a message has %d bytes for %d values of %d bytes together", len(c.payload), len(values), len(portable.Memory(values)))
		}
		return nil
	}
	if h.fresh || c.decoder == nil {
		c.decoder = gob.NewDecoder(&c.source)
	}
	c.source.Reset(c.payload)
	got := values[:0:len(values)] // gob decodes into what is there
	if err := c.decoder.Decode(&got); err != nil {
		return err
	}
	if copy(values, got) != len(values) || len(got) != len(values) {
		return fmt.Errorf("a message has %d values, want %d", len(got), len(values))
	}
	return nil
}
