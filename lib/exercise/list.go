package exercise

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// differ says how the list that a call returned differs from the right one,
// or returns "". noun names an element: "prime".
func differ[E cmp.Ordered](call string, got, want []E, noun string) string {
	first := firstDifference(got, want)
	switch {
	case slices.Equal(got, want):
		return ""
	case got == nil:
		return fmt.Sprintf("%s is nil; it must have %s", call, some(len(want), noun))
	case len(got) != len(want):
		return fmt.Sprintf("%s has %s, not %d: %s", call, some(len(got), noun), len(want), show(got, first))
	case slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))):
		return fmt.Sprintf("%s has the right %ss in another order: %s; in order they are %s", call, noun, show(got, first), show(want, first))
	}
	return fmt.Sprintf("%s is %s; the %ss in order are %s", call, show(got, first), noun, show(want, first))
}

// changed says which element of a call's input is another one afterwards, or
// returns "".
func changed[E cmp.Ordered](call string, now, before []E, what string) string {
	if i := firstDifference(now, before); i < len(before) {
		return fmt.Sprintf("%s changes its input: element %d of the %s was %s and is %s", call, i, what, text(before[i]), text(now[i]))
	}
	return ""
}

// firstDifference returns the first index at which the lists differ; the
// length of the shorter if there is none.
func firstDifference[E comparable](a, b []E) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

const shown = 10 // elements of a long list

// show is the list in brackets; of a long one, what stands around element i.
func show[E any](list []E, i int) string {
	from := max(0, min(i-shown/2, len(list)-shown))
	to := min(len(list), from+shown)
	var parts []string
	if from > 0 {
		parts = append(parts, "...")
	}
	for _, element := range list[from:to] {
		parts = append(parts, text(element))
	}
	if to < len(list) {
		parts = append(parts, "...")
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// text is a number in short, or a string in quotes.
func text(element any) string {
	switch e := element.(type) {
	case string:
		return fmt.Sprintf("%q", e)
	case float64:
		return fmt.Sprintf("%.4g", e)
	}
	return fmt.Sprint(element)
}

// some is "1 prime", "2 primes".
func some(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
