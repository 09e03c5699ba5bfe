package message

import (
	"bytes"
	"encoding"
	"encoding/gob"
	"errors"
	"fmt"
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
	if isPlain(reflect.TypeFor[T]()) {
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
	if isPlain(reflect.TypeFor[T]()) {
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
		s.decoder = nil
		return v, fmt.Errorf("a value that was received cannot be read: %w", err)
	}
	return b.V, nil
}

// memory returns the bytes of a plain value. It is no copy.
func memory[T any](v *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v))
}

// encodesItself reports whether gob asks the type how to encode it.
func encodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[gob.GobEncoder]()) && p.Implements(reflect.TypeFor[gob.GobDecoder]()) ||
		p.Implements(reflect.TypeFor[encoding.BinaryMarshaler]()) && p.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]())
}

// isPlain reports whether a value of type t is nothing but its own bytes.
func isPlain(t reflect.Type) bool {
	switch kind := t.Kind(); kind {
	case reflect.Array:
		return !encodesItself(t) && isPlain(t.Elem())
	case reflect.Struct:
		if encodesItself(t) {
			return false
		}
		for i := range t.NumField() {
			if !isPlain(t.Field(i).Type) {
				return false
			}
		}
		return true
	default: // an address means nothing elsewhere, not even as a uintptr
		return kind >= reflect.Bool && kind <= reflect.Complex128 && kind != reflect.Uintptr && !encodesItself(t)
	}
}

// sendable says why gob would refuse t, or silently leave out a part of it.
func sendable(t reflect.Type) error {
	if isPlain(t) {
		return nil
	}
	return sendablePart(t, map[reflect.Type]bool{})
}

// sendablePart is sendable; types in seen are being looked at.
func sendablePart(t reflect.Type, seen map[reflect.Type]bool) error {
	if seen[t] || encodesItself(t) {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Uintptr:
		return fmt.Errorf("%v has a meaning only in the process that made it", t)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return sendablePart(t.Elem(), seen)
	case reflect.Map:
		return errors.Join(sendablePart(t.Key(), seen), sendablePart(t.Elem(), seen))
	case reflect.Struct:
		return sendableStruct(t, seen)
	}
	return nil
}

func sendableStruct(t reflect.Type, seen map[reflect.Type]bool) error {
	if t.NumField() == 0 {
		return fmt.Errorf("%v has no fields, which gob refuses beside values that hold pointers", t)
	}
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() {
			return fmt.Errorf("field %s of %v would be lost; begin its name with a capital letter", field.Name, t)
		}
		if err := sendablePart(field.Type, seen); err != nil {
			return fmt.Errorf("field %s of %v: %w", field.Name, t, err)
		}
	}
	return nil
}
