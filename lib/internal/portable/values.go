package portable

import (
	"reflect"
	"unsafe"
)

// Values is an untyped view of a []T: contiguous values of one type.
type Values struct {
	first unsafe.Pointer
	count int
	size  int // bytes of one value
}

// Of returns a view of values, not a copy.
func Of[T any](values []T) Values {
	var one T
	return Values{unsafe.Pointer(unsafe.SliceData(values)), len(values), int(unsafe.Sizeof(one))}
}

// At returns a view of the one value that the pointer p points to.
func At(p any) Values {
	v := reflect.ValueOf(p)
	return Values{v.UnsafePointer(), 1, int(v.Type().Elem().Size())}
}

// Slice returns values as a []T. T must be their type.
func Slice[T any](values Values) []T { return unsafe.Slice((*T)(values.first), values.count) }

// Len returns the number of values.
func (v Values) Len() int { return v.count }

// Part returns the values v[from:to].
func (v Values) Part(from, to int) Values {
	if from < 0 || to < from || to > v.count {
		panic("portable: a part is out of range")
	}
	if from < to { // an empty part could point past the end
		v.first = unsafe.Add(v.first, from*v.size)
	}
	v.count = to - from
	return v
}

// memory returns the memory of v.
func (v Values) memory() []byte { return memory(v.first, v.count*v.size) }

// memory returns the n bytes of memory at p.
func memory(p unsafe.Pointer, n int) []byte { return unsafe.Slice((*byte)(p), n) }
