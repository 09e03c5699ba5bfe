package digest

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// source makes values of the bytes that a fuzzer chooses.
type source struct {
	bytes []byte
	made  []made // may be used again
}

// made is a value with a text that equal values have, and no others. The text
// is made beside the value, not from it.
type made struct {
	value any
	text  string
}

func (s *source) next() (b byte) {
	if len(s.bytes) > 0 {
		b, s.bytes = s.bytes[0], s.bytes[1:]
	}
	return b
}

func (s *source) string() string {
	n := min(int(s.next())%4, len(s.bytes))
	text := string(s.bytes[:n])
	s.bytes = s.bytes[n:]
	return text
}

func (s *source) value(depth int) (m made) {
	kind := s.next() % 16
	if depth == 0 {
		kind %= 8
	}
	switch n := s.next(); kind {
	case 0:
		m = made{nil, "nil"}
	case 1:
		m = made{n%2 == 0, fmt.Sprint(n%2 == 0)}
	case 2:
		m = s.number(n)
	case 3:
		f := []float64{0.1, math.Nextafter(0.1, 1), math.Copysign(0, -1), math.NaN(), math.Inf(1), float64(float32(0.1))}[n%6]
		m = made{f, fmt.Sprintf("float %x", f)}
	case 4:
		text := s.string()
		m = made{text, fmt.Sprintf("%q", text)}
	case 5:
		t := time.Unix(int64(n), 0).In(time.FixedZone(s.string(), int(s.next()%3)))
		_, offset := t.Zone()
		m = made{t, fmt.Sprint("time ", n, offset)}
	case 6:
		m = made{mute{int(n)}, fmt.Sprintf("{N: %d }", n)}
	case 7:
		if i := int(n); i < len(s.made) && len(s.made[i].text) < 1000 { // else they would grow without end
			return s.made[i] // so that pointers are shared
		}
	case 8, 9:
		m = s.list(depth, int(n%4))
	case 10:
		m = s.mapping(depth, int(n%4))
	case 11:
		a, b := s.value(depth-1), s.value(depth-1)
		m = made{struct{ A, b any }{a.value, b.value}, "{A:" + a.text + " b:" + b.text + " }"}
	case 12:
		a := s.value(depth - 1)
		m = made{struct{ A any }{a.value}, "{A:" + a.text + " }"}
	case 13:
		a := s.value(depth - 1)
		m = made{&a.value, a.text}
	case 14:
		var l *knot
		m = made{l, "nil"}
		for i := range int(n) {
			l = &knot{i % 3, l}
			m = made{l, fmt.Sprintf("{N: %d Next:%s }", i%3, m.text)}
		}
	case 15:
		x := new(big.Int).Lsh(big.NewInt(int64(n)), uint(s.next()))
		m = made{x, x.String()}
	}
	if m.text == "" {
		m = made{nil, "nil"}
	}
	s.made = append(s.made, m)
	return m
}

func (s *source) number(n byte) made {
	text := fmt.Sprint(int8(n))
	switch i := int8(n); s.next() % 6 {
	case 0:
		return made{int(i), text}
	case 1:
		return made{i, text}
	case 2:
		return made{float64(i), text}
	case 3:
		return made{float32(i), text}
	case 4:
		return made{big.NewRat(int64(i), 1), text}
	}
	return made{uint16(n), fmt.Sprint(n)}
}

func (s *source) list(depth, n int) made {
	var values []any
	text := fmt.Sprint("[", n)
	for range n {
		one := s.value(depth - 1)
		values = append(values, one.value)
		text += " " + one.text
	}
	if n == 2 && s.next()%2 == 0 {
		return made{[2]any(values), text + "]"}
	}
	return made{values, text + "]"}
}

func (s *source) mapping(depth, n int) made {
	values, texts := map[string]any{}, map[string]string{}
	for range n {
		key, one := s.string(), s.value(depth-1)
		values[key], texts[key] = one.value, one.text
	}
	text := fmt.Sprint("map ", len(texts))
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		text += fmt.Sprintf(" %q: %s", key, texts[key])
	}
	return made{values, text}
}

