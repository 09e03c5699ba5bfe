package message

import (
	"math"
	"reflect"
	"runtime"
	"testing"
	"time"
)

func TestAnItemThatIsAlmostNothingArrivesAsItWas(t *testing.T) {
	type item struct {
		Limit *int
		Flag  *bool
		List  []int
		Table map[string]*string
		Rate  float64
		When  struct {
			time.Time
			ID int
		}
	}
	zero, no, empty := 0, false, ""
	full := item{Limit: &zero, Flag: &no, List: []int{}, Table: map[string]*string{"": &empty, "none": nil}, Rate: math.Copysign(0, -1)}
	full.When.ID = 7
	sides(t, 1, func(t *testing.T, q *Queue[item]) {
		for _, v := range []item{{}, full} {
			must(t, q.Put(v))
			got, err := q.Get()
			if err != nil || !reflect.DeepEqual(got, v) || math.Signbit(got.Rate) != math.Signbit(v.Rate) {
				t.Errorf("%+v arrived as %+v, %v", v, got, err)
			}
		}
	})
}

// moody has methods that fail as its text says.
type moody struct{ text string }

func (m moody) MarshalBinary() ([]byte, error) {
	m.act("encode")
	return []byte(m.text), nil
}

func (m *moody) UnmarshalBinary(b []byte) error {
	m.text = string(b)
	m.act("decode")
	return nil
}

func (m moody) act(when string) {
	switch m.text {
	case when + " panic":
		panic("in a bad mood")
	case when + " Goexit":
		runtime.Goexit()
	}
}

func TestAMethodThatFailsIsTheErrorOfItsPutOrGet(t *testing.T) {
	here := NewQueue[moody](4)
	defer here.Discard()
	far := travel(t, here)
	for _, how := range []string{" panic", " Goexit"} {
		for range 2 {
			wantText(t, far.Put(moody{"encode" + how}), "message: Put: a value cannot be sent to another process: message.moody.MarshalBinary panicked")
			wantText(t, far.TryPut(moody{"encode" + how}), "message: TryPut: a value cannot be sent")
			must(t, here.Put(moody{"encode" + how}))
			_, err := far.Get()
			wantText(t, err, "message: Get: an item is dropped: a value cannot be sent")
			must(t, here.Put(moody{"decode" + how}))
			_, err = far.Get()
			wantText(t, err, "message: Get: a value that was received cannot be read: message.moody.UnmarshalBinary panicked")
			if v, err := here.Get(); err != nil || v.text != "decode"+how { // far did not receive it
				t.Error(v, err)
			}
			must(t, far.Put(moody{"decode" + how}))
			_, err = here.Get()
			wantText(t, err, "message: Get: an item is dropped: a value that was received cannot be read")
			must(t, far.Put(moody{"fine"}))
			if v, err := far.Get(); err != nil || v.text != "fine" {
				t.Error(v, err)
			}
		}
	}
}
