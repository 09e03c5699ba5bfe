// Package portable says which types can travel from one process to another,
// and how: packages process and message choose by it.
package portable

import (
	"encoding"
	"encoding/gob"
	"errors"
	"fmt"
	"reflect"
	"unsafe"
)

// encodesItself reports whether gob asks the type how to encode it.
func encodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[gob.GobEncoder]()) && p.Implements(reflect.TypeFor[gob.GobDecoder]()) ||
		p.Implements(reflect.TypeFor[encoding.BinaryMarshaler]()) && p.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]())
}

// IsPlain reports whether a value of type t is nothing but its own bytes.
func IsPlain(t reflect.Type) bool {
	if encodesItself(t) {
		return false
	}
	switch kind := t.Kind(); kind {
	case reflect.Array:
		return IsPlain(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !IsPlain(t.Field(i).Type) {
				return false
			}
		}
		return true
	default: // an address means nothing elsewhere, not even as a uintptr
		return kind >= reflect.Bool && kind <= reflect.Complex128 && kind != reflect.Uintptr
	}
}

// Check says why gob would refuse t, or silently leave out a part of it.
func Check(t reflect.Type) error {
	if IsPlain(t) {
		return nil
	}
	return check(t, map[reflect.Type]bool{})
}

// check is Check of a part; types in seen are being looked at.
func check(t reflect.Type, seen map[reflect.Type]bool) error {
	if seen[t] || encodesItself(t) {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Uintptr:
		return fmt.Errorf("%v has a meaning only in the process that made it", t)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return check(t.Elem(), seen)
	case reflect.Map:
		return errors.Join(check(t.Key(), seen), check(t.Elem(), seen))
	case reflect.Struct:
		return checkStruct(t, seen)
	}
	return nil
}

func checkStruct(t reflect.Type, seen map[reflect.Type]bool) error {
	if t.NumField() == 0 {
		return fmt.Errorf("%v has no fields, which gob refuses beside values that hold pointers", t)
	}
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() {
			return fmt.Errorf("field %s of %v would be lost; begin its name with a capital letter", field.Name, t)
		}
		if err := check(field.Type, seen); err != nil {
			return fmt.Errorf("field %s of %v: %w", field.Name, t, err)
		}
	}
	return nil
}

// Memory returns the bytes of values, which must be plain. It is no copy.
func Memory[T any](values []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*int(unsafe.Sizeof(one)))
}
