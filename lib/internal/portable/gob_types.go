package portable

import (
	"bytes"
	"encoding/gob"
	"reflect"
)

// A shape is the type information that gob needs before it decodes an empty
// value of a type: a byte for its kind, then the shapes of its elements. The
// fields of a struct are not needed. Kinds 1 to 8 are gob's ids of its basic
// types. Arrays have no shape.
const (
	noShape = iota
	boolShape
	intShape
	uintShape
	floatShape
	bytesShape
	stringShape
	complexShape
	interfaceShape
	structShape
	sliceShape
	mapShape
	gobShape    // has GobDecode
	binaryShape // has UnmarshalBinary
)

// maxShape limits the bytes of a shape.
const maxShape = 32

var shapes = [...]byte{
	reflect.Bool: boolShape,
	reflect.Int:  intShape, reflect.Int8: intShape, reflect.Int16: intShape, reflect.Int32: intShape, reflect.Int64: intShape,
	reflect.Uint: uintShape, reflect.Uint8: uintShape, reflect.Uint16: uintShape, reflect.Uint32: uintShape, reflect.Uint64: uintShape,
	reflect.Float32: floatShape, reflect.Float64: floatShape,
	reflect.Complex64: complexShape, reflect.Complex128: complexShape,
	reflect.String: stringShape, reflect.Interface: interfaceShape, reflect.Struct: structShape,
	reflect.UnsafePointer: noShape,
}

// shapeOf returns the shape of t, or false if t has none or it is too long.
func shapeOf(t reflect.Type) (shape []byte, ok bool) {
	shape = appendShape(nil, t)
	return shape, len(shape) <= maxShape && bytes.IndexByte(shape, noShape) < 0
}

func appendShape(b []byte, t reflect.Type) []byte {
	if len(b) > maxShape { // perhaps t contains itself
		return b
	}
	switch gobMethodsOf(t) {
	case pairs[0]:
		return append(b, gobShape)
	case pairs[1]:
		return append(b, binaryShape)
	}
	switch kind := t.Kind(); {
	case kind == reflect.Pointer:
		return appendShape(b, t.Elem())
	case kind == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return append(b, bytesShape)
	case kind == reflect.Slice:
		return appendShape(append(b, sliceShape), t.Elem())
	case kind == reflect.Map:
		return appendShape(appendShape(append(b, mapShape), t.Key()), t.Elem())
	default:
		return append(b, shapes[kind])
	}
}

// gobMethodsOf returns the methods by which gob decodes t, promoted or not.
func gobMethodsOf(t reflect.Type) *methods {
	for _, m := range pairs {
		if reflect.PointerTo(t).Implements(m.decoder) {
			return m
		}
	}
	return nil
}

// typeNamed returns the type that was registered with gob under a name, or a
// pointer to it. The type must have that shape. If it encodes itself, encoded
// is the encoding of one of its values.
func typeNamed(name, shape, encoded []byte) reflect.Type {
	var s stream
	id, rest := s.define(shape)
	if len(rest) > 0 || len(name) == 0 {
		refuse("invalid type description of an interface value: no name, or more than one shape")
	}
	message := append(appendInt(nil, interfaceShape), 0)
	message = appendBytes(message, name)
	message = appendInt(message, id)
	message = appendBytes(message, emptyValue(shape[0], encoded))
	s.Write(appendBytes(nil, message))
	var v any
	if err := gob.NewDecoder(&s).Decode(&v); err != nil {
		refuse("%w", err)
	}
	return reflect.TypeOf(v)
}

// emptyValue returns what gob sends for an empty value.
func emptyValue(kind byte, encoded []byte) []byte {
	switch kind {
	case structShape: // no more fields
		return []byte{0}
	case gobShape, binaryShape:
		return appendBytes([]byte{0}, encoded)
	case complexShape: // two numbers
		return []byte{0, 0, 0}
	default: // a number, or a length
		return []byte{0, 0}
	}
}

// stream builds a gob stream of type definitions.
type stream struct {
	bytes.Buffer
	defined int64
}

// define writes the type of the first shape in all. It returns the type's id
// in the stream, and the rest of all.
func (s *stream) define(all []byte) (id int64, rest []byte) {
	if len(all) == 0 {
		refuse("incomplete type description")
	}
	kind, rest := all[0], all[1:]
	switch kind {
	case structShape:
		return s.add(3), rest
	case sliceShape:
		id, rest = s.define(rest)
		return s.add(2, id), rest
	case mapShape:
		key, rest := s.define(rest)
		id, rest = s.define(rest)
		return s.add(4, key, id), rest
	case gobShape:
		return s.add(5), rest
	case binaryShape:
		return s.add(6), rest
	default:
		return int64(kind), rest
	}
}

// add writes a gob type definition: a wireType with one field set. gob encodes
// field numbers as differences. Of the embedded CommonType it needs only the id.
func (s *stream) add(field byte, parts ...int64) (id int64) {
	const firstID = 64
	id = firstID + s.defined
	s.defined++
	b := append(appendInt(nil, -id), field, 1, 2)
	b = append(appendInt(b, id), 0)
	for _, part := range parts {
		b = appendInt(append(b, 1), part)
	}
	s.Write(appendBytes(nil, append(b, 0, 0)))
	return id
}

// appendInt appends n in gob's format: the lowest bit is the sign.
func appendInt(b []byte, n int64) []byte {
	if n < 0 {
		return appendUint(b, uint64(^n)<<1|1)
	}
	return appendUint(b, uint64(n)<<1)
}

// appendUint appends n, which is below 2^32, in gob's format: one byte if n is
// below 128, else the negated number of bytes, and the bytes.
func appendUint(b []byte, n uint64) []byte {
	if n < 0x80 {
		return append(b, byte(n))
	}
	digits := []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
	digits = bytes.TrimLeft(digits, "\x00")
	return append(append(b, byte(-len(digits))), digits...)
}

func appendBytes(b, more []byte) []byte { return append(appendUint(b, uint64(len(more))), more...) }

// cutBytes returns the bytes after a length, as written by appendBytes, at the
// start of b.
func cutBytes(b []byte) []byte {
	n, size := uint64(b[0]), 1
	if b[0] >= 0x80 {
		size += int(-b[0])
		n = 0
		for _, digit := range b[1:size] {
			n = n<<8 | uint64(digit)
		}
	}
	return b[size:][:n]
}
