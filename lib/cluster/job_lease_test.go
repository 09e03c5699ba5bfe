package cluster

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/registered"
	"multiprocessing/lib/process"
)

// knot is one of a linked list.
type knot struct {
	N    int
	Next *knot
}

func listOf(n, last int) *knot {
	l := &knot{N: last}
	for range n - 1 {
		l = &knot{Next: l}
	}
	return l
}

// mute are values of one text.
type mute struct{ N int }

func (mute) MarshalText() ([]byte, error) { return []byte("mute"), nil }

// mapped is an item with a map, which gob sends in another order each time.
type mapped struct {
	M    map[string]int
	V    any
	Path string
}

var (
	lasts = process.Register("lasts", func(l *knot) int {
		for l.Next != nil {
			l = l.Next
		}
		return l.N
	})
	unmutes = process.Register("unmutes", func(m mute) int { return m.N })
	sums    = process.Register("sums", func(m mapped) int {
		appendTo(m.Path, "x")
		sum := 0
		for _, n := range m.M {
			sum += n
		}
		return sum
	})
)

// leave begins a job, and leaves it after its first chunk.
func leave[T, R any](t *testing.T, c *Cluster, name string, items []T, task *process.Task[T, R]) {
	t.Helper()
	leaveAfter(t, c, name, items, task, 1, ChunkSize(1))
}

// leaveAfter leaves a job when so many items are done.
func leaveAfter[T, R any](t *testing.T, c *Cluster, name string, items []T, task *process.Task[T, R], n int, opts ...Option) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := Map(ctx, c, items, task, append(opts, Job(name), Progress(func(done, _ int) {
		if done >= n {
			cancel()
		}
	}))...)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

