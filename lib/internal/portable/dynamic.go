package portable

import (
	"bytes"
	"encoding/gob"
	"reflect"
	"sync"
	"unsafe"
)

// A value in an interface is preceded by a description of its type: how many
// pointers lead to a type that was passed to gob.Register, the shape of that
// type, and its name with package gob.
//
// Package gob does not tell which type has a name. But it makes a value of the
// type when it decodes one, and so decoding an empty value, which a few bytes
// describe, gives the type. It does that once for each type.

// dynamic is a type of values in interfaces.
type dynamic struct {
	as          *Codec
	description string
}

var (
	dynamics   sync.Map // of *dynamic, by reflect.Type
	describing sync.RWMutex
	described  = map[string]*dynamic{} // guarded by describing; by description
)

// mostStars is how many pointers may lead to a type in an interface.
const mostStars = 4

func (e *encoder) putInterface(c *Codec, p unsafe.Pointer) {
	v := reflect.NewAt(c.t, p).Elem().Elem()
	if !v.IsValid() {
		e.b = append(e.b, 0)
		return
	}
	known, ok := dynamics.Load(v.Type())
	if !ok {
		known = describe(v)
	}
	d := known.(*dynamic)
	e.putLength(len(d.description))
	e.b = append(e.b, d.description...)
	e.descend(c)
	addressable := reflect.New(v.Type())
	addressable.Elem().Set(v)
	e.put(d.as, addressable.UnsafePointer())
	e.leave()
}

func (d *decoder) getInterface(c *Codec, p unsafe.Pointer) {
	to := reflect.NewAt(c.t, p).Elem()
	description := d.bytes()
	if len(description) == 0 {
		to.SetZero()
		return
	}
	describing.RLock()
	known := described[string(description)]
	describing.RUnlock()
	if known == nil {
		known = d.resolve(description)
	}
	if !known.as.t.AssignableTo(c.t) {
		refuse("%v is not a %v", known.as.t, c.t)
	}
	d.fit(1, known.as.least) // before there is memory for it
	d.enter()
	v := reflect.New(known.as.t)
	d.get(known.as, v.UnsafePointer())
	to.Set(v.Elem())
	d.leave()
}

// describe describes the type of v.
func describe(v reflect.Value) *dynamic {
	t := v.Type()
	c, err := CodecFor(t)
	if err != nil {
		refuse("%v in an interface: %w", t, err)
	}
	base, stars := t, 0
	for ; base.Kind() == reflect.Pointer; stars++ {
		base = base.Elem()
		if v.Kind() == reflect.Pointer { // and not nil before
			v = v.Elem()
		}
	}
	shape, ok := shapeOf(base)
	if !ok || base.Kind() == reflect.Interface || stars > mostStars || methodsOf(base) != gobMethodsOf(base) {
		refuse("a %v in an interface cannot be sent; put it into a struct, and that into the interface", t)
	}
	sample := reflect.New(base)
	if methodsOf(base) != nil && v.IsValid() {
		sample.Elem().Set(v) // its methods may refuse an empty value
	}
	description := append([]byte{byte(stars), byte(len(shape))}, shape...)
	return remember(string(append(description, nameOf(sample)...)), c)
}

// remember keeps a type with its description.
func remember(description string, c *Codec) *dynamic {
	d := &dynamic{c, description}
	dynamics.Store(c.t, d)
	describing.Lock()
	defer describing.Unlock()
	described[description] = d
	return d
}

// nameOf returns the name that gob sends for the type of the value that v
// points to.
func nameOf(v reflect.Value) string {
	var b bytes.Buffer
	inInterface := v.Interface()
	if err := gob.NewEncoder(&b).Encode(&inInterface); err != nil {
		refuse("%w; a type in an interface must be known to gob: see gob.Register", err)
	}
	message := cutBytes(b.Bytes())
	return string(cutBytes(message[2:])) // after the type, interface, and a 0
}

// resolve finds the type that a stranger describes.
func (d *decoder) resolve(description []byte) *dynamic {
	if len(description) < 2 || description[0] > mostStars || description[1]-1 >= mostShape || len(description) < 2+int(description[1]) {
		refuse("the type of a value in an interface is not described")
	}
	stars, shape, name := int(description[0]), description[2:][:description[1]], description[2+description[1]:]
	t := typeNamed(name, shape, d.selfEncoded(stars, shape))
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if own, ok := shapeOf(t); !ok || !bytes.Equal(own, shape) || methodsOf(t) != gobMethodsOf(t) {
		refuse("%v has another shape here", t)
	}
	for range stars {
		t = reflect.PointerTo(t)
	}
	c, err := CodecFor(t)
	if err != nil {
		refuse("%v in an interface: %w", t, err)
	}
	return remember(string(description), c)
}

// selfEncoded returns what comes next if a type encodes itself.
func (d *decoder) selfEncoded(stars int, shape []byte) []byte {
	if shape[0] != gobShape && shape[0] != binaryShape {
		return nil
	}
	ahead := decoder{b: d.b}
	for range stars {
		if ahead.take(1)[0] == 0 {
			return nil
		}
	}
	return ahead.bytes()
}
