package instrument

import (
	"strings"
	"testing"
)

// conflicts are cells in which goroutines use a variable at the same time, in a form that is easy to overlook.
var conflicts = map[string]string{
	"a bare return": `load := func() (err error) { go func() { err = errors.New("x") }(); return }
_ = load()`,
	"a return with a value": `load := func() (err error) { go func() { err = errors.New("x") }(); return nil }
_ = load()`,
	"a return in a block that hides the result": `type number int
func load() (n number, _ string, err error) {
	go func() { err = errors.New("x") }()
	if err := fmt.Sprint(1); err == "1" {
		return 1, err, nil
	}
	return
}
%schedules
n, _, _ := load()
check(n == 1)`,
	"a return of a call": `func two() (int, error) { return 1, nil }
%schedules
load := func() (n int, err error) { go func() { n = 2 }(); return two() }
_, _ = load()`,
	"a result that is only returned": `load := func() (n int) { go func() { check(n < 3) }(); return 2 }
_ = load()`,
	"a range over a pointer to an array": `arr := &[3]int{}
done := make(chan bool)
go func() { arr[1] = 1; done <- true }()
s := 0
for _, v := range arr { s += v }
<-done`,
	"a range over the address of an array": `type table struct{ xs [3]int }
%schedules
var t table
done := make(chan bool)
go func() { t.xs[1] = 1; done <- true }()
s := 0
for _, v := range &t.xs { s += v }
<-done`,
	"a range over a slice of a type parameter": `func sum[S ~[]E, E ~int](xs S) (total E) {
	for _, v := range xs { total += v }
	return total
}
%schedules
xs := []int{1, 2}
done := make(chan bool)
go func() { xs[1] = 1; done <- true }()
_ = sum(xs)
<-done`,
	"an element of a slice of a type parameter": `func first[S ~[]E, E any](xs S) E { return xs[0] }
%schedules
xs := []int{1, 2}
done := make(chan bool)
go func() { xs[0] = 1; done <- true }()
_ = first(xs)
<-done`,
	"clear of a slice":               race("clear(xs)"),
	"copy from a slice":              race("copy(make([]int, 2), xs)"),
	"copy to a slice":                race("copy(xs, []int{1, 2})"),
	"copy of text":                   "xs := []byte{1, 2}\ngo func() { xs[0] = 7 }()\ncopy(xs, \"ab\")",
	"append with room":               race("_ = append(xs[:0:2], 3)"),
	"append without room":            race("_ = append(xs,\n\t3)"),
	"append of a slice":              race("_ = append([]int(nil), xs...)"),
	"append of text":                 "xs := []byte{1, 2}\ngo func() { xs[0] = 7 }()\n_ = append(xs[:0], \"ab\"...)",
	"a conversion":                   "xs := []byte{1, 2}\ngo func() { xs[0] = 7 }()\n_ = string(xs)",
	"a conversion to an array":       race("_ = [2]int(xs)"),
	"slices.Sort":                    race("slices.Sort(xs)"),
	"slices.Sort of a type":          race("slices.Sort[[]int](xs)"),
	"slices.Contains":                race("_ = slices.Contains(xs, 2)"),
	"slices.Insert":                  race("_ = slices.Insert(xs[:1], 0, 5)"),
	"fmt.Sprint":                     race("_ = fmt.Sprint(xs)"),
	"fmt.Println":                    race("fmt.Println(struct{ a any }{xs})"),
	"fmt.Println of a pointer":       race("fmt.Println(&struct{ xs []int }{xs})"),
	"fmt.Println of a map":           "m := map[string]int{}\ngo func() { m[\"a\"] = 1 }()\nfmt.Println(m)",
	"strings.Join":                   "xs := []string{\"a\"}\ngo func() { xs[0] = \"b\" }()\n_ = strings.Join(xs, \"\")",
	"strings.Builder":                "var b strings.Builder\ngo func() { b.WriteString(\"a\") }()\n_ = b.String()",
	"a pointer to a strings.Builder": "b := &strings.Builder{}\ngo func() { b.WriteString(\"a\") }()\nb.WriteString(\"b\")",
}

// race is a cell in which a goroutine writes an element of xs while main does something else.
func race(statement string) string {
	return "xs := []int{2, 1}\ngo func() { xs[0] = 7 }()\n" + statement
}

func TestNoAccessIsOverlooked(t *testing.T) {
	for name, cell := range conflicts {
		t.Run(name, func(t *testing.T) {
			if got := run(t, cell); !strings.Contains(got, "data race on ") {
				t.Errorf("%s\ngot %s", cell, got)
			}
		})
	}
}

func TestAFunctionThatUsesElementsLaterIsAnErrorWithItsLine(t *testing.T) {
	for statement, want := range map[string]string{
		"for range slices.Values(xs) { }":   "Cell [2]:4:11: %schedules cannot follow slices.Values, which uses the elements later",
		"f := slices.Max[[]int]\n_ = f(xs)": "Cell [2]:4:6: %schedules cannot follow slices.Max as a value",
		"defer slices.Sort(xs)":             "Cell [2]:4:1: %schedules cannot follow this defer",
	} {
		_, problems := Program(compose(race(statement)), "", packages)
		if len(problems) == 0 || !strings.HasPrefix(problems[0].Error(), want) {
			t.Errorf("%s\nwant %s, got %v", statement, want, problems)
		}
	}
}
