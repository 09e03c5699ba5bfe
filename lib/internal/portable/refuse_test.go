package portable

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"
)

type hidden struct{ Name, hidden string }

func TestATypeThatWouldNotArriveIsRefused(t *testing.T) {
	for want, of := range map[string]reflect.Type{
		"chan int has a meaning only in the process that made it":                             reflect.TypeFor[chan int](),
		"field hidden of portable.hidden would be lost; begin its name with a capital letter": reflect.TypeFor[hidden](),
		"field F of struct { F []func() }: func() has a meaning only":                         reflect.TypeFor[struct{ F []func() }](),
		"uintptr has a meaning":                    reflect.TypeFor[map[string]uintptr](),
		"unsafe.Pointer has a meaning":             reflect.TypeFor[map[*unsafe.Pointer]int](),
		"field hidden of portable.hidden ":         reflect.TypeFor[map[[2]hidden]*hidden](),
		"field _ of struct { _ string; A string }": reflect.TypeFor[struct{ _, A string }](),
		"field id of struct { time.Time; id int } would be lost": reflect.TypeFor[struct {
			time.Time
			id int
		}](),
	} {
		if _, err := CodecFor(of); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", of, err, want)
		}
	}
}

// wantRefused encodes a value, and fails if the error does not contain want.
func wantRefused[T any](t *testing.T, want string, v T) {
	t.Helper()
	c, err := CodecOf[T]()
	if err != nil {
		t.Fatal(err)
	}
	var first T
	before := []byte("before")
	b, err := c.Append(before, Of([]T{first, v}))
	var at *ValueError
	if !errors.As(err, &at) || at.At != 1 || !strings.Contains(err.Error(), want) || string(b) != "before" {
		t.Errorf("%T: %v, want %q; % x", v, err, want, b)
	}
}

func TestAValueThatContainsItselfIsRefused(t *testing.T) {
	ring := &list{}
	for range 1000 {
		ring = &list{1, ring}
	}
	last := ring
	for ; last.Next != nil; last = last.Next {
	}
	last.Next = ring.Next.Next
	wantRefused(t, "*portable.list contains itself", ring)
	table := named{"a": nil}
	table["b"] = named{"c": table}
	wantRefused(t, "portable.named contains itself", table)
	type slices []slices
	s := slices{nil, nil}
	s[1] = s
	wantRefused(t, "portable.slices contains itself", s)
	m := map[string]any{}
	m["x"] = []any{&m}
	wantRefused(t, "contains itself", m)
	wantRefused[any](t, "contains itself", m)
	both := &everything{}
	both.Inner, both.Anys = both, []any{both, both}
	wantRefused(t, "*portable.everything contains itself", both)
	shared := &list{}
	arrives(t, [2]*list{shared, shared}) // no cycle
	inside := slices{nil, nil}
	inside[1] = inside[:1]
	arrives(t, inside)
	long := &list{}
	for range maxDepth {
		long = &list{0, long}
	}
	wantRefused(t, "is nested deeper than 100000 levels", long)
}

func TestATypeInAnInterfaceThatTheOtherSideCannotFindIsRefused(t *testing.T) {
	type unregistered struct{ N int }
	wantRefused[any](t, "gob: type not registered for interface: portable.unregistered; a type in an interface must be known to gob: see gob.Register", unregistered{})
	wantRefused[any](t, "gob: type not registered for interface: portable.unregistered", []any{&unregistered{}})
	wantRefused[any](t, "chan int in an interface: chan int has a meaning only", make(chan int))
	wantRefused[any](t, "wrap it in a struct", [2]int{})
	wantRefused[any](t, "wrap it in a struct", pointerTo(any(1)))
	wantRefused[any](t, "wrap it in a struct", event{})
	wantRefused[shape](t, "field hidden of portable.round would be lost", round{})
}

type round struct{ hidden string }

func (r round) Area() float64 { return float64(len(r.hidden)) }

// moody has methods that do what its text says.
type moody struct{ text string }

func (m moody) GobEncode() ([]byte, error) { return []byte(m.text), m.do("encode ") }
func (m *moody) GobDecode(b []byte) (err error) {
	m.text = string(b)
	return m.do("decode ")
}

func (m moody) do(when string) error {
	switch strings.TrimPrefix(m.text, when) {
	case "panic":
		panic("in a bad mood")
	case "Goexit":
		runtime.Goexit()
	case "crash":
		var nowhere *int
		*nowhere = 1
	case "error":
		return errors.New("not today")
	}
	return nil
}

