package portable

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"time"
)

// The types that the tests send.
type (
	point  struct{ X, Y float64 }
	padded struct { // plain, with padding, bools and a blank field
		On   bool
		n    int64
		_    int32
		Tail [3]struct {
			Small int8
			Large uint16
		}
	}
	list struct {
		Value int
		Next  *list
	}
	chain  struct{ Next *chain }
	named  map[string]named // contains itself
	color  uint8
	path   []point
	shape  interface{ Area() float64 }
	square struct{ Side float64 }
	label  struct {
		Text string
		Of   *label
	}
	event struct { // has the methods of time.Time
		time.Time
		ID int
	}
	everything struct {
		Bool      bool
		Int       int
		Int8      int8
		Uint16    uint16
		Float     float64
		Float32   float32
		Complex   complex128
		Complex64 complex64
		Text      string
		Bytes     []byte
		Bools     []bool
		Floats    []float64
		Texts     []string
		Slices    [][]int16
		Padded    padded
		Pads      []padded
		Array     [2]string
		Arrays    [][3]*float32
		Empty     struct{}
		Nothing   []struct{}
		NoTexts   [0]string
		Limit     *int
		Flag      *bool
		Note      *string
		None      *struct{}
		Far       ***float64
		List      *list
		Named     named
		Points    map[point]*color
		ByFloat   map[float64]string
		ByComplex map[complex64][]byte
		ByArray   map[[2]int8]map[string]bool
		ByAny     map[any]int
		ByNothing map[struct{}]struct{}
		Any       any
		Anys      []any
		Shape     shape
		PShape    *shape
		Inner     *everything
	}
)

func (s square) Area() float64 { return s.Side * s.Side }
func (l *label) Area() float64 { return 0 }

func init() {
	gob.Register(square{})
	gob.Register(&label{})
	gob.Register(color(0))
	gob.Register(path{})
	gob.Register(map[string]any{})
	gob.Register([]any{})
	gob.Register([][]float64{})
	gob.Register(struct{ A string }{})
	gob.Register(time.Time{})
	gob.Register(&big.Int{})
	gob.Register(&keeps{})
	gob.RegisterName("a name of its own", everything{})
}

// dynamicTypes are what random interfaces hold.
var dynamicTypes = []reflect.Type{
	reflect.TypeFor[int](), reflect.TypeFor[float64](), reflect.TypeFor[string](), reflect.TypeFor[bool](), reflect.TypeFor[complex64](),
	reflect.TypeFor[uint8](), reflect.TypeFor[[]byte](), reflect.TypeFor[*float64](), reflect.TypeFor[**string](), reflect.TypeFor[[]string](),
	reflect.TypeFor[square](), reflect.TypeFor[*square](), reflect.TypeFor[label](), reflect.TypeFor[*label](), reflect.TypeFor[**label](),
	reflect.TypeFor[color](), reflect.TypeFor[*color](), reflect.TypeFor[path](), reflect.TypeFor[map[string]any](), reflect.TypeFor[[]any](),
	reflect.TypeFor[[][]float64](), reflect.TypeFor[struct{ A string }](), reflect.TypeFor[everything](),
}

// filler fills values at random; many are zero, empty or nil.
type filler struct {
	*rand.Rand
	budget int // number of values that are still filled; the others are zero
}

// floats are numbers that an inexact encoding changes.
var floats = []float64{0, math.Copysign(0, -1), 1.5, math.Inf(-1), math.NaN(), math.Float64frombits(0xfff8_0000_0000_0abc), math.Float64frombits(0x7ff0_0000_0000_0001), math.SmallestNonzeroFloat64}

// floats32 are the same for float32; the last is a signaling NaN.
var floats32 = []float32{0, float32(math.Copysign(0, -1)), 1.5, math.Float32frombits(0xffc0_0abc), math.Float32frombits(0x7f80_0001)}

func (f *filler) float32() float32 { return floats32[f.IntN(len(floats32))] }
func (f *filler) float64() float64 { return floats[f.IntN(len(floats))] }

