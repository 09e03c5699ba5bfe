package digest

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
)

type pair struct {
	A int
	b string
}

type loop struct{ next *loop }

func TestEqualValuesHaveEqualDigests(t *testing.T) {
	one, other := 7, 7
	now := time.Now()
	cyclic := &loop{}
	cyclic.next = cyclic
	for name, c := range map[string][2]any{
		"pointers":              {&one, &other},
		"pointer and value":     {&one, 7},
		"integers of two types": {[]int{1, 2}, []int64{1, 2}},
		"slice and array":       {[]int{1, 2}, [2]int{1, 2}},
		"maps":                  {map[string]int{"a": 1, "b": 2, "c": 3}, map[string]int{"c": 3, "b": 2, "a": 1}},
		"structs of pointers":   {[]*pair{{1, "x"}}, []*pair{{1, "x"}}},
		"time with and without": {now, now.Round(0)},
		"big numbers":           {big.NewInt(5), new(big.Int).Sub(big.NewInt(1<<40), big.NewInt(1<<40-5))},
		"not a number":          {math.NaN(), math.NaN()},
		"nothing":               {nil, nil},
		"a value inside itself": {cyclic, cyclic},
		"any and its value":     {[]any{1, "x"}, []any{int8(1), "x"}},
		"large ones":            {make([]int, 100_000), make([]int, 100_000)},
	} {
		if a, b := Of(c[0]), Of(c[1]); a != b {
			t.Errorf("%s: %v and %v", name, a, b)
		}
	}
}

func TestOtherValuesHaveOtherDigests(t *testing.T) {
	last := make([]int, 100_000)
	last[len(last)-1] = 1
	all := []any{
		nil, 0, 1, "", "1", []int{}, []int{1}, []int{1, 2}, []int{12}, [][]int{{1}, {2}}, [][]int{{1, 2}}, []string{"1 2"}, []string{"1", "2"},
		pair{1, "x"}, pair{1, "y"}, map[string]int{"a": 1}, map[string]int{"a": 2}, 0.3, math.Nextafter(0.3, 1), true, errors.New("a"),
		last, make([]int, 100_000), time.Unix(1, 0), big.NewInt(3),
	}
	seen := map[uint64]any{}
	for _, v := range all {
		d := Of(v)
		if other, ok := seen[d.Hash]; ok {
			t.Errorf("%.40v and %.40v", v, other)
		}
		seen[d.Hash] = v
	}
}

func TestTheTextOfADigest(t *testing.T) {
	primes := []int{224737, 224743, 224759, 224771}
	if got := Of(primes).Text; got != "[224737 224743 224759 224771]" {
		t.Errorf("got %q", got)
	}
	long := Of(slices.Repeat(primes, 3)).Text
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