func FuzzOnlyEqualValuesHaveTheSameDigest(f *testing.F) {
	f.Add([]byte{8, 2, 2, 1, 0, 2, 1, 2}, []byte{9, 2, 2, 1, 3, 2, 1, 4})
	f.Add([]byte{14, 41}, []byte{14, 44})
	f.Add([]byte{10, 2, 1, 'a', 4, 0, 1, 'b', 1, 'c', 0}, []byte{10, 2, 1, 'c', 0, 0, 1, 'a', 4, 0, 1, 'b'})
	f.Add([]byte{11, 0, 13, 0, 5, 7, 0, 0, 7, 0}, []byte{11, 0, 5, 7, 0, 0, 13, 0, 5, 7, 0, 0})
	f.Add([]byte{6, 1}, []byte{6, 2})
	f.Add([]byte{15, 1, 70}, []byte{15, 2, 69})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		first, again, other := (&source{bytes: a}).value(5), (&source{bytes: slices.Clone(a)}).value(5), (&source{bytes: b}).value(5)
		one := Of(first.value)
		if Of(again.value) != one {
			t.Errorf("a copy has another digest: %s", first.text)
		}
		if same := Of(other.value).Hash == one.Hash; same != (first.text == other.text) {
			t.Errorf("same digest %v:\n%s\n%s", same, first.text, other.text)
		}
		if len(one.Text) > wholeLength+len("#12345678") || strings.ContainsRune(one.Text, '\uFFFD') && !strings.ContainsRune(first.text, '\uFFFD') {
			t.Errorf("the text is %q", one.Text)
		}
	})
}

// spot is a part of a graph.
type spot struct {
	N    int
	A, B *spot
	L    []*spot
	V    any
}

// graph makes as many spots as the first byte says. Edges lead anywhere, or,
// if forward, only to later spots, so that there is no way back.
func (s *source) graph(forward bool) *spot {
	spots := make([]*spot, 1+s.next()%6)
	for i := range spots {
		spots[i] = &spot{}
	}
	for i, one := range spots {
		to := func() *spot {
			n := int(s.next()) % (len(spots) + 1)
			if n == len(spots) || forward && n <= i {
				return nil
			}
			return spots[n]
		}
		one.N, one.A, one.B = int(s.next()%2), to(), to()
		switch s.next() % 4 {
		case 1:
			one.L = []*spot{to(), to()}
		case 2:
			if v := to(); v != nil { // a nil pointer in an interface counts as nil
				one.V = v
			}
		case 3:
			one.V = map[string]*spot{"x": to(), "y": to()}
		}
	}
	return spots[0]
}

func TestNoTwoSmallGraphsHaveTheSameDigestUnlessTheyAreEqual(t *testing.T) {
	first := map[[32]byte]*spot{}
	for n := range 1 << 12 { // each of three spots leads to two of four: one of them, or none
		spots := []*spot{{}, {}, {}, nil}
		for i := range 3 {
			spots[i].A, spots[i].B = spots[n>>(4*i)&3], spots[n>>(4*i+2)&3]
		}
		d := Of(spots[0])
		if other := first[d.Hash]; other == nil {
			first[d.Hash] = spots[0]
		} else if !reflect.DeepEqual(other, spots[0]) {
			t.Errorf("graph %d has the digest of another", n)
		}
	}
}

// reflect.DeepEqual follows pointers, too, and ends when it comes back to a
// pair that it has seen.
func FuzzOnlyEqualGraphsHaveTheSameDigest(f *testing.F) {
	f.Add([]byte{1, 0, 1, 2, 0, 0, 0, 2, 0}, []byte{0, 0, 0, 1, 0})
	f.Add([]byte{2, 0, 1, 2, 0, 1, 0, 2, 0, 1, 0, 2, 0}, []byte{2, 0, 1, 2, 0, 1, 0, 2, 0, 1, 1, 2, 0})
	f.Add([]byte{3, 0, 1, 1, 3, 2, 3}, []byte{3, 0, 1, 2, 3, 3, 2})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		for _, forward := range []bool{false, true} {
			first, again, other := (&source{bytes: a}).graph(forward), (&source{bytes: a}).graph(forward), (&source{bytes: b}).graph(forward)
			if Of(first) != Of(again) {
				t.Errorf("forward %v: the same graph has two digests", forward)
			}
			same, equal := Of(first).Hash == Of(other).Hash, reflect.DeepEqual(first, other)
			if same && !equal {
				t.Errorf("forward %v: two graphs have the same digest", forward)
			}
			if forward && equal && !same {
				t.Errorf("equal values have two digests: which pointers they share makes a difference")
			}
		}
	})
}
