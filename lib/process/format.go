package process

import (
	"encoding"
	"encoding/gob"
	"errors"
	"fmt"
	"reflect"
	"unsafe"
)

// format is how the values of one type travel.
type format int

const (
	asGob    format = iota // encoding/gob
	asMemory               // as they lie in memory, without any conversion
)

// formatOf chooses the format of a task's type, and refuses a type that
// would not arrive, or arrive without some of its fields.
//
// Values without pointers travel as they lie in memory: both ends are the
// same program, so the layout is the same. BenchmarkFormats has what this
// saves over gob.
func formatOf(task, role string, t reflect.Type) format {
	if isPlain(t) {
		return asMemory
	}
	if err := sendable(t, map[reflect.Type]bool{}); err != nil {
		misuse("Register: task %q: its %s cannot be sent to another process: %v", task, role, err)
	}
	return asGob
}

// encodesItself reports whether gob asks the type how to encode it.
func encodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[gob.GobEncoder]()) && p.Implements(reflect.TypeFor[gob.GobDecoder]()) ||
		p.Implements(reflect.TypeFor[encoding.BinaryMarshaler]()) && p.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]())
}

// isPlain reports whether a value of type t is nothing but its own bytes.
func isPlain(t reflect.Type) bool {
	if encodesItself(t) {
		return false
	}
	switch kind := t.Kind(); kind {
	case reflect.Array:
		return isPlain(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !isPlain(t.Field(i).Type) {
				return false
			}
		}
		return true
	default: // an address means nothing elsewhere, not even as a uintptr
		return kind >= reflect.Bool && kind <= reflect.Complex128 && kind != reflect.Uintptr
	}
}

// sendable says why gob would refuse t, or silently leave out a part of it.
// Types in seen are being looked at.
func sendable(t reflect.Type, seen map[reflect.Type]bool) error {
	if seen[t] || encodesItself(t) {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Uintptr:
		return fmt.Errorf("%v has a meaning only in the process that made it", t)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return sendable(t.Elem(), seen)
	case reflect.Map:
		return errors.Join(sendable(t.Key(), seen), sendable(t.Elem(), seen))
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
		if err := sendable(field.Type, seen); err != nil {
			return fmt.Errorf("field %s of %v: %w", field.Name, t, err)
		}
	}
	return nil
}

// memory returns the bytes of values, which must be plain. It is no copy.
func memory[T any](values []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*int(unsafe.Sizeof(one)))
}
