package digest

import (
	"container/list"
	"crypto/sha256"
	"errors"
	"math"
	"math/big"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

type pair struct {
	A int
	b string
}

type loop struct{ next *loop }

// hidden has a time where reflect lets nobody call its methods.
type hidden struct{ when time.Time }

// mute are values of one text.
type mute struct{ N int }

func (mute) MarshalText() ([]byte, error) { return []byte("mute"), nil }

// stubborn ends its goroutine when it is asked for its text.
type stubborn struct{ N int }

func (stubborn) MarshalText() ([]byte, error) { runtime.Goexit(); return nil, nil }

type withBlank struct {
	A int
	_ int
}

func TestEqualValuesHaveEqualDigests(t *testing.T) {
	one, other := 7, 7
	pointer := &one
	now := time.Now()
	cyclic := &loop{}
	cyclic.next = cyclic
	shared := &pair{1, "x"}
	float := func(text string, precision uint) *big.Float {
		f, _, err := big.ParseFloat(text, 10, precision, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for name, c := range map[string][2]any{
		"pointers":              {&one, &other},
		"pointer and value":     {&one, 7},
		"pointer to a pointer":  {&pointer, 7},
		"integers of two types": {[]int{1, 2}, []int64{1, 2}},
		"all types of numbers":  {[]any{int8(1), uint(2), uint64(3), float32(4), uintptr(5)}, []float64{1, 2, 3, 4, 5}},
		"large numbers":         {[]any{uint64(1 << 63), 1e6, -1e15}, []any{float64(1 << 63), 1000000, -1000000000000000}},
		"slice and array":       {[]int{1, 2}, [2]int{1, 2}},
		"maps":                  {map[string]int{"a": 1, "b": 2, "c": 3}, map[string]int{"c": 3, "b": 2, "a": 1}},
		"keys of no number":     {map[float64]int{math.NaN(): 1, math.Log(-1): 2}, map[float64]int{math.Log(-1): 2, math.NaN(): 1}},
		"keys that are alike":   {map[*int]int{&one: 1, &other: 2}, map[*int]int{&other: 1, &one: 2}},
		"structs of pointers":   {[]*pair{{1, "x"}}, []*pair{{1, "x"}}},
		"shared and not shared": {[]*pair{shared, shared}, []*pair{{1, "x"}, {1, "x"}}},
		"pointers and structs":  {[]*pair{shared}, []pair{{1, "x"}}},
		"time with and without": {now, now.Round(0)},
		"times in structs":      {hidden{now}, hidden{now.Round(0)}},
		"times in interfaces":   {[]any{map[hidden]any{{now}: &now}}, []any{map[hidden]any{{now.Round(0)}: now.Round(0)}}},
		"zones of one offset":   {now.In(time.FixedZone("A", 60)), now.In(time.FixedZone("B", 60))},
		"big numbers":           {big.NewInt(5), new(big.Int).Sub(big.NewInt(1<<40), big.NewInt(1<<40-5))},
		"big and small numbers": {[]any{big.NewInt(-5), *big.NewInt(7), big.NewRat(6, 2), big.NewFloat(0.1), new(big.Int).SetUint64(1 << 63)}, []any{-5, 7, 3, 0.1, uint64(1 << 63)}},
		"fractions":             {new(big.Rat), big.NewRat(0, 3)},
		"precisions":            {float("1.5", 10), float("1.5", 500)},
		"not a number":          {math.NaN(), math.Float64frombits(math.Float64bits(math.NaN()) ^ 1)},
		"nothing":               {nil, nil},
		"nothing in a list":     {[]*int(nil), []string{}},
		"nothing in a map":      {map[string]int(nil), map[string]int{}},
		"a value inside itself": {cyclic, cyclic},
		"any and its value":     {[]any{1, "x"}, []any{int8(1), "x"}},
		"large ones":            {make([]int, 100_000), make([]int, 100_000)},
		"what cannot be read":   {withBlank{A: 1}, withBlank{A: 1}},
		"functions":             {func() {}, func() { panic(1) }},
		"errors":                {errors.New("a"), errors.New("a")},
	} {
		if a, b := Of(c[0]), Of(c[1]); a.Hash != b.Hash {
			t.Errorf("%s: %v and %v", name, a, b)
		}
	}
	if d := Of(stubborn{1}); d.Text != "{N:1}" {
		t.Errorf("got %+v", d)
	}
}

func TestOtherValuesHaveOtherDigests(t *testing.T) {
	last := make([]int, 100_000)
	last[len(last)-1] = 1
	again := &loop{}
	again.next = again
	of2 := &loop{&loop{}}
	of2.next.next = of2
	inMap, inSlice := map[string]any{}, []any{1}
	inMap["a"], inSlice[0] = inMap, inSlice
	all := []any{
		nil, 0, 1, "", "1", []int{}, []int{1}, []int{1, 2}, []int{12}, [][]int{{1}, {2}}, [][]int{{1, 2}}, []string{"1 2"}, []string{"1", "2"},
		pair{1, "x"}, pair{1, "y"}, map[string]int{"a": 1}, map[string]int{"a": 2}, 0.3, math.Nextafter(0.3, 1), true, errors.New("a"),
		last, make([]int, 100_000), time.Unix(1, 0).UTC(), big.NewInt(3),
		false, "true", "nil", "[]", "[1 2]", "{A:1 b:\"x\"}", []byte("1"), -1, "\x00", "\x00\x00",
		math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), float32(0.3), 1i, 1 + 0i, 2 + 1i, uint64(math.MaxUint64),
		[]string{"a", "bc"}, []string{"ab", "c"}, []string{"a\" \"b"}, []string{"a", "b"}, [][]string{{"a"}, {"b"}}, [][]string{{"a", "b"}, {}},
		map[string]string{"a": "b"}, map[string]string{"b": "a"}, map[string]string{}, map[string]any{"a": nil}, map[any]any{1: 2}, map[any]any{2: 1},
		map[string][]int{"a": {1}, "b": {}}, map[string][]int{"a": {}, "b": {1}}, []map[string]int{{"a": 1}, {}}, []map[string]int{{}, {"a": 1}},
		struct{}{}, struct{ A int }{1}, struct{ B int }{1}, struct{ A, B int }{1, 0}, map[string]int{"A": 1}, []any{"A", 1},
		struct{ A struct{ B int } }{}, []any{nil}, []any{nil, nil}, []*int{nil, new(int)},
		mute{1}, mute{2}, []mute{{1}, {2}}, []mute{{2}, {1}}, struct{ M mute }{mute{2}},
		time.Unix(1, 0).In(time.FixedZone("", 60)), time.Unix(1, 1).UTC(), hidden{time.Unix(1, 0).UTC()}, hidden{time.Unix(2, 0).UTC()}, time.Unix(1, 0).UTC().Format(time.RFC3339Nano),
		new(big.Int).Lsh(big.NewInt(1), 100), new(big.Int).Lsh(big.NewInt(3), 100), big.NewRat(1, 3), big.NewRat(2, 3), new(big.Float).SetPrec(200).Quo(big.NewFloat(1), big.NewFloat(3)),
		listOf(41, 1), listOf(41, 2), listOf(40, 1), listOf(64, 1), listOf(65, 1), listOf(65, 2), listOf(50_000, 1), listOf(50_000, 2),
		again, of2, &loop{again}, inMap, inSlice, func() {}, func(int) {}, make(chan int),
	}
	seen := map[[sha256.Size]byte]any{}
	for i, v := range all {
		d := Of(v)
		if other, ok := seen[d.Hash]; ok {
			t.Errorf("%d: %T and %T, %.40s", i, v, other, d.Text)
		}
		seen[d.Hash] = v
	}
}

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

type tree struct {
	N        int
	Children []*tree
}

type pointless *pointless

func TestValuesThatLeadToThemselvesInManyWaysHaveADigestSoon(t *testing.T) {
	many := &tree{} // more ways through it than could be walked
	for range 100 {
		many = &tree{1, []*tree{many, many}}
	}
	all := make([]*tree, 100) // each leads to each
	for i := range all {
		all[i] = &tree{N: i}
	}
	for _, one := range all {
		one.Children = all
	}
	both := list.New() // forth and back
	for i := range 10_000 {
		both.PushBack(i)
	}
	var circle pointless
	circle = &circle
	var self any
	self = &self
	graph := map[string]map[string]any{}
	for i := range 100 {
		graph[strconv.Itoa(i)] = map[string]any{"all": graph, "i": i}
	}
	byKey := map[*tree]map[*tree]bool{}
	for _, one := range all {
		byKey[one] = map[*tree]bool{one: true}
	}
	for name, v := range map[string]any{"many ways": many, "all to all": all, "a list": both, "a pointer to itself": circle,
		"an interface of itself": self, "maps": graph} {
		if one, other := Of(v), Of(v); one != other {
			t.Errorf("%s: it has two digests", name)
		}
	}
	Of(byKey) // it may have several: in which order its keys are reached makes a difference
}

func TestTheTextOfADigest(t *testing.T) {
	primes := []int{224737, 224743, 224759, 224771}
	if got := Of(primes).Text; got != "[224737 224743 224759 224771]" {
		t.Errorf("got %q", got)
	}
	long := Of(slices.Repeat(primes, 3)).Text
	for want, v := range map[string]any{
		`{A:1 b:"x"}`: &pair{1, "x"}, `map["a":1 "b":[2 3]]`: map[string]any{"b": []int{2, 3}, "a": 1}, "[nil 1e+06 -0 NaN (1+2i) true]": []any{nil, 1e6, math.Copysign(0, -1), math.NaN(), 1 + 2i, true},
		"1970-01-01T00:00:01Z": time.Unix(1, 0).UTC(), "[12345678901234567890 1/2 1.5]": []any{new(big.Int).SetUint64(12345678901234567890), big.NewRat(1, 2), big.NewFloat(1.5)},
		"{when:1970-01-01T00:00:01Z}": hidden{time.Unix(1, 0).UTC()}, "func(int)": func(int) {}, "[]": []string{}, "map[]": map[int]int{}, "{}": struct{}{},
	} {
		if got := Of(v).Text; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if !strings.HasPrefix(long, "[224737 224743 224759 22… #") || len(long) != len("[224737 224743 224759 22… #12345678") {
		t.Errorf("got %q", long)
	}
}

func FuzzDigestOfTextIsThatOfItsCopy(f *testing.F) {
	f.Add("a", "b")
	f.Fuzz(func(t *testing.T, a, b string) {
		if same := Of(a).Hash == Of(b).Hash; same != (a == b) {
			t.Errorf("%q and %q: same digest %v", a, b, same)
		}
	})
}

// One operation is the digest of what the name says; the metric is the time
// for one of its elements.
func BenchmarkOf(b *testing.B) {
	const n = 100_000
	structs, pointers, texts := make([]pair, n), make([]*pair, n), map[string]int{}
	for i := range n {
		structs[i] = pair{i, "some text"}
		pointers[i] = &structs[i]
		texts[strconv.Itoa(i)] = i
	}
	for name, v := range map[string]any{"integers": make([]int, n), "structs": structs, "pointers": pointers, "list": listOf(n, 1), "map": texts} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Of(v)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/element")
		})
	}
}
