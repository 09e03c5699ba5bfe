package portable

import (
	"reflect"
	"unsafe"
)

// Values are values in memory, one behind the other, without their type: what
// a slice of them refers to.
type Values struct {
	first unsafe.Pointer
	count int
	size  int // of one, in bytes
}

// Of returns what values refers to. It is no copy.
func Of[T any](values []T) Values {
	var one T
	return Values{unsafe.Pointer(unsafe.SliceData(values)), len(values), int(unsafe.Sizeof(one))}
}

// At returns the one value that the pointer p points to. It is no copy.
func At(p any) Values {
	v := reflect.ValueOf(p)
	return Values{v.UnsafePointer(), 1, int(v.Type().Elem().Size())}
}

// Slice returns the slice of values, which must be of type T.
func Slice[T any](values Values) []T { return unsafe.Slice((*T)(values.first), values.count) }

// Len is how many there are.
func (v Values) Len() int { return v.count }

// Part returns the values from one index to another, as v[from:to] does.
func (v Values) Part(from, to int) Values {
	if from < 0 || to < from || to > v.count {
		panic("portable: a part is out of range")
	}
	if from < to { // else the place may be behind the end
		v.first = unsafe.Add(v.first, from*v.size)
	}
	v.count = to - from
	return v
}

// memory returns the bytes of v. It is no copy.
func (v Values) memory() []byte { return memory(v.first, v.count*v.size) }

// memory returns the n bytes at p. It is no copy.
func memory(p unsafe.Pointer, n int) []byte { return unsafe.Slice((*byte)(p), n) }
