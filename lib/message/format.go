package message

import (
	"fmt"

	"multiprocessing/lib/internal/portable"
)

// encode encodes the value that v points to. The bytes are valid until the next
// encode.
func (l *link) encode(v any) ([]byte, error) {
	payload, err := l.sends.EncodeInto(l.buffer, portable.At(v))
	if n := len(payload); err == nil && n > largestFrame {
		err = fmt.Errorf("it has %d bytes; send at most %d at once", n, largestFrame)
	}
	if err != nil {
		return nil, fmt.Errorf("a value cannot be sent to another process: %w", err)
	}
	l.buffer = payload
	return payload, nil
}

// decode returns a pointer to the value that the other side encoded.
func (l *link) decode(payload []byte) (v any, err error) {
	v = l.receives.New()
	if err := l.receives.Decode(payload, portable.At(v)); err != nil {
		return nil, fmt.Errorf("a value that was received cannot be read: %w", err)
	}
	return v, nil
}
