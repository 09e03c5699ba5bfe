package message

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"multiprocessing/lib/internal/portable"
	"reflect"
	"unsafe"
)

// stream is one side of a connection as gob sees it: the description of a
// type is sent once, so both directions have a memory.
type stream struct {
	encoder *gob.Encoder
	encoded bytes.Buffer
	decoder *gob.Decoder
	source  bytes.Reader
}

// box is what gob is given, for at its top it refuses nil pointers.
type box[T any] struct{ V T }

// encode returns v as bytes, which are good until the next encode. The other
// side must forget what it knows of types if anew is true.
//
// Values without pointers travel as they lie in memory: both sides are the
// same program. BenchmarkFormats has what this saves over gob.
func encode[T any](s *stream, v T) (payload []byte, anew bool, err error) {
	if portable.IsPlain(reflect.TypeFor[T]()) {
		return memory(&v), false, nil
	}
	s.encoded.Reset()
	if s.encoder == nil {
		s.encoder, anew = gob.NewEncoder(&s.encoded), true
	}
	err = s.encoder.Encode(box[T]{v})
	if n := s.encoded.Len(); err == nil && n > largestFrame {
		err = fmt.Errorf("it has %d bytes; send at most %d at once", n, largestFrame)
	}
	if err != nil {
		s.encoder = nil // what it says of types has not arrived
		return nil, false, fmt.Errorf("a value cannot be sent to another process: %w", err)
	}
	return s.encoded.Bytes(), anew, nil
}

// decode makes a value of what encode returned.
func decode[T any](s *stream, payload []byte, anew bool) (v T, err error) {
	if portable.IsPlain(reflect.TypeFor[T]()) {
		if copy(memory(&v), payload) != len(payload) || len(payload) != int(unsafe.Sizeof(v)) {
			return v, fmt.Errorf("a message has %d bytes, want %d", len(payload), unsafe.Sizeof(v))
		}
		return v, nil
	}
	if anew || s.decoder == nil {
		s.decoder = gob.NewDecoder(&s.source)
	}
	s.source.Reset(payload)
	var b box[T]
	if err := s.decoder.Decode(&b); err != nil {
		return v, fmt.Errorf("a value that was received cannot be read: %w", err)
	}
	return b.V, nil
}

// memory returns the bytes of a plain value. It is no copy.
func memory[T any](v *T) []byte { return portable.Memory(unsafe.Slice(v, 1)) }
