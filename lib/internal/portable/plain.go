package portable

import (
	"encoding/binary"
	"reflect"
)

// isPlain reports whether the memory of a value of type t is its encoding: it
// contains no pointers, no strings and no uintptr.
func isPlain(t reflect.Type) bool {
	if methodsOf(t) != nil {
		return false
	}
	switch kind := t.Kind(); kind {
	case reflect.Array:
		return t.Len() == 0 || isPlain(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !isPlain(t.Field(i).Type) {
				return false
			}
		}
		return true
	default: // a uintptr may be an address, which means nothing in another process
		return kind >= reflect.Bool && kind <= reflect.Complex128 && kind != reflect.Uintptr
	}
}

// maskOf returns a mask of the bits that may be set in a plain value of type t,
// or nil if all may: a bool is 0 or 1, and padding and blank fields are
// ignored. The mask of an array is that of one element.
func maskOf(t reflect.Type) []byte {
	switch t.Kind() {
	case reflect.Bool:
		return []byte{1}
	case reflect.Array:
		return maskOf(t.Elem())
	case reflect.Struct:
		return maskOfStruct(t)
	}
	return nil
}

func maskOfStruct(t reflect.Type) []byte {
	mask := make([]byte, t.Size())
	isWhole := true
	end := uintptr(0)
	for i := range t.NumField() {
		f := t.Field(i)
		part := maskOf(f.Type)
		isWhole = isWhole && part == nil && f.Name != "_" && f.Offset == end
		end = f.Offset + f.Type.Size()
		if f.Name == "_" {
			continue
		}
		for at := f.Offset; at < end; at++ {
			mask[at] = 0xff
			if part != nil {
				mask[at] = part[(at-f.Offset)%uintptr(len(part))]
			}
		}
	}
	if isWhole && end == t.Size() {
		return nil
	}
	return mask
}

// clean clears the bits of plain values that are not in the mask.
func (c *Codec) clean(b []byte) {
	for ; c.mask != nil && len(b) > 0; b = b[len(c.mask):] {
		i := 0
		for ; i+8 <= len(c.mask); i += 8 {
			binary.NativeEndian.PutUint64(b[i:], binary.NativeEndian.Uint64(b[i:])&binary.NativeEndian.Uint64(c.mask[i:]))
		}
		for ; i < len(c.mask); i++ {
			b[i] &= c.mask[i]
		}
	}
}

// isClean reports whether clean would change nothing.
func (c *Codec) isClean(b []byte) bool {
	for ; c.mask != nil && len(b) > 0; b = b[len(c.mask):] {
		i := 0
		for ; i+8 <= len(c.mask); i += 8 {
			if binary.NativeEndian.Uint64(b[i:])&^binary.NativeEndian.Uint64(c.mask[i:]) != 0 {
				return false
			}
		}
		for ; i < len(c.mask); i++ {
			if b[i]&^c.mask[i] != 0 {
				return false
			}
		}
	}
	return true
}
