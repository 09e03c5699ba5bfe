package portable

import (
	"bytes"
	"encoding"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// arrives sends values, and fails if they do not arrive exactly as they were.
func arrives[T any](t testing.TB, values ...T) []T {
	t.Helper()
	c, err := CodecOf[T]()
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Encode(Of(values))
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < c.AtLeast(len(values)) {
		t.Errorf("%d bytes, said to be at least %d", len(b), c.AtLeast(len(values)))
	}
	got := make([]T, len(values))
	if err := c.Decode(b, Of(got)); err != nil {
		t.Fatalf("%T: %v", values, err)
	}
	for i := range values {
		if err := difference(&values[i], &got[i]); err != nil {
			t.Errorf("value %d of %T: %v", i, values, err)
		}
	}
	return got
}

func pointerTo[T any](v T) *T { return &v }

func TestPointersToZeroValuesArrive(t *testing.T) {
	type limits struct {
		Limit *int
		Flag  *bool
		Text  *string
		Empty *struct{}
		Far   **int
		List  *[]int
		Table *map[string]int
		Any   *any
		Array *[2]*int
	}
	var nowhere *int
	var none any
	arrives(t, limits{}, limits{pointerTo(0), pointerTo(false), pointerTo(""), &struct{}{}, pointerTo(pointerTo(0)), pointerTo([]int{}), pointerTo(map[string]int{}), pointerTo(any(0)), &[2]*int{nil, pointerTo(0)}},
		limits{Far: &nowhere, List: pointerTo([]int(nil)), Table: pointerTo(map[string]int(nil)), Any: &none, Array: &[2]*int{}})
	arrives(t, pointerTo(0), nil, pointerTo(1))
	arrives(t, &nowhere, nil, pointerTo(pointerTo(0)))
	arrives(t, map[string]*int{"zero": pointerTo(0), "none": nil})
}

func TestEmptyArrivesAsEmptyAndNilAsNil(t *testing.T) {
	type lists struct {
		Ints   []int
		Bytes  []byte
		Texts  []string
		Lists  [][]int
		Empty  []struct{}
		Table  map[string]int
		Tables []map[string][]byte
	}
	arrives(t, lists{}, lists{[]int{}, []byte{}, []string{}, [][]int{}, []struct{}{}, map[string]int{}, []map[string][]byte{}},
		lists{Lists: [][]int{nil, {}, {0}}, Tables: []map[string][]byte{nil, {}, {"nil": nil, "empty": {}}}, Empty: make([]struct{}, 3)})
	arrives(t, []int{}, nil, []int{0})
	arrives(t, map[int]int{}, nil, map[int]int{0: 0})
	arrives[[]int](t)
}

func TestNegativeZeroAndTheBitsOfNaNArrive(t *testing.T) {
	minus, odd := math.Copysign(0, -1), math.Float64frombits(0x7ff0_0000_0000_0123)
	type numbers struct {
		F    float64
		F32  float32
		C    complex128
		C64  complex64
		P    *float64
		L    []float64
		A    [2]float64
		M    map[float64]float64
		MC   map[complex128]string
		Any  any
		Text string
	}
	arrives(t, numbers{minus, float32(minus), complex(minus, 0), complex64(complex(0, minus)), &minus, []float64{minus, 0}, [2]float64{minus, odd}, map[float64]float64{minus: minus}, map[complex128]string{complex(0, minus): "c"}, minus, ""})
	arrives(t, numbers{F: odd, C: complex(odd, math.NaN()), M: map[float64]float64{math.NaN(): 1, odd: 2, math.NaN(): 1, math.NaN(): minus}})
	arrives(t, minus, 0, odd)
	arrives(t, &minus)
	arrives[any](t, minus, complex(minus, minus), &odd)
}

func TestPlainPartsOfOtherTypesArrive(t *testing.T) {
	type holder struct {
		Text  string
		Point padded // has unexported fields
		Many  []padded
	}
	p := padded{On: true, n: -7}
	p.Tail[1].Small, p.Tail[2].Large = -1, 65535
	arrives(t, holder{"a", p, []padded{p, {}}})
	arrives(t, p, padded{})
}

func TestListsTreesAndMapsOfThemselvesArrive(t *testing.T) {
	arrives(t, list{1, &list{2, nil}}, list{}, list{0, &list{}})
	arrives(t, named{"a": {"b": nil, "c": {}}, "d": nil}, nil)
	arrives(t, everything{Inner: &everything{List: &list{Next: &list{}}}})
	long := &list{}
	for range maxDepth - 1 {
		long = &list{0, long}
	}
	c, _ := CodecOf[*list]()
	b, err := c.Encode(Of([]*list{long}))
	got := make([]*list, 1)
	if err != nil || c.Decode(b, Of(got)) != nil {
		t.Fatal(err)
	}
	n := 0
	for l := got[0]; l != nil; l = l.Next {
		n++
	}
	if n != maxDepth {
		t.Errorf("%d of %d elements", n, maxDepth)
	}
}

func TestAStructThatEmbedsATypeWithMethodsArrivesWhole(t *testing.T) {
	at := time.Date(2014, 11, 3, 19, 0, 0, 123, time.UTC)
	type (
		pointed struct {
			*time.Time
			ID int
		}
		Inner  struct{ time.Time }
		nested struct {
			*Inner
			More string
		}
		inInterface struct {
			fmt.Stringer
			encoding.BinaryMarshaler
			encoding.BinaryUnmarshaler
			Name string
		}
		severally struct {
			A, B any
			*big.Int
			Name string
		}
	)
	unchanged(t, event{at, 7})
	unchanged(t, &event{at, 9})
	unchanged(t, map[string]event{"a": {at, 1}})
	unchanged(t, pointed{&at, 7})
	unchanged(t, pointed{nil, 8})
	unchanged(t, nested{&Inner{at}, "more"})
	unchanged(t, inInterface{at, nil, &keeps{[]byte("five")}, "five"})
	unchanged(t, severally{1, nil, big.NewInt(5), "five"})
	unchanged(t, severally{Name: "none"})
}

// unchanged is arrives for types with unexported fields: reflect.DeepEqual
// must see no difference.
func unchanged[T any](t *testing.T, v T) {
	t.Helper()
	c, err := CodecOf[T]()
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Encode(At(&v))
	if err != nil {
		t.Fatal(err)
	}
	got := c.New()
	if err := c.Decode(b, At(got)); err != nil || !reflect.DeepEqual(got, any(&v)) {
		t.Errorf("%T: sent %v, got %v, %v", v, v, got, err)
	}
}

// own encodes itself, though a field of it does, too.
type own struct {
	time.Time
	id int
}

func (o own) GobEncode() ([]byte, error) { return []byte{byte(o.id)}, nil }
func (o *own) GobDecode(b []byte) error {
	o.id = int(b[0])
	return nil
}

// half has its own encoder, but the decoder of its field.
type half struct {
	time.Time
	ID int
}

func (half) GobEncode() ([]byte, error)     { return nil, nil }
func (half) MarshalBinary() ([]byte, error) { return nil, nil }

// generic has the methods of its field, in a type with parameters.
type generic[T any] struct {
	time.Time
	V T
}

// Small has methods that a compiler may inline where they are promoted.
type Small struct{ b []byte }

func (s *Small) GobEncode() ([]byte, error) { return s.b, nil }
func (s *Small) GobDecode(b []byte) error   { s.b = b; return nil }

func TestOnlyATypesOwnPairOfMethodsEncodesIt(t *testing.T) {
	for _, c := range []struct {
		t    reflect.Type
		want *methods
	}{
		{reflect.TypeFor[time.Time](), pairs[0]},
		{reflect.TypeFor[big.Float](), pairs[0]},
		{reflect.TypeFor[own](), pairs[0]},
		{reflect.TypeFor[event](), nil},
		{reflect.TypeFor[half](), nil},
		{reflect.TypeFor[generic[int]](), nil},
		{reflect.TypeFor[struct{ *time.Time }](), nil},
		{reflect.TypeFor[*time.Time](), nil}, // its element does
		{reflect.TypeFor[Small](), pairs[0]},
		{reflect.TypeFor[struct{ Small }](), nil},
		{reflect.TypeFor[struct {
			N int
			Small
		}](), nil},
		{reflect.TypeFor[struct {
			N int
			*Small
		}](), nil},
		{reflect.TypeFor[struct {
			N int
			encoding.BinaryMarshaler
			encoding.BinaryUnmarshaler
		}](), nil},
		{reflect.TypeFor[int](), nil},
		{reflect.TypeFor[error](), nil},
	} {
		if got := methodsOf(c.t); got != c.want {
			t.Errorf("%v: %v", c.t, got)
		}
	}
	if got := arrives(t, own{id: 200}); got[0].id != 200 {
		t.Errorf("got %v", got)
	}
	if got := arrives(t, half{ID: 3}); got[0].ID != 3 {
		t.Errorf("got %v", got)
	}
}

func TestValuesInInterfacesArriveWithTheirTypes(t *testing.T) {
	var none *square
	side := square{2}
	arrives[any](t, nil, 1, "two", 3.0, 4i, true, uint8(5), []byte{}, []byte(nil), []string{""}, square{}, &side, pointerTo(&side), none, label{"l", nil}, &label{Of: &label{}}, color(0), pointerTo(color(9)), path(nil), path{}, path{{1, 2}}, map[string]any{"a": []any{nil, 1}, "b": nil}, []any(nil), [][]float64{{}, nil}, struct{ A string }{"a"}, everything{Any: everything{}})
	arrives[shape](t, nil, side, &side, &label{"a", nil})
	arrives[error](t, nil)
	at := time.Date(2014, 11, 3, 19, 0, 0, 123, time.UTC)
	for _, v := range []any{at, &at, big.NewInt(-5), *big.NewInt(7)} {
		for range 2 { // the first time its type is looked up
			unchanged(t, v)
		}
	}
}

func TestEqualValuesHaveEqualBytes(t *testing.T) {
	c, _ := CodecOf[map[any]map[string]int]()
	var want []byte
	for seed := range uint64(50) {
		v := map[any]map[string]int{}
		r := rand.New(rand.NewPCG(seed, 0))
		for _, i := range r.Perm(30) {
			inner := map[string]int{}
			for _, j := range r.Perm(5) {
				inner[strings.Repeat("x", j)] = j
			}
			v[i], v[strings.Repeat("y", i)], v[color(i)] = inner, nil, inner
		}
		got, err := c.Encode(Of([]map[any]map[string]int{v}))
		if err != nil || want != nil && !bytes.Equal(got, want) {
			t.Fatalf("%v\n% x\n% x", err, got, want)
		}
		want = got
	}
	p, _ := CodecOf[padded]()
	dirty := make([]padded, 3)
	for i := range Of(dirty).memory() {
		Of(dirty).memory()[i] = 0xff
	}
	for i := range dirty {
		dirty[i].On, dirty[i].n = true, 2
		for k := range dirty[i].Tail {
			dirty[i].Tail[k].Small, dirty[i].Tail[k].Large = 0, 0
		}
	}
	a, _ := p.Encode(Of(dirty))
	b, _ := p.Encode(Of([]padded{{On: true, n: 2}, {On: true, n: 2}, {On: true, n: 2}}))
	if !bytes.Equal(a, b) {
		t.Errorf("% x\n% x", a, b)
	}
}

func TestRandomValuesArriveExactly(t *testing.T) {
	for seed := range uint64(1000) {
		f := filler{rand.New(rand.NewPCG(seed, 1)), 200}
		var v [2]everything
		f.fill(reflect.ValueOf(&v).Elem())
		arrives(t, v[:]...)
	}
}
