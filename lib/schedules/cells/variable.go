package cells

import (
	"iter"
	"reflect"
	"unsafe"

	"multiprocessing/lib/schedules/internal/hook"
)

// At reads the variable that p points to, and returns p: a step, or one for each field of a struct and element of an array.
func At[T any](p *T, name string) *T {
	if !composite(reflect.TypeFor[T]()) {
		hook.Read(unsafe.Pointer(p), name, p)
		return p
	}
	for _, part := range parts(p, name) {
		hook.Read(part.at, part.name, part.value())
	}
	return p
}

// Set returns a function that writes the variable that p points to, in the steps of At. The value is its argument, so that
// it is computed before the first step and may have any type that can be assigned.
func Set[T any](p *T, name string) func(value T) {
	return func(value T) {
		if !composite(reflect.TypeFor[T]()) {
			s := hook.Write(unsafe.Pointer(p), name, p)
			*p = value
			hook.Written(s, p)
			return
		}
		all := parts(p, name)
		for i, part := range all {
			s := hook.Write(part.at, part.name, part.value())
			if i == len(all)-1 {
				*p = value
			}
			hook.Written(s, part.value())
		}
		if len(all) == 0 {
			*p = value
		}
	}
}

// Set2 returns a function that does *p, *q = a, b. A variable without a name is not shared.
func Set2[A, B any](p *A, name string, q *B, other string) func(a A, b B) {
	return func(a A, b B) {
		if name == "" {
			*p = a
		} else {
			Set(p, name)(a)
		}
		if other == "" {
			*q = b
		} else {
			Set(q, other)(b)
		}
	}
}

// Elements is range s, with a step for each element that is read.
func Elements[T any](s []T, name string) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		for i := range s {
			if !yield(i, *At(&s[i], name)) {
				return
			}
		}
	}
}

// MapRead returns m, as one step that reads it: a map is one variable.
func MapRead[M ~map[K]V, K comparable, V any](m M, name string) M {
	hook.Map(m, name, false)
	return m
}

// MapWrite returns m, as one step that changes it.
func MapWrite[M ~map[K]V, K comparable, V any](m M, name string) M {
	hook.Map(m, name, true)
	return m
}

// SetMap returns a function that does m[key] = value.
func SetMap[M ~map[K]V, K comparable, V any](m M, name string) func(key K, value V) {
	return func(key K, value V) {
		hook.Map(m, name, true)
		m[key] = value
	}
}
