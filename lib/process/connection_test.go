package process

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"testing"
	"testing/quick"
)

// roundTrip sends values through c and receives them into out.
func roundTrip[T any](c *connection, as format, values, out []T) error {
	if err := send(c, header{kind: request, count: uint64(len(values))}, as, values); err != nil {
		return err
	}
	h, err := c.receive()
	if err != nil {
		return err
	}
	return decode(c, h, as, out)
}

func TestWhatIsSentIsReceived(t *testing.T) {
	var pipe bytes.Buffer
	c := newConnection(&pipe, &pipe) // one for all: types and formats follow each other
	memory := func(values []point) bool {
		out := make([]point, len(values))
		return roundTrip(c, asMemory, values, out) == nil && slices.Equal(values, out)
	}
	gobs := func(values []labeled) bool {
		out := make([]labeled, len(values))
		return roundTrip(c, asGob, values, out) == nil && reflect.DeepEqual(values, out)
	}
	texts := func(values []string) bool {
		out := make([]string, len(values))
		return roundTrip(c, asGob, values, out) == nil && reflect.DeepEqual(values, out)
	}
	for range 20 {
		for _, f := range []any{gobs, texts} {
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
		var refusal *encodeError
		if err := roundTrip(c, asGob, []any{unregistered{1}}, out); !errors.As(err, &refusal) || pipe.Len() != 0 {
			t.Fatalf("got %v, and %d bytes were sent", err, pipe.Len())
		}
		if err := roundTrip(c, asGob, []any{7}, out); err != nil || out[0] != 7 {
			t.Fatalf("got %v, %v", out, err)
		}
	}
}

func TestAMessageThatBreaksOffIsNotTakenForTheEnd(t *testing.T) {
	var whole bytes.Buffer
	if err := send(newConnection(nil, &whole), header{kind: request}, asMemory, upTo(3)); err != nil {
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
	for _, as := range []format{asGob, asMemory} {
		for _, n := range []int{0, 2, 4} {
			var pipe bytes.Buffer
			c := newConnection(&pipe, &pipe)
			if err := roundTrip(c, as, upTo(3), make([]int, n)); err == nil {
				t.Errorf("format %d: 3 values were taken for %d", as, n)
			}
		}
	}
}

// Whatever a worker writes, the pool gets a message or an error.
func FuzzReceive(f *testing.F) {
	var whole bytes.Buffer
	c := newConnection(nil, &whole)
	send(c, header{kind: results, count: 2}, asGob, []labeled{{1, "a"}, {2, "b"}})
	send(c, header{kind: results, count: 3}, asMemory, upTo(3))
	f.Add(whole.Bytes())
	f.Add(bytes.Repeat([]byte{2, 0, 0, 0, 0, 0, 0, 0xff}, 4)) // an absurd length
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		c := newConnection(bytes.NewReader(b), nil)
		for {
			h, err := c.receive()
			if err != nil {
				return
			}
			decode(c, h, asGob, make([]labeled, 2))
			decode(c, h, asMemory, make([]int, 3))
		}
	})
}

func FuzzLabeledValuesTravelUnchanged(f *testing.F) {
	f.Add(1, "label")
	f.Add(-1<<63, "\x00\xff")
	f.Fuzz(func(t *testing.T, n int, label string) {
		var pipe bytes.Buffer
		in, out := []labeled{{n, label}, {}}, make([]labeled, 2)
		if err := roundTrip(newConnection(&pipe, &pipe), asGob, in, out); err != nil || !reflect.DeepEqual(in, out) {
			t.Errorf("sent %v, got %v, %v", in, out, err)
		}
	})
}
