package cells

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

// part is a variable within a variable: a field of a struct or an element of an array, which is not a struct or an array.
type part struct {
	at   unsafe.Pointer
	name string
	typ  reflect.Type
}

// value returns a pointer to the part.
func (p part) value() any { return reflect.NewAt(p.typ, p.at).Interface() }

// composite reports whether a type has parts.
func composite(t reflect.Type) bool { return t.Kind() == reflect.Struct || t.Kind() == reflect.Array }

// parts returns the parts of the variable that p points to, without those that package schedules watches itself.
func parts[T any](p *T, name string) []part {
	_ = *p // panic as the program would if it is nil
	return appendParts(nil, part{unsafe.Pointer(p), name, reflect.TypeFor[T]()})
}

func appendParts(list []part, p part) []part {
	switch {
	case strings.HasSuffix(p.typ.PkgPath(), "lib/schedules"):
	case p.typ.Kind() == reflect.Struct:
		for i := range p.typ.NumField() {
			f := p.typ.Field(i)
			list = appendParts(list, part{unsafe.Add(p.at, f.Offset), p.name + "." + f.Name, f.Type})
		}
	case p.typ.Kind() == reflect.Array:
		for i := range p.typ.Len() {
			list = appendParts(list, part{unsafe.Add(p.at, uintptr(i)*p.typ.Elem().Size()), fmt.Sprintf("%s[%d]", p.name, i), p.typ.Elem()})
		}
	default:
		list = append(list, p)
	}
	return list
}
