package process

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"testing"
	"testing/quick"

	"multiprocessing/lib/internal/portable"
)

var (
	numbers, _  = portable.CodecOf[int]()
	points, _   = portable.CodecOf[point]()
	labeleds, _ = portable.CodecOf[labeled]()
	anys, _     = portable.CodecOf[any]()
	texts, _    = portable.CodecOf[string]()
)

// roundTrip sends values through c and receives them into out.
func roundTrip[T any](c *connection, as *portable.Codec, values, out []T) error {
	if err := c.send(header{kind: request, count: uint64(len(values))}, as, portable.Of(values)); err != nil {
		return err
	}
	if _, err := c.receive(); err != nil {
		return err
	}
	return as.Decode(c.payload, portable.Of(out))
}

func TestWhatIsSentIsReceived(t *testing.T) {
	var pipe bytes.Buffer
	c := newConnection(&pipe, &pipe) // one for all: types follow each other
	memory := func(values []point) bool {
		out := make([]point, len(values))
		return roundTrip(c, points, values, out) == nil && slices.Equal(values, out)
	}
	structs := func(values []labeled) bool {
		out := make([]labeled, len(values))
		return roundTrip(c, labeleds, values, out) == nil && reflect.DeepEqual(values, out)
	}
	strings := func(values []string) bool {
		out := make([]string, len(values))
		return roundTrip(c, texts, values, out) == nil && reflect.DeepEqual(values, out)
	}
	for range 20 {
		for _, f := range []any{structs, strings} {
			if err := quick.Check(f, &quick.Config{MaxCount: 5}); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range []int{0, 1, 1000, 50_000} {
			values := make([]point, n)
			for i := range values {
				values[i] = point{float64(i), -float64(i), i%2 == 0}
			}
			if !memory(values) {
				t.Fatalf("%d points", n)
			}
		}
	}
}

func TestNothingIsSentWhenOneValueIsRefused(t *testing.T) {
	var pipe bytes.Buffer
	c := newConnection(&pipe, &pipe)
	out := make([]any, 1)
	for range 3 {
		var refused *portable.ValueError
		if err := roundTrip(c, anys, []any{unregistered{1}}, out); !errors.As(err, &refused) || pipe.Len() != 0 {
			t.Fatalf("got %v, and %d bytes were sent", err, pipe.Len())
		}
		if err := roundTrip(c, anys, []any{7}, out); err != nil || out[0] != 7 {
			t.Fatalf("got %v, %v", out, err)
		}
	}
}

func TestAMessageThatBreaksOffIsNotTakenForTheEnd(t *testing.T) {
	var whole bytes.Buffer
	if err := newConnection(nil, &whole).send(header{kind: request}, numbers, portable.Of(upTo(3))); err != nil {
		t.Fatal(err)
	}
	for n := range whole.Len() {
		_, err := newConnection(bytes.NewReader(whole.Bytes()[:n]), nil).receive()
		if want := map[bool]error{true: io.EOF, false: io.ErrUnexpectedEOF}[n == 0]; err != want {
			t.Errorf("after %d bytes: %v, want %v", n, err, want)
		}
	}
}

func TestTheWrongNumberOfValuesIsAnError(t *testing.T) {
	for _, n := range []int{0, 2, 4} {
		var pipe bytes.Buffer
		c := newConnection(&pipe, &pipe)
		if err := roundTrip(c, numbers, upTo(3), make([]int, n)); err == nil {
			t.Errorf("3 numbers were taken for %d", n)
		}
		if err := roundTrip(c, texts, make([]string, 3), make([]string, n)); err == nil {
			t.Errorf("3 strings were taken for %d", n)
		}
	}
}

// Whatever a worker writes, the pool gets a message or an error.
func FuzzReceive(f *testing.F) {
	var whole bytes.Buffer
	c := newConnection(nil, &whole)
	c.send(header{kind: results, count: 2}, labeleds, portable.Of([]labeled{{1, "a"}, {2, "b"}}))
	c.send(header{kind: results, count: 3}, numbers, portable.Of(upTo(3)))
	f.Add(whole.Bytes())
	f.Add(bytes.Repeat([]byte{2, 0, 0, 0, 0, 0, 0, 0xff}, headerSize/8)) // an absurd length
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		c := newConnection(bytes.NewReader(b), nil)
		for {
			if _, err := c.receive(); err != nil {
				return
			}
			labeleds.Decode(c.payload, portable.Of(make([]labeled, 2)))
			numbers.Decode(c.payload, portable.Of(make([]int, 3)))
		}
	})
}
