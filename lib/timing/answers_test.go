package timing

import (
	"math"
	"strings"
	"testing"
	"time"
)

// plainText are values of one text.
type plainText struct{ N int }

func (plainText) MarshalText() ([]byte, error) { return nil, nil }

// ringed is one of a list.
type ringed struct {
	N    int
	Next *ringed
}

func listOf(n, last int) *ringed {
	l := &ringed{N: last}
	for range n - 1 {
		l = &ringed{Next: l}
	}
	return l
}

func TestOnlyTheSameAnswersCountAsTheSame(t *testing.T) {
	now := time.Now()
	for name, answers := range map[string][2]any{
		"integers of two types": {[]int{1}, []int64{1}},
		"times":                 {now, now.Round(0)},
		"long lists":            {listOf(1000, 1), listOf(1000, 1)},
	} {
		c := Compare([]Case{fixed("base", time.Millisecond, answers[0]), fixed("other", time.Millisecond, answers[1])}, Rounds(6))
		if got := verdictOf(t, c, "other"); got != "no difference seen: within 1%" {
			t.Errorf("%s: %q", name, got)
		}
	}
	for name, answers := range map[string][2]any{
		"the same text":              {plainText{1}, plainText{2}},
		"the last of a long list":    {listOf(1000, 1), listOf(1000, 2)},
		"where strings end":          {[]string{"a", "bc"}, []string{"ab", "c"}},
		"the signs of zeros":         {0.0, math.Copysign(0, -1)},
		"what float32 cannot hold":   {float32(0.1), 0.1},
		"a text and a list, as text": {"[1 2]", []int{1, 2}},
	} {
		c := Compare([]Case{fixed("base", time.Millisecond, answers[0]), fixed("other", time.Millisecond, answers[1])}, Rounds(6))
		if got := verdictOf(t, c, "other"); got != "wrong answer, not that of base" {
			t.Errorf("%s: %q", name, got)
		}
	}
	rounds := 0
	c := Compare([]Case{{Name: "wavers", Measure: func() (Measurement, error) {
		rounds++
		return Measurement{Result: plainText{rounds}, Elapsed: time.Millisecond}, nil
	}}}, Rounds(6))
	if got := verdictOf(t, c, "wavers"); !strings.Contains(got, "the answer is not the same in every round") {
		t.Errorf("got %q", got)
	}
}
