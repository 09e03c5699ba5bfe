package message

import (
	"fmt"
	"unsafe"

	"multiprocessing/lib/internal/portable"
)

// encode returns v as bytes, which are valid until the next encode.
func encode[T any](l *link, v T) (payload []byte, err error) {
	c, err := portable.CodecOf[T]()
	if err == nil {
		payload, err = c.EncodeInto(l.buffer, portable.Of(unsafe.Slice(&v, 1)))
	}
	if n := len(payload); err == nil && n > largestFrame {
		err = fmt.Errorf("it has %d bytes; send at most %d at once", n, largestFrame)
	}
	if err != nil {
		return nil, fmt.Errorf("a value cannot be sent to another process: %w", err)
	}
	l.buffer = payload
	return payload, nil
}

// decode makes a value of what encode returned.
func decode[T any](payload []byte) (v T, err error) {
	c, err := portable.CodecOf[T]()
	if err != nil {
		return v, err
	}
	if v, err = portable.DecodeOne[T](c, payload); err != nil {
		return v, fmt.Errorf("a value that was received cannot be read: %w", err)
	}
	return v, nil
}
