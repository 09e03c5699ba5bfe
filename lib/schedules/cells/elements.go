package cells

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"multiprocessing/lib/schedules/internal/hook"
)

// Append returns the function append(s, ...): it writes the elements behind the end of s if there is room, and reads those of
// s if there is not.
func Append[S ~[]E, E any](s S, name string) func(...E) S {
	return func(values ...E) S {
		if len(s)+len(values) > cap(s) {
			read(s, name)
			return append(s, values...)
		}
		room := s[len(s) : len(s)+len(values)]
		for i, v := range values {
			Set(&room[i], name)(v)
		}
		return s[:len(s)+len(values)]
	}
}

// Copy is copy(to, from).
func Copy[D ~[]E, S ~[]E, E any](name string, to D, other string, from S) int {
	n := min(len(to), len(from))
	read(from[:n], other)
	values := append(S(nil), from[:n]...)
	for i, v := range values {
		Set(&to[i], name)(v)
	}
	return n
}

// Clear is clear(s) of a slice.
func Clear[S ~[]E, E any](s S, name string) {
	for i := range s {
		Set(&s[i], name)(*new(E))
	}
}

func read[S ~[]E, E any](s S, name string) {
	for i := range s {
		At(&s[i], name)
	}
}

// Values reads the elements of a slice or a map, and returns it.
func Values[T any](s T, name string) T { return use(s, name, false, false) }

// Changed reads and writes the elements of a slice or a map, and returns it: a function of another package changes them next.
func Changed[T any](s T, name string) T { return use(s, name, true, false) }

// Room is Changed for a slice and the elements behind its end.
func Room[T any](s T, name string) T { return use(s, name, true, true) }

func use[T any](s T, name string, changes, room bool) T {
	v := reflect.ValueOf(s)
	switch {
	case v.Kind() == reflect.Map && !v.IsNil():
		hook.Map(s, name, changes)
	case v.Kind() == reflect.Slice:
		if room {
			v = v.Slice(0, v.Cap())
		}
		for i := range v.Len() {
			touch(v.Index(i).Addr().UnsafePointer(), v.Type().Elem(), name, changes)
		}
	}
	return s
}

// touch takes the steps that read, and then those that write, the variable at an address.
func touch(at unsafe.Pointer, t reflect.Type, name string, changes bool) {
	for _, p := range appendParts(nil, part{at, name, t}) {
		hook.Read(p.at, p.name, p.value())
		if changes {
			hook.Written(hook.Write(p.at, p.name, p.value()), p.value())
		}
	}
}

// Receiver returns p, after a step that reads or writes what it points to: a method of another package's type does that next.
func Receiver[T any](p *T, name string, changes bool) *T {
	if !changes {
		hook.Read(unsafe.Pointer(p), name, new(string))
		return p
	}
	hook.Written(hook.Write(unsafe.Pointer(p), name, new(string)), new(string))
	return p
}

// Printed reads all that package fmt reads when it prints v, and returns v.
func Printed[T any](v T, name string) T {
	printed(reflect.ValueOf(&v).Elem(), name, false)
	return v
}

var printers = []reflect.Type{reflect.TypeFor[error](), reflect.TypeFor[fmt.Stringer](), reflect.TypeFor[fmt.Formatter]()}

func printed(v reflect.Value, name string, inner bool) {
	t := v.Type()
	if strings.HasSuffix(t.PkgPath(), "lib/schedules") || t.Kind() != reflect.Interface && slices.ContainsFunc(printers, t.Implements) {
		return
	}
	switch t.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			printed(v.Elem(), name, inner)
		}
	case reflect.Pointer:
		if kind := t.Elem().Kind(); !inner && !v.IsNil() && (composite(t.Elem()) || kind == reflect.Slice || kind == reflect.Map) {
			touch(v.UnsafePointer(), t.Elem(), name, false)
			printed(v.Elem(), name, true)
		}
	case reflect.Slice:
		for i := range v.Len() {
			touch(v.Index(i).Addr().UnsafePointer(), t.Elem(), name, false)
			printed(v.Index(i), name, true)
		}
	case reflect.Array:
		for i := range v.Len() {
			printed(v.Index(i), name, true)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			printed(v.Field(i), name, true)
		}
	case reflect.Map:
		if v.IsNil() {
			return
		}
		m := reflect.New(t).Elem() // also of a field that is not exported
		if v.CanAddr() {
			m = reflect.NewAt(t, v.Addr().UnsafePointer()).Elem()
		} else if v.CanInterface() {
			m.Set(v)
		}
		if !m.IsNil() {
			hook.Map(m.Interface(), name, false)
		}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		for _, key := range keys {
			printed(v.MapIndex(key), name, true)
		}
	}
}
