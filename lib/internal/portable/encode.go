package portable

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// maxDepth limits the nesting of pointers, slices, maps and interfaces, so that
// untrusted input cannot exhaust the stack (64 MB at the limit).
const maxDepth = 100_000

// encoder appends the encoding of values. Its methods panic with a refusal if a
// value cannot be sent.
type encoder struct {
	b       []byte
	at      int    // index of the value being encoded
	calling *Codec // the type whose method is called, if any
	depth   int    // see enter
	mark    place  // a place on the current path, for cycle detection: see enter
	marked  int    // depth of mark
}

// place identifies a value that may contain itself.
type place struct {
	of  *Codec
	p   unsafe.Pointer
	len int
}

// slice is the memory layout of a slice.
type slice struct {
	data     unsafe.Pointer
	len, cap int
}

// refusal is the value with which the methods of encoder and decoder panic.
type refusal struct{ error }

func refuse(format string, args ...any) { panic(refusal{fmt.Errorf(format, args...)}) }

// put appends the encoding of the value at p.
func (e *encoder) put(c *Codec, p unsafe.Pointer) {
	switch c.form {
	case asPlain:
		e.putPlain(c, p, c.size)
	case asString:
		s := *(*string)(p)
		e.putLength(len(s))
		e.b = append(e.b, s...)
	case asPointer:
		e.putPointer(c, *(*unsafe.Pointer)(p))
	case asSlice:
		e.putSlice(c, p)
	case asMap:
		e.putMap(c, p)
	case asArray:
		e.putElements(c.elem, p, c.t.Len())
	case asStruct:
		for i := range c.fields {
			f := &c.fields[i]
			e.put(f.as, unsafe.Add(p, f.offset))
		}
	case asInterface:
		e.putInterface(c, p)
	case asItself:
		e.putItself(c, p)
	}
}

func (e *encoder) putPlain(c *Codec, p unsafe.Pointer, size int) {
	at := len(e.b)
	e.b = append(e.b, memory(p, size)...)
	c.clean(e.b[at:])
}

func (e *encoder) putLength(n int) { e.b = binary.AppendUvarint(e.b, uint64(n)) }

func (e *encoder) putPointer(c *Codec, p unsafe.Pointer) {
	if p == nil {
		e.b = append(e.b, 0)
		return
	}
	e.b = append(e.b, 1)
	e.enter(place{c, p, 1})
	e.put(c.elem, p)
	e.leave()
}

func (e *encoder) putSlice(c *Codec, p unsafe.Pointer) {
	s := (*slice)(p)
	if s.data == nil {
		e.b = append(e.b, 0)
		return
	}
	e.putLength(s.len + 1)
	e.enter(place{c, s.data, s.len})
	e.putElements(c.elem, s.data, s.len)
	e.leave()
}

func (e *encoder) putElements(c *Codec, p unsafe.Pointer, n int) {
	if c.form == asPlain {
		e.putPlain(c, p, n*c.size)
		return
	}
	for i := range n {
		e.put(c, unsafe.Add(p, i*c.size))
	}
}

// putMap sorts the entries by their bytes, and so by their keys, because no
// key's encoding is a prefix of another key's.
func (e *encoder) putMap(c *Codec, p unsafe.Pointer) {
	m := reflect.NewAt(c.t, p).Elem()
	if m.IsNil() {
		e.b = append(e.b, 0)
		return
	}
	e.putLength(m.Len() + 1)
	e.enter(place{c, m.UnsafePointer(), m.Len()})
	key, value := reflect.New(c.key.t), reflect.New(c.elem.t)
	var entries []span
	for entry := m.MapRange(); entry.Next(); {
		key.Elem().SetIterKey(entry)
		value.Elem().SetIterValue(entry)
		from := len(e.b)
		e.put(c.key, key.UnsafePointer())
		e.put(c.elem, value.UnsafePointer())
		entries = append(entries, span{from, len(e.b)})
	}
	e.sort(entries)
	e.leave()
}

// span is a range of the encoded bytes.
type span struct{ from, to int }

func (e *encoder) bytes(s span) []byte { return e.b[s.from:s.to] }

// sort sorts the entries, which are the last bytes of e.b.
func (e *encoder) sort(entries []span) {
	if len(entries) < 2 {
		return
	}
	start, end := entries[0].from, len(e.b)
	slices.SortFunc(entries, func(a, b span) int { return bytes.Compare(e.bytes(a), e.bytes(b)) })
	for _, entry := range entries {
		e.b = append(e.b, e.bytes(entry)...)
	}
	copy(e.b[start:], e.b[end:])
	e.b = e.b[:end]
}

// putItself calls the method by which the type encodes itself.
func (e *encoder) putItself(c *Codec, p unsafe.Pointer) {
	outer := e.calling
	e.calling = c
	b, err := c.methods.encode(reflect.NewAt(c.t, p).Interface())
	e.calling = outer
	if err != nil {
		refuse("%v.%s: %w", c.t, c.methods.names[0], err)
	}
	e.putLength(len(b))
	e.b = append(e.b, b...)
}

// enter descends into the value at here. It detects cycles with Brent's
// algorithm: it stores one place on the current path, replaces it whenever the
// depth has doubled, and refuses the value when it reaches that place again.
func (e *encoder) enter(here place) {
	if here == e.mark {
		refuse("%v contains itself; send a value without cycles, for example indices instead of pointers", here.of.t)
	}
	e.descend(here.of)
	if e.depth >= 2*e.marked {
		e.mark, e.marked = here, e.depth
	}
}

// descend goes one level deeper; leave must follow.
func (e *encoder) descend(c *Codec) {
	if e.depth++; e.depth > maxDepth {
		refuse("%v is nested deeper than %d levels; send a slice instead of a list", c.t, maxDepth)
	}
}

// leave returns from the value that was entered last.
func (e *encoder) leave() {
	if e.depth == e.marked {
		e.mark, e.marked = place{}, 0
	}
	e.depth--
}
