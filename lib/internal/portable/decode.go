package portable

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"unsafe"
)

var errNotClean = errors.New("a bool is neither 0 nor 1, or padding is not 0")

// decoder reads the encoding of values. Its methods panic with a refusal if the
// bytes cannot come from an encoder.
type decoder struct {
	b       []byte // not read yet
	at      int    // index of the value being decoded
	calling *Codec // the type whose method is called, if any
	depth   int    // see enter
}

// get decodes a value and overwrites the one at p.
func (d *decoder) get(c *Codec, p unsafe.Pointer) {
	switch c.form {
	case asPlain:
		d.getPlain(c, p, c.size)
	case asString:
		*(*string)(p) = string(d.bytes())
	case asPointer:
		d.getPointer(c, p)
	case asSlice:
		d.getSlice(c, p)
	case asMap:
		d.getMap(c, reflect.NewAt(c.t, p).Elem())
	case asArray:
		d.getElements(c.elem, p, c.t.Len())
	case asStruct:
		for i := range c.fields {
			f := &c.fields[i]
			d.get(f.as, unsafe.Add(p, f.offset))
		}
	case asInterface:
		d.getInterface(c, p)
	case asItself:
		d.getItself(c, p)
	}
}

// take returns the next n bytes.
func (d *decoder) take(n int) []byte {
	if n > len(d.b) {
		refuse("unexpected end of data")
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

// number reads an unsigned varint, which must be as short as possible.
func (d *decoder) number() uint64 {
	n, size := binary.Uvarint(d.b)
	if size <= 0 || size > 1 && d.b[size-1] == 0 {
		refuse("invalid length: truncated, too large or padded")
	}
	d.b = d.b[size:]
	return n
}

// fit returns n, or refuses it if the remaining bytes cannot hold n elements of
// at least least bytes each.
func (d *decoder) fit(n uint64, least int) int {
	most := uint64(len(d.b))
	if least == 0 {
		most = math.MaxInt
	} else if least > 1 { // a division takes time
		most /= uint64(least)
	}
	if n > most {
		refuse("length %d is too large for the %d bytes that are left", n, len(d.b))
	}
	return int(n)
}

// bytes reads a length and as many bytes. The first case is a fast path.
func (d *decoder) bytes() []byte {
	if len(d.b) > 0 && d.b[0] < 0x80 && int(d.b[0]) < len(d.b) {
		end := 1 + int(d.b[0])
		b := d.b[1:end]
		d.b = d.b[end:]
		return b
	}
	return d.take(d.fit(d.number(), 1))
}

func (d *decoder) getPlain(c *Codec, p unsafe.Pointer, size int) {
	b := d.take(size)
	if !c.isClean(b) {
		panic(refusal{errNotClean})
	}
	copy(memory(p, size), b)
}

func (d *decoder) getPointer(c *Codec, p unsafe.Pointer) {
	var target unsafe.Pointer
	switch flag := d.take(1)[0]; flag {
	case 0:
	case 1:
		d.enter()
		target = reflect.New(c.elem.t).UnsafePointer()
		d.get(c.elem, target)
		d.leave()
	default:
		refuse("invalid pointer flag %d; want 0 or 1", flag)
	}
	*(*unsafe.Pointer)(p) = target
}

// firstBytes limits the memory allocated before the first element of a slice
// is decoded. Then the slice grows by doubling, because a type that encodes
// itself may be much larger in memory than encoded.
const firstBytes = 1 << 16

func (d *decoder) getSlice(c *Codec, p unsafe.Pointer) {
	to := (*slice)(p)
	*to = slice{}
	n := d.number()
	if n == 0 {
		return
	}
	length := d.fit(n-1, c.elem.least)
	first := length
	if c.elem.form != asPlain {
		first = min(length, 1+firstBytes/max(1, c.elem.size))
	}
	d.enter()
	s := reflect.MakeSlice(c.t, first, first)
	d.getElements(c.elem, s.UnsafePointer(), first)
	for done := first; done < length; done = s.Len() {
		longer := reflect.MakeSlice(c.t, min(length, 2*done), min(length, 2*done))
		reflect.Copy(longer, s)
		s = longer
		d.getElements(c.elem, unsafe.Add(s.UnsafePointer(), done*c.elem.size), s.Len()-done)
	}
	d.leave()
	*to = slice{s.UnsafePointer(), length, length}
}

func (d *decoder) getElements(c *Codec, p unsafe.Pointer, n int) {
	if c.form == asPlain {
		d.getPlain(c, p, n*c.size)
		return
	}
	for i := range n {
		d.get(c, unsafe.Add(p, i*c.size))
	}
}

// getMap reads a map, whose entries must be sorted. It refuses duplicate keys,
// except those that do not equal themselves (NaN).
func (d *decoder) getMap(c *Codec, m reflect.Value) {
	n := d.number()
	if n == 0 {
		m.SetZero()
		return
	}
	least := c.key.least + c.elem.least
	if least == 0 && n > 2 {
		refuse("a map of zero-size keys has %d entries", n-1)
	}
	length := d.fit(n-1, least)
	d.enter()
	m.Set(reflect.MakeMapWithSize(c.t, min(length, firstBytes/16)))
	key, value := reflect.New(c.key.t), reflect.New(c.elem.t)
	var last []byte
	for range length {
		before := d.b
		key.Elem().SetZero()
		value.Elem().SetZero()
		d.get(c.key, key.UnsafePointer())
		d.get(c.elem, value.UnsafePointer())
		entry := before[:len(before)-len(d.b)]
		if bytes.Compare(last, entry) > 0 {
			refuse("the entries of a map are not sorted")
		}
		last = entry
		m.SetMapIndex(key.Elem(), value.Elem())
	}
	if m.Len() != length {
		refuse("duplicate map key")
	}
	d.leave()
}

// getItself calls the method by which the type decodes itself, with a copy of
// the bytes, because the method may store its argument.
func (d *decoder) getItself(c *Codec, p unsafe.Pointer) {
	b := bytes.Clone(d.bytes())
	outer := d.calling
	d.calling = c
	err := c.methods.decode(reflect.NewAt(c.t, p).Interface(), b)
	d.calling = outer
	if err != nil {
		refuse("%v.%s: %w", c.t, c.methods.names[1], err)
	}
}

// enter descends into a value within another.
func (d *decoder) enter() {
	if d.depth++; d.depth > maxDepth {
		refuse("nesting exceeds %d levels", maxDepth)
	}
}

func (d *decoder) leave() { d.depth-- }
