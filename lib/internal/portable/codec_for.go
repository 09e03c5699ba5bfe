package portable

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
)

// form is how the values of a type are encoded.
type form uint8

const (
	asPlain form = iota
	asString
	asPointer
	asSlice
	asMap
	asArray
	asStruct
	asInterface
	asItself
)

// field is a part of a struct.
type field struct {
	offset uintptr
	as     *Codec
}

var codecs sync.Map // of *Codec, by reflect.Type

// CodecFor returns the Codec of t. The error says why values of t would not
// arrive as they were sent.
func CodecFor(t reflect.Type) (*Codec, error) {
	if c, ok := codecs.Load(t); ok {
		return c.(*Codec), nil
	}
	k := compiler{made: map[reflect.Type]*Codec{}}
	c, err := k.codec(t)
	if err != nil {
		return nil, err
	}
	c.runsCalls = k.runsCalls
	codecs.Store(t, c)
	return c, nil
}

// compiler makes the codecs of a type and of its parts.
type compiler struct {
	made      map[reflect.Type]*Codec // the first of a recursive type is not complete yet
	runsCalls bool
}

func (k *compiler) codec(t reflect.Type) (*Codec, error) {
	if c := k.made[t]; c != nil {
		return c, nil
	}
	c := &Codec{t: t, size: int(t.Size()), least: 1}
	k.made[t] = c
	var err error
	switch m := methodsOf(t); {
	case m != nil:
		c.form, c.methods, k.runsCalls = asItself, m, true
	case isPlain(t):
		c.form, c.least, c.mask = asPlain, c.size, maskOf(t)
	default:
		err = k.complete(c)
	}
	return c, err
}

// complete makes the Codec of a type that is not plain.
func (k *compiler) complete(c *Codec) (err error) {
	switch t := c.t; t.Kind() {
	case reflect.String:
		c.form = asString
	case reflect.Interface:
		c.form, k.runsCalls = asInterface, true // its dynamic type may have methods
	case reflect.Pointer:
		c.form = asPointer
		c.elem, err = k.codec(t.Elem())
	case reflect.Slice:
		c.form = asSlice
		c.elem, err = k.codec(t.Elem())
	case reflect.Array:
		c.form = asArray
		if c.elem, err = k.codec(t.Elem()); err == nil {
			c.least = t.Len() * c.elem.least
		}
	case reflect.Map:
		c.form = asMap
		var keyErr error
		c.key, keyErr = k.codec(t.Key())
		c.elem, err = k.codec(t.Elem())
		err = errors.Join(keyErr, err)
	case reflect.Struct:
		err = k.structure(c)
	default:
		err = fmt.Errorf("%v has a meaning only in the process that made it", t)
	}
	return err
}

// structure makes the Codec of a struct. It refuses unexported fields, although
// it could send them, because they often refer to resources of this process,
// for example an open file.
func (k *compiler) structure(c *Codec) error {
	c.form, c.least = asStruct, 0
	for i := range c.t.NumField() {
		f := c.t.Field(i)
		if f.Type.Size() == 0 && methodsOf(f.Type) == nil {
			continue // there is nothing to send
		}
		if !f.IsExported() {
			return fmt.Errorf("field %s of %v would be lost; begin its name with a capital letter", f.Name, c.t)
		}
		part, err := k.codec(f.Type)
		if err != nil {
			return fmt.Errorf("field %s of %v: %w", f.Name, c.t, err)
		}
		c.fields = append(c.fields, field{f.Offset, part})
		c.least += part.least
	}
	return nil
}
