package portable

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"
)

// entropy returns the fuzzer's bytes as random numbers, and then others.
type entropy struct {
	bytes *bytes.Reader
	more  rand.Source
}

func (e *entropy) Uint64() uint64 {
	var b [8]byte
	if n, _ := e.bytes.Read(b[:]); n == 0 {
		return e.more.Uint64()
	}
	return binary.BigEndian.Uint64(b[:])
}

func fillFrom(b []byte, v any) {
	f := filler{rand.New(&entropy{bytes.NewReader(b), rand.NewPCG(1, uint64(len(b)))}), 300}
	f.fill(reflect.ValueOf(v).Elem())
}

func FuzzValuesArriveExactly(f *testing.F) {
	f.Add([]byte{})
	for seed := range uint64(20) {
		b := make([]byte, 400)
		rand.NewChaCha8([32]byte{byte(seed)}).Read(b)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var v [2]everything
		fillFrom(b, &v)
		arrives(t, v[:]...)
		var a [3]any
		fillFrom(b, &a)
		arrives(t, a[:]...)
	})
}

// A decoder may allocate maxMemory bytes for each byte of input, and
// leastMemory for none, because gob looks up types.
const (
	maxMemory   = 100
	leastMemory = 1 << 18
)

// decoders decode two values of a type, and encode them again.
var decoders = []func(b []byte) (again []byte, err error){
	again[everything], again[any], again[*label], again[map[any]any], again[[]map[float64]*named],
	again[[]padded], again[list], again[[][]struct{}], again[map[struct{}]*struct{}], again[string],
}

func again[T any](b []byte) ([]byte, error) {
	c, _ := CodecOf[T]()
	values := make([]T, 2)
	if err := c.Decode(b, Of(values)); err != nil {
		return nil, err
	}
	return c.Encode(Of(values))
}

func FuzzADecoderAcceptsOnlyWhatAnEncoderWrites(f *testing.F) {
	for seed := range 10 {
		f.Add(encoded[everything](seed), uint8(0))
		f.Add(encoded[any](seed), uint8(1))
		f.Add(encoded[*label](seed), uint8(2))
		f.Add(encoded[map[any]any](seed), uint8(3))
		f.Add(encoded[[]map[float64]*named](seed), uint8(4))
		f.Add(encoded[[]padded](seed), uint8(5))
	}
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), uint8(7))
	f.Add(bytes.Repeat([]byte{1}, 1000), uint8(6))
	f.Fuzz(func(t *testing.T, b []byte, which uint8) {
		before := slices.Clone(b)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		had := m.TotalAlloc
		got, err := decoders[int(which)%len(decoders)](b)
		runtime.ReadMemStats(&m)
		if took := m.TotalAlloc - had; took > leastMemory+maxMemory*uint64(len(b)) {
			t.Errorf("%d bytes took %d bytes of memory", len(b), took)
		}
		if !bytes.Equal(b, before) {
			t.Error("what was decoded has changed")
		}
		if err == nil && !bytes.Equal(got, b) {
			t.Errorf("% x was decoded, but is encoded as % x", b, got)
		}
	})
}

func encoded[T any](seed int) []byte {
	c, _ := CodecOf[T]()
	values := make([]T, 2)
	fillFrom(bytes.Repeat([]byte{byte(seed)}, 8*seed), &values)
	b, _ := c.Encode(Of(values))
	return b
}