func (f *filler) fill(v reflect.Value) {
	if f.budget--; f.budget < 0 || f.IntN(8) == 0 || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(f.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.Uint64()) >> f.IntN(64))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(f.Uint64() >> f.IntN(64))
	case reflect.Float32: // SetFloat would quiet a NaN
		*(*float32)(v.Addr().UnsafePointer()) = f.float32()
	case reflect.Float64:
		*(*float64)(v.Addr().UnsafePointer()) = f.float64()
	case reflect.Complex64:
		*(*[2]float32)(v.Addr().UnsafePointer()) = [2]float32{f.float32(), f.float32()}
	case reflect.Complex128:
		*(*[2]float64)(v.Addr().UnsafePointer()) = [2]float64{f.float64(), f.float64()}
	case reflect.String:
		v.SetString(fmt.Sprint(1000 + f.Uint32N(9000))[:f.IntN(4)])
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		n := f.IntN(4)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		f.elements(v)
	case reflect.Array:
		f.elements(v)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range f.IntN(4) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key)
			f.fill(value)
			if key.Comparable() {
				v.SetMapIndex(key, value)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	case reflect.Interface:
		dynamic := reflect.New(dynamicTypes[f.IntN(len(dynamicTypes))]).Elem()
		f.fill(dynamic)
		if dynamic.Type().AssignableTo(v.Type()) {
			v.Set(dynamic)
		}
	}
}

func (f *filler) elements(v reflect.Value) {
	for i := range v.Len() {
		f.fill(v.Index(i))
	}
}

// difference says where b is not exactly a: it sees nil and empty, -0.0 and
// the bits of a NaN. It compares by another way than the codec encodes.
func difference(a, b any) error {
	return differ(reflect.ValueOf(a), reflect.ValueOf(b))
}

func differ(a, b reflect.Value) error {
	if a.IsValid() != b.IsValid() || a.IsValid() && a.Type() != b.Type() {
		return fmt.Errorf("%v became %v", a, b)
	}
	if !a.IsValid() {
		return nil
	}
	same := true
	switch a.Kind() {
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		same = bytes.Equal(bits(a), bits(b))
	case reflect.Pointer, reflect.Interface:
		if same = a.IsNil() == b.IsNil(); same {
			return differ(a.Elem(), b.Elem())
		}
	case reflect.Slice:
		if same = a.IsNil() == b.IsNil() && a.Len() == b.Len(); same {
			return differInElements(a, b)
		}
	case reflect.Array:
		return differInElements(a, b)
	case reflect.Map:
		if same = a.IsNil() == b.IsNil() && a.Len() == b.Len(); same {
			return differInEntries(a, b)
		}
	case reflect.Struct:
		for i := range a.NumField() {
			if name := a.Type().Field(i).Name; name != "_" {
				if err := differ(a.Field(i), b.Field(i)); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
		}
	case reflect.Func:
	default:
		same = a.Equal(b)
	}
	if !same {
		return fmt.Errorf("%v: %v became %v", a.Type(), a, b)
	}
	return nil
}

// bits are the bytes of a number. (Value.Float changes a NaN that signals.)
func bits(v reflect.Value) []byte {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return memory(p.UnsafePointer(), int(v.Type().Size()))
}

func differInElements(a, b reflect.Value) error {
	for i := range a.Len() {
		if err := differ(a.Index(i), b.Index(i)); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return nil
}

// differInEntries looks for each entry of a among those of b.
func differInEntries(a, b reflect.Value) error {
	var left [][2]reflect.Value // of b, which would not find a NaN
	for entry := b.MapRange(); entry.Next(); {
		left = append(left, [2]reflect.Value{entry.Key(), entry.Value()})
	}
	for entry := a.MapRange(); entry.Next(); {
		i := slices.IndexFunc(left, func(other [2]reflect.Value) bool {
			return differ(entry.Key(), other[0]) == nil && differ(entry.Value(), other[1]) == nil
		})
		if i < 0 {
			return fmt.Errorf("%v: %v is missing", entry.Key(), entry.Value())
		}
		left = slices.Delete(left, i, i+1)
	}
	return nil
}
