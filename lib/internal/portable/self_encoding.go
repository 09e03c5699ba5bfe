package portable

import (
	"encoding"
	"encoding/gob"
	"reflect"
	"runtime"
	"strings"
)

// methods are the two methods by which a type encodes itself. They are called
// on a pointer to a value.
type methods struct {
	encoder, decoder reflect.Type // the interfaces that have them
	names            [2]string
	find             [2]func(reflect.Type) (reflect.Method, bool) // MethodByName with a constant; with a variable the linker could not remove unused methods
	encode           func(value any) ([]byte, error)
	decode           func(value any, b []byte) error
}

// pairs lists the supported methods, in order of preference.
var pairs = []*methods{
	{
		encoder: reflect.TypeFor[gob.GobEncoder](),
		decoder: reflect.TypeFor[gob.GobDecoder](),
		names:   [2]string{"GobEncode", "GobDecode"},
		find: [2]func(reflect.Type) (reflect.Method, bool){
			func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("GobEncode") },
			func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("GobDecode") },
		},
		encode: func(v any) ([]byte, error) { return v.(gob.GobEncoder).GobEncode() },
		decode: func(v any, b []byte) error { return v.(gob.GobDecoder).GobDecode(b) },
	},
	{
		encoder: reflect.TypeFor[encoding.BinaryMarshaler](),
		decoder: reflect.TypeFor[encoding.BinaryUnmarshaler](),
		names:   [2]string{"MarshalBinary", "UnmarshalBinary"},
		find: [2]func(reflect.Type) (reflect.Method, bool){
			func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("MarshalBinary") },
			func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("UnmarshalBinary") },
		},
		encode: func(v any) ([]byte, error) { return v.(encoding.BinaryMarshaler).MarshalBinary() },
		decode: func(v any, b []byte) error { return v.(encoding.BinaryUnmarshaler).UnmarshalBinary(b) },
	},
}

// methodsOf returns the methods by which t encodes itself, or nil. t must
// declare both: methods that are promoted from an embedded field ignore the
// other fields.
func methodsOf(t reflect.Type) *methods {
	p := reflect.PointerTo(t)
	for _, m := range pairs {
		if p.Implements(m.encoder) && p.Implements(m.decoder) &&
			!isPromoted(t, m.encoder, m.find[0]) && !isPromoted(t, m.decoder, m.find[1]) {
			return m
		}
	}
	return nil
}

// isPromoted reports whether t has the method of an interface only because it
// is promoted from an embedded field. Package reflect does not report that. But
// a method that t or *t declares has a source file, and a promoted method is
// generated.
func isPromoted(t, of reflect.Type, find func(reflect.Type) (reflect.Method, bool)) bool {
	if !embeds(t, of) {
		return false
	}
	for _, receiver := range []reflect.Type{t, reflect.PointerTo(t)} {
		if m, ok := find(receiver); ok {
			pc := m.Func.Pointer()
			if file, _ := runtime.FuncForPC(pc).FileLine(pc); strings.HasSuffix(file, ".go") {
				return false
			}
		}
	}
	return true
}

// embeds reports whether an embedded field of t, or a pointer to it, has the
// method of an interface.
func embeds(t, of reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && (f.Type.Implements(of) || reflect.PointerTo(f.Type).Implements(of)) {
			return true
		}
	}
	return false
}