func TestAJobIsNotAnsweredWithTheResultsOfOtherItems(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	leave(t, c, "list", []*knot{listOf(41, 1), listOf(41, 1)}, lasts)
	leave(t, c, "text", []mute{{1}, {1}}, unmutes)
	for name, err := range map[string]error{
		"list": second(Map(t.Context(), c, []*knot{listOf(41, 1), listOf(41, 2)}, lasts, ChunkSize(1), Job("list"))),
		"text": second(Map(t.Context(), c, []mute{{1}, {2}}, unmutes, ChunkSize(1), Job("text"))),
	} {
		if err == nil || !strings.Contains(err.Error(), "it has other items") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if got := mustMap(t, c, []*knot{listOf(41, 1), listOf(41, 1)}, lasts, Job("list")); !slices.Equal(got, []int{1, 1}) {
		t.Errorf("got %v", got)
	}
}

func TestAJobWhoseItemsHaveMapsIsPickedUpAgain(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	path := gate(t)
	items := func() (items []mapped) {
		for n := range 10 {
			m := mapped{M: map[string]int{}, V: map[string]int{}, Path: path}
			for i := range 20 {
				m.M[fmt.Sprint(i)] = n
				m.V.(map[string]int)[fmt.Sprint(i)] = i
			}
			items = append(items, m)
		}
		return items
	}
	leave(t, c, "maps", items(), sums)
	for i, sum := range mustMap(t, c, items(), sums, Job("maps")) {
		if sum != 20*i {
			t.Errorf("result %d is %d", i, sum)
		}
	}
	if runs, err := os.ReadFile(path); err != nil || len(runs) >= 15 { // one may have been sent twice as the first Map ended
		t.Errorf("10 tasks ran %d times, %v: results were not kept", len(runs), err)
	}
}

func TestANamedJobThatCannotBeSentLeavesTheNameToItsOwner(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	leave(t, c, "mine", []any{1, 2}, accepts)
	_, err := Map(t.Context(), c, []any{1, unregistered{}}, accepts, ChunkSize(1), Job("mine"))
	if err == nil || !strings.Contains(err.Error(), `item 1: it cannot be sent: gob: type not registered`) {
		t.Errorf("got %v", err)
	}
	if err := second(Map(t.Context(), c, []any{1, 3}, accepts, Job("mine"))); err == nil || !strings.Contains(err.Error(), "it has other items") {
		t.Errorf("the job is gone: %v", err)
	}
}

// owner is a Map of a named job that has acquired its lease and does nothing
// more.
func owner(t *testing.T, c *Cluster, name string) *job {
	t.Helper()
	known, _ := registered.Lookup("double")
	j := newJob(c, known, 2, gather([]Option{Job(name)}))
	j.size = 1
	j.encode = func(context.Context, wire.Range) ([]byte, error) { return nil, nil }
	if err := j.acquireLease(t.Context()); err != nil {
		t.Fatal(err)
	}
	return j
}

// A delete that came late, or once more because its answer was lost, has
// removed the name of the next owner.
func TestWhoeverEndsAJobLateLeavesItToItsNewerOwner(t *testing.T) {
	testLateEnd(t, mustOpen(t, Config{Workers: 1}))
	testLateEnd(t, mustOpen(t, mustStartNodes(t, 3).config())) // their servers have other errors
}

func testLateEnd(t *testing.T, c *Cluster) {
	t.Helper()
	for name, next := range map[string]func() *job{
		"another job of the name": func() *job {
			if err := c.DeleteJob(t.Context(), "contested"); err != nil {
				t.Error(err)
			}
			return owner(t, c, "contested")
		},
		"the same job": func() *job { return owner(t, c, "contested") },
	} {
		old := owner(t, c, "contested")
		newer := next()
		put(t, c, (&wire.Result{Job: newer.name, Range: one(0), Kind: wire.Values}).Message())
		if _, err := c.link.PutRecord(t.Context(), "contested", nil, old.revision); err != jetstream.ErrChanged {
			t.Errorf("%s: %v", name, err)
		}
		if err := old.clean(t.Context()); err != errTaken {
			t.Errorf("%s: %v", name, err)
		}
		if err := newer.checkLease(t.Context()); err != nil {
			t.Errorf("%s: its newer owner has lost it, %v", name, err)
		}
		if done, err := c.link.StoredResults(t.Context(), newer.name); err != nil || !done[one(0)] {
			t.Errorf("%s: its result is gone, %v", name, err)
		}
		if err := newer.clean(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := newer.clean(t.Context()); err != nil && err != errTaken { // as if no answer had come to the first
			t.Errorf("%s: %v", name, err)
		}
		if text, _, err := c.link.Record(t.Context(), "contested"); err != nil || len(text) > 0 {
			t.Errorf("%s: the name is not free: %s, %v", name, text, err)
		}
		wantNothingLeft(t, c)
	}
}

// thing is an item with all that gob can send.
type thing struct {
	N int
	F float64
	S string
	B []byte
	L []thing
	M map[string]thing
	P *thing
	V any
	T time.Time
	Q mute
}

func init() {
	gob.Register(mute{})
	gob.Register(thing{})
	gob.Register(map[string]int{})
}

// source makes things of the bytes that a fuzzer chooses.
type source []byte

func (s *source) next() (b byte) {
	if len(*s) > 0 {
		b, *s = (*s)[0], (*s)[1:]
	}
	return b
}

func (s *source) text() string {
	n := min(int(s.next())%5, len(*s))
	text := string((*s)[:n])
	*s = (*s)[n:]
	return text
}

func (s *source) thing(depth int) (x thing) {
	for len(*s) > 0 {
		switch choice := s.next() % 12; {
		case choice == 0:
			return x
		case choice == 1:
			x.N = int(s.next())
		case choice == 2:
			x.F = []float64{0, 0.1, math.Copysign(0, -1), math.NaN(), math.Inf(1)}[s.next()%5]
		case choice == 3:
			x.S = s.text()
		case choice == 4:
			x.B = []byte(s.text())
		case choice == 5 && depth > 0:
			x.L = nil
			for range s.next() % 4 {
				x.L = append(x.L, s.thing(depth-1))
			}
		case choice == 6 && depth > 0:
			x.M = map[string]thing{}
			for range s.next() % 4 {
				x.M[s.text()] = s.thing(depth - 1)
			}
		case choice == 7 && depth > 0:
			one := s.thing(depth - 1)
			x.P = &one
		case choice == 8 && depth > 0:
			x.V = s.dynamic(depth - 1)
		case choice == 9:
			x.T = time.Unix(int64(s.next()), int64(s.next())).UTC()
		case choice == 10:
			x.Q.N = int(s.next())
		}
	}
	return x
}

func (s *source) dynamic(depth int) any {
	switch n := s.next(); n % 8 {
	case 0:
		return int(n)
	case 1:
		return int64(n)
	case 2:
		return s.text()
	case 3:
		return mute{int(n)}
	case 4:
		m := map[string]int{}
		for range s.next() % 4 {
			m[s.text()] = int(s.next())
		}
		return m
	case 5:
		return float64(n)
	case 6:
		return nil
	}
	return s.thing(depth)
}

// describe is a text that no other thing has.
func (x thing) describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %x %q %q %d %d [", x.N, math.Float64bits(x.F), x.S, x.B, x.T.UnixNano(), x.Q.N)
	for _, one := range x.L {
		b.WriteString(one.describe())
	}
	fmt.Fprintf(&b, "] %v [", x.M != nil)
	for _, key := range slices.Sorted(maps.Keys(x.M)) {
		fmt.Fprintf(&b, "%q:%s ", key, x.M[key].describe())
	}
	b.WriteString("]")
	if x.P != nil {
		b.WriteString(x.P.describe())
	}
	if one, ok := x.V.(thing); ok {
		return fmt.Sprintf("{%s thing %s}", &b, one.describe())
	}
	return fmt.Sprintf("{%s %T %#v}", &b, x.V, x.V) // fmt sorts a map
}

// work returns the identity of a job, and a text that no other has.
func (s *source) work(t *testing.T) (identity, text string) {
	task := fmt.Sprintf("task %q", s.text())
	var items []thing
	for range s.next() % 4 {
		items = append(items, s.thing(4))
		text += items[len(items)-1].describe()
	}
	codec, err := portable.CodecOf[thing]()
	if err != nil {
		t.Fatal(err)
	}
	j := newJob(&Cluster{limits: jetstream.Limits{Payload: 1 << 20, InFlight: 1}}, &registered.Task{Name: task, Function: "x"}, len(items), options{})
	j.code, j.size = "code", int(s.next())%3+1
	j.encode = func(_ context.Context, r wire.Range) ([]byte, error) {
		return codec.Encode(portable.Of(items[r.From:r.To]))
	}
	identity, err = j.digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return identity, task + text
}

func FuzzOtherItemsNeverShareAJob(f *testing.F) {
	f.Add([]byte{0, 1, 1, 5, 0}, []byte{0, 1, 1, 6, 0})
	f.Add([]byte{1, 'a', 2, 3, 2, 'a', 'b', 0, 3, 1, 'c', 0}, []byte{1, 'a', 2, 3, 1, 'a', 0, 3, 2, 'b', 'c', 0})
	f.Add([]byte{0, 1, 6, 3, 1, 'a', 1, 1, 0, 1, 'b', 1, 2, 0, 1, 'c', 0, 0}, []byte{0, 1, 6, 3, 1, 'b', 1, 2, 0, 1, 'a', 1, 1, 0, 1, 'c', 0, 0})
	f.Add([]byte{0, 1, 8, 4, 3, 1, 'a', 1, 1, 'b', 2, 1, 'c', 3}, []byte{0, 1, 8, 4, 3, 1, 'c', 3, 1, 'b', 2, 1, 'a', 1})
	f.Add([]byte{0, 1, 7, 7, 7, 10, 1, 0}, []byte{0, 1, 7, 7, 7, 10, 2, 0})
	f.Add([]byte{0, 1, 2, 2}, []byte{0, 1, 9, 5, 5, 5, 2, 1, 1, 0, 1, 2, 0})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		again := source(slices.Clone(a))
		s1, s2 := source(slices.Clone(a)), source(slices.Clone(b))
		first, what := s1.work(t)
		if same, _ := again.work(t); same != first {
			t.Errorf("the same work has two identities: %s", what)
		}
		// The text has no word for all that workers see, such as nil or empty.
		if second, other := s2.work(t); second == first && other != what {
			t.Errorf("one identity for:\n%s\n%s", what, other)
		}
	})
}