func TestWhatAMethodPanicsWithIsAnError(t *testing.T) {
	for mood, want := range map[string]string{
		"panic":  "portable.moody.GobEncode panicked: in a bad mood",
		"Goexit": "portable.moody.GobEncode panicked: it ended its goroutine",
		"crash":  "portable.moody.GobEncode panicked: runtime error: invalid memory address",
		"error":  "portable.moody.GobEncode: not today",
	} {
		wantRefused(t, want, moody{"encode " + mood})
		wantRefused(t, want, []map[string]*moody{{"a": {"encode " + mood}}})
		c, _ := CodecOf[moody]()
		b, err := c.Encode(Of([]moody{{"fine"}, {"decode " + mood}}))
		if err != nil {
			t.Fatal(err)
		}
		got := []moody{{"old"}, {"old"}}
		err = c.Decode(b, Of(got))
		var at *ValueError
		if !errors.As(err, &at) || at.At != 1 || !strings.Contains(err.Error(), strings.Replace(want, "Encode", "Decode", 1)) {
			t.Errorf("%s: %v", mood, err)
		}
		if got[0].text+got[1].text != "" {
			t.Errorf("after an error there is %v", got)
		}
	}
}

// keeps keeps what it is given, and what it gives.
type keeps struct{ b []byte }

func (k *keeps) MarshalBinary() ([]byte, error) { return k.b, nil }
func (k *keeps) UnmarshalBinary(b []byte) error { k.b = b; return nil }

func TestATypeMayKeepTheBytesThatItDecodes(t *testing.T) {
	c, _ := CodecOf[keeps]()
	b, _ := c.Encode(Of([]keeps{{[]byte("abc")}}))
	got := make([]keeps, 1)
	if err := c.Decode(b, Of(got)); err != nil {
		t.Fatal(err)
	}
	clear(b)
	if string(got[0].b) != "abc" {
		t.Errorf("got %q", got[0].b)
	}
}

func TestNoOtherNumberOfValuesIsDecoded(t *testing.T) {
	wantNumber(t, []int{1, 2, 3})
	wantNumber(t, []string{"", "", "c"})
	wantNumber(t, []list{{}, {1, &list{}}, {}})
	wantNumber(t, []any{nil, nil, 1})
	wantNumber(t, []time.Time{{}, {}, {}})
	wantNumber(t, []map[string][]byte{nil, {}, nil})
}

func wantNumber[T any](t *testing.T, values []T) {
	t.Helper()
	c, _ := CodecOf[T]()
	b, err := c.Encode(Of(values))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, len(values) - 1, len(values) + 1, 100} {
		if c.Decode(b, Of(make([]T, n))) == nil {
			t.Errorf("%d values of %T were taken for %d", len(values), values, n)
		}
	}
	for cut := range b {
		if c.Decode(b[:cut], Of(make([]T, len(values)))) == nil {
			t.Errorf("%d of %d bytes of %T were taken for all", cut, len(b), values)
		}
	}
}

func TestBytesThatNoEncoderWritesAreRefused(t *testing.T) {
	for _, c := range []struct {
		decode func(b []byte) error
		b      string
		want   string
	}{
		{decodes[bool], "\x02", "a bool is neither"},
		{decodes[padded], "\x01\x01" + strings.Repeat("\x00", int(unsafe.Sizeof(padded{}))-2), "padding is not 0"},
		{decodes[[]bool], "\x02\x02", "a bool is neither"},
		{decodes[*int8], "\x02\x00", "invalid pointer flag 2"},
		{decodes[string], "\x81\x00a", "invalid length: truncated, too large or padded"},
		{decodes[string], "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "length 18446744073709551615 is too large"},
		{decodes[string], "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "too large"},
		{decodes[[]int64], "\x03" + strings.Repeat("\x00", 15), "length 2 is too large for the 15 bytes that are left"},
		{decodes[map[bool]bool], "\x03\x01\x00\x00\x00", "not sorted"},
		{decodes[map[bool]bool], "\x03\x00\x00\x00\x01", "duplicate map key"},
		{decodes[map[float32]bool], "\x03\x00\x00\x00\x00\x00\x00\x00\x00\x80\x00", "duplicate map key"},
		{decodes[map[struct{}]struct{}], "\xff\xff\xff\xff\x0f", "zero-size keys"},
		{decodes[map[any]int8], "\x02" + string(rune(len("\x00\x01\x05[]uint8"))) + "\x00\x01\x05[]uint8" + "\x01\x00", "unhashable"},
		{decodes[any], "\x01\x00", "invalid type description"},
		{decodes[any], "\x04\x00\x00\x00\x00", "invalid type description"},
		{decodes[any], "\x05\x00\x01\x02xy\x00", `gob: name not registered for interface: "xy"`},
		{decodes[any], "\x06\x00\x01\x03int\x00", "gob: decoding into local type int, received remote type uint"},
		{decodes[any], "\x06\x00\x01\x0aint\x00", "incomplete type description"},
		{decodes[error], "\x06\x00\x01\x02int" + strings.Repeat("\x00", 8), "int does not implement error"},
		{decodes[chain], strings.Repeat("\x01", maxDepth+1), "nesting exceeds"},
	} {
		if err := c.decode([]byte(c.b)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q: %v, want %q", c.b, err, c.want)
		}
	}
}

func decodes[T any](b []byte) error {
	c, err := CodecOf[T]()
	if err != nil {
		panic(fmt.Sprint(err))
	}
	return c.Decode(b, Of(make([]T, 1)))
}
