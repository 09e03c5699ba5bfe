package digest

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"reflect"
)

// A value is written as a tag, and what follows has a known length or begins
// with it, so that no two values are written alike. What has parts is written
// as the hash of its parts.
const (
	tagNil      = 'z'
	tagTrue     = 't'
	tagFalse    = 'f'
	tagInteger  = '+' // 8 bytes
	tagNegative = '-' // 8 bytes
	tagFloat    = '.' // 8 bytes, of a number that is no integer
	tagComplex  = 'c' // two numbers
	tagExactly  = 'e' // length and digits, of a number that 64 bits cannot hold
	tagString   = 's' // length and bytes
	tagTime     = '@' // three integers
	tagType     = 'o' // length and name of a type whose values have no parts
	tagParts    = 'h' // 32 bytes
	tagBack     = 'r' // how many steps up, to the value that contains this one
	tagAgain    = 'a' // how many values ago this one was left; it leads back to one that is not left yet

	// Within what is hashed:
	tagList   = 'l' // number of elements, elements
	tagMap    = 'm' // number of entries, keys and values
	tagStruct = 'x' // number of fields, names and values
	tagWithin = 'i' // hash of the value that this one leads back to, number of this one in it
)

// hashOf returns the hash of a value that open has returned.
func hashOf(v reflect.Value) [sha256.Size]byte {
	w := newWalker()
	w.walk(v)
	return sha256.Sum256(w.out)
}

// leaf writes a value without parts, and reports whether it was one.
func (w *walker) leaf(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			w.tag(tagTrue)
		} else {
			w.tag(tagFalse)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		w.signed(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		w.word(tagInteger, v.Uint())
	case reflect.Float32, reflect.Float64:
		w.float(v.Float())
	case reflect.Complex64, reflect.Complex128:
		w.tag(tagComplex)
		w.float(real(v.Complex()))
		w.float(imag(v.Complex()))
	case reflect.String:
		w.text(tagString, v.String())
	case reflect.Struct:
		_, worth, ok := known(v)
		if ok {
			w.worth(worth)
		}
		return ok
	case reflect.Slice, reflect.Array, reflect.Map:
		return false
	case reflect.Invalid, reflect.Pointer, reflect.Interface:
		w.tag(tagNil)
	default:
		w.text(tagType, v.Type().String())
	}
	return true
}

func (w *walker) worth(worth any) {
	switch x := worth.(type) {
	case int64:
		w.signed(x)
	case uint64:
		w.word(tagInteger, x)
	case float64:
		w.float(x)
	case exactly:
		w.text(tagExactly, string(x))
	case instant:
		w.tag(tagTime)
		w.signed(x.seconds)
		w.signed(int64(x.nanoseconds))
		w.signed(int64(x.offset))
	}
}

func (w *walker) tag(tag byte) { w.out = append(w.out, tag) }

func (w *walker) word(tag byte, n uint64) {
	w.out = binary.BigEndian.AppendUint64(append(w.out, tag), n)
}

func (w *walker) counted(tag byte, n int) {
	w.out = binary.AppendUvarint(append(w.out, tag), uint64(n))
}

func (w *walker) text(tag byte, s string) {
	w.counted(tag, len(s))
	w.out = append(w.out, s...)
}

func (w *walker) signed(n int64) {
	if n < 0 {
		w.word(tagNegative, uint64(n))
	} else {
		w.word(tagInteger, uint64(n))
	}
}

// float writes an integer as one: 1.0 is the same number as 1. But -0 is not
// the same as 0.
func (w *walker) float(f float64) {
	switch {
	case f == 0 && math.Signbit(f):
		w.word(tagFloat, math.Float64bits(f))
	case f == math.Trunc(f) && -1<<63 <= f && f < 1<<63:
		w.signed(int64(f))
	case f == math.Trunc(f) && 0 < f && f < 1<<64:
		w.word(tagInteger, uint64(f))
	case f != f:
		w.word(tagFloat, math.Float64bits(math.NaN()))
	default:
		w.word(tagFloat, math.Float64bits(f))
	}
}
