package portable

import (
	"reflect"
	"testing"
)

type inner struct {
	Name string
	Next *inner
}

func roundTrip[T any](t *testing.T, values []T) {
	t.Helper()
	c, err := CodecOf[T]()
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Encode(values)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < c.AtLeast(len(values)) {
		t.Errorf("%d bytes, said to be at least %d", len(b), c.AtLeast(len(values)))
	}
	got := make([]T, len(values))
	if err := c.Decode(b, got); err != nil || !reflect.DeepEqual(got, values) {
		t.Errorf("got %v, %v", got, err)
	}
	if len(values) == 0 {
		return
	}
	for name, wrong := range map[string][]T{"one less": make([]T, len(values)-1), "one more": make([]T, len(values)+1)} {
		if reflect.TypeFor[T]().Size() > 0 && c.Decode(b, wrong) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestValuesArriveAsTheyWereSentAndNoOtherNumberOfThem(t *testing.T) {
	roundTrip(t, []int{1, 2, -3})
	roundTrip(t, []struct {
		a int8
		b float64
	}{{1, 2}, {3, 4}})
	roundTrip(t, []string{"a", "", "c"})
	roundTrip(t, []inner{{"a", &inner{"b", nil}}, {}})
	roundTrip(t, []map[string][]byte{{"k": {1}}})
	roundTrip(t, []struct{}{{}, {}})
	roundTrip(t, []int{})
}

func TestWhatCannotTravelIsRefused(t *testing.T) {
	if _, err := CodecOf[chan int](); err == nil {
		t.Error("a channel")
	}
	if _, err := CodecOf[struct {
		Name   string
		hidden []int
	}](); err == nil {
		t.Error("a hidden slice")
	}
}

func FuzzADecoderSurvivesWhatStrangersSend(f *testing.F) {
	c, _ := CodecOf[inner]()
	good, _ := c.Encode([]inner{{"a", &inner{"b", nil}}, {"c", nil}})
	f.Add(good, uint8(2))
	f.Add([]byte{}, uint8(0))
	f.Add([]byte("\xff\xff\xff\xff"), uint8(200))
	f.Fuzz(func(t *testing.T, b []byte, n uint8) {
		if len(b) > 1<<16 {
			return
		}
		values := make([]inner, n)
		if c.Decode(b, values) == nil && len(b) < c.AtLeast(int(n)) {
			t.Errorf("%d values in %d bytes", n, len(b))
		}
		plain, _ := CodecOf[uint16]()
		if err := plain.Decode(b, make([]uint16, n)); (err == nil) != (len(b) == 2*int(n)) {
			t.Errorf("%d bytes for %d numbers: %v", len(b), n, err)
		}
	})
}
