package portable

import (
	"bytes"
	"encoding/gob"
	"reflect"
	"sync"
	"unsafe"
)

// A value in an interface is preceded by a description of its type: the number
// of pointers to a type that was passed to gob.Register, the shape of that
// type, and its name in package gob.
//
// Package gob has no lookup by name. So the decoder lets gob decode an empty
// value with that name, and takes the type of the result, once for each type.

// dynamic is the type of a value in an interface.
type dynamic struct {
	as          *Codec
	description string
}

var (
	dynamics   sync.Map // of *dynamic, by reflect.Type; a cache
	describing sync.RWMutex
	described  = map[string]*dynamic{} // by description; guarded by describing
)

// maxPointers limits the number of pointers in a description.
const maxPointers = 4

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
		refuse("%v does not implement %v", known.as.t, c.t)
	}
	d.fit(1, known.as.least) // before allocating it
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
		if v.Kind() == reflect.Pointer { // false after a nil pointer
			v = v.Elem()
		}
	}
	shape, ok := shapeOf(base)
	if !ok || base.Kind() == reflect.Interface || stars > maxPointers || methodsOf(base) != gobMethodsOf(base) {
		refuse("cannot send %v in an interface; wrap it in a struct that is registered with gob", t)
	}
	sample := reflect.New(base)
	if methodsOf(base) != nil && v.IsValid() {
		sample.Elem().Set(v) // methods may refuse an empty value
	}
	description := append([]byte{byte(stars), byte(len(shape))}, shape...)
	return remember(string(append(description, nameOf(sample)...)), c)
}

// remember caches the codec under its type and its description.
func remember(description string, c *Codec) *dynamic {
	d := &dynamic{c, description}
	dynamics.Store(c.t, d)
	describing.Lock()
	defer describing.Unlock()
	described[description] = d
	return d
}

// nameOf returns the name that gob sends for the type that v points to.
func nameOf(v reflect.Value) string {
	var b bytes.Buffer
	inInterface := v.Interface()
	if err := gob.NewEncoder(&b).Encode(&inInterface); err != nil {
		refuse("%w; a type in an interface must be known to gob: see gob.Register", err)
	}
	message := cutBytes(b.Bytes())
	return string(cutBytes(message[2:])) // after the id of the type interface, and a 0
}

// resolve finds the type for a description from an untrusted sender.
func (d *decoder) resolve(description []byte) *dynamic {
	if len(description) < 2 || description[0] > maxPointers || description[1]-1 >= maxShape || len(description) < 2+int(description[1]) {
		refuse("invalid type description of an interface value")
	}
	stars, shape, name := int(description[0]), description[2:][:description[1]], description[2+description[1]:]
	t := typeNamed(name, shape, d.selfEncoded(stars, shape))
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if own, ok := shapeOf(t); !ok || !bytes.Equal(own, shape) || methodsOf(t) != gobMethodsOf(t) {
		refuse("%v differs from the sender's type of that name", t)
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

// selfEncoded returns the value that follows if its type encodes itself, else nil.
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
