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
