package process

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"
)

// limits has what is easily taken for nothing.
type limits struct {
	Limit *int
	Flag  *bool
	Note  *string
	List  []int
	Table map[string]int
	Rate  float64
	Rates []complex128
	When  struct {
		time.Time // its methods are When's, too
		ID        int
	}
}

// see describes a value so that no two that differ have the same description.
func see(l limits) string {
	s := fmt.Sprintf("%v %v %v", l.Limit != nil && *l.Limit == 0, l.Flag != nil && !*l.Flag, l.Note != nil && *l.Note == "")
	s += fmt.Sprintf(" %#v %#v %v", l.List, l.Table, math.Signbit(l.Rate))
	for _, c := range l.Rates {
		s += fmt.Sprint(" ", math.Signbit(real(c)), math.Signbit(imag(c)))
	}
	return s + fmt.Sprint(" ", l.When.Time.Unix(), " ", l.When.ID)
}

var (
	sees    = Register("sees", see)
	returns = Register("returns", func(l limits) limits { return l })
	doubles = Register("doubles pointers", func(p *int) *int {
		if p == nil {
			return nil
		}
		n := 2 * *p
		return &n
	})
)

func TestAWorkerSeesExactlyWhatWasSent(t *testing.T) {
	p := mustPool(t, 2)
	zero, no, empty, minus := 0, false, "", math.Copysign(0, -1)
	full := limits{Limit: &zero, Flag: &no, Note: &empty, List: []int{}, Table: map[string]int{}, Rate: minus, Rates: []complex128{complex(minus, 0), complex(0, minus)}}
	full.When.Time, full.When.ID = time.Unix(1, 0), 7
	items := []limits{{}, full, {Rates: []complex128{}}}
	seen, returned := mustMap(t, p, items, sees), mustMap(t, p, items, returns)
	for i, item := range items {
		if want := see(item); seen[i] != want || see(returned[i]) != want {
			t.Errorf("sent %s\nseen %s\nback %s", want, seen[i], see(returned[i]))
		}
	}
	if got := mustMap(t, p, []*int{nil, &zero}, doubles); got[0] != nil || got[1] == nil || *got[1] != 0 {
		t.Errorf("got %v", got)
	}
}

// moody has methods that fail as its text says, at the side that it says.
type moody struct{ text string }

func (m moody) GobEncode() ([]byte, error) { return []byte(m.text), m.act("encode") }
func (m *moody) GobDecode(b []byte) error {
	m.text = string(b)
	return m.act("decode")
}

func (m moody) act(when string) error {
	switch m.text {
	case when + " panic":
		panic("in a bad mood")
	case when + " Goexit":
		runtime.Goexit()
	case when + " error":
		return errors.New("not today")
	}
	return nil
}

var (
	takesMoody = Register("takes moody", func(m moody) string { return m.text })
	makesMoody = Register("makes moody", func(text string) moody { return moody{text} })
)

func TestAMethodThatFailsToEncodeIsTheErrorOfItsItem(t *testing.T) {
	p := mustPool(t, 2)
	for mood, said := range map[string]string{
		"panic":  "process.moody.Gob%s panicked: in a bad mood",
		"Goexit": "process.moody.Gob%s panicked: it ended its goroutine",
		"error":  "process.moody.Gob%s: not today",
	} {
		for when, want := range map[string]string{"encode": "cannot be sent: ", "decode": "cannot be read"} {
			want += "|" + strings.Replace(said, "%s", strings.ToUpper(when[:1])+when[1:], 1)
			texts := make([]string, 40)
			items := make([]moody, len(texts))
			texts[33] = when + " " + mood
			items[33].text = texts[33]
			for _, chunk := range []int{1, 7, 40} {
				_, err := Map(t.Context(), p, items, takesMoody, Chunk(chunk))
				wantParts(t, err, `process: Map: item 33: it `+"|"+want)
				_, err = Map(t.Context(), p, texts, makesMoody, Chunk(chunk))
				wantParts(t, err, `process: Map: item 33: its result `+"|"+want)
				if got := mustMap(t, p, []moody{{"fine"}}, takesMoody); got[0] != "fine" {
					t.Errorf("then got %v", got)
				}
				wantDoubles(t, mustMap(t, p, upTo(100), double), 100)
			}
		}
	}
}

// wantParts fails if an error does not have all parts, which are separated by |.
func wantParts(t *testing.T, err error, parts string) {
	t.Helper()
	for part := range strings.SplitSeq(parts, "|") {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want %q", err, part)
		}
	}
}

func TestACyclicValueIsAnError(t *testing.T) {
	root := &tree{Value: "root"}
	root.Children = []*tree{nil, root}
	_, err := Map(t.Context(), mustPool(t, 1), []*tree{nil, root}, trees)
	wantParts(t, err, `process: Map: item 1: it cannot be sent: |process.tree contains itself`)
}
