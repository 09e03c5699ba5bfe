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
	"an atomic addition and a write":  atomically("atomic.AddInt64(&n, 1)", "n = 4"),
	"an atomic addition and a read":   atomically("atomic.AddInt64(&n, 1)", "_ = n + 1"),
	"an atomic load and a write":      atomically("_ = atomic.LoadInt64(&n)", "n = 4"),
	"an atomic store and a read":      atomically("atomic.StoreInt64(&n, 1)", "_ = n + 1"),
	"an atomic swap and a read":       atomically("_ = atomic.SwapInt64(&n, 1)", "_ = n + 1"),
	"a compare and swap and a read":   atomically("_ = atomic.CompareAndSwapInt64(&n, 0, 1)", "_ = n + 1"),
	"a compare and swap that fails":   atomically("_ = atomic.CompareAndSwapInt64(&n, 9, 1)", "n = 4"),
	"an atomic function and a field":  "type counter struct{ n int64 }\n%schedules\nc := &counter{}\ngo func() { atomic.AddInt64(&c.n, 1) }()\nc.n = 4",
	"an atomic function, an element":  "xs := make([]int64, 2)\ngo func() { atomic.AddInt64(&xs[1], 1) }()\nxs[1]++",
	"an atomic function, a parameter": "func add(p *int64) { atomic.AddInt64(p, 1) }\n%schedules\nvar n int64\ngo add(&n)\nn = 4",
	"two atomic functions and a read": "var n int64\ngo func() { atomic.AddInt64(&n, 1) }()\natomic.AddInt64(&n, 1)\n_ = n + 1",
	"clear of a slice":                race("clear(xs)"),
	"copy from a slice":               race("copy(make([]int, 2), xs)"),
	"copy to a slice":                 race("copy(xs, []int{1, 2})"),
	"copy of text":                    "xs := []byte{1, 2}\ngo func() { xs[0] = 7 }()\ncopy(xs, \"ab\")",
	"append with room":                race("_ = append(xs[:0:2], 3)"),
	"append without room":             race("_ = append(xs,\n\t3)"),
	"append of a slice":               race("_ = append([]int(nil), xs...)"),
	"append of text":                  "xs := []byte{1, 2}\ngo func() { xs[0] = 7 }()\n_ = append(xs[:0], \"ab\"...)",
	"a conversion":                    "xs := []byte{1, 2}\ngo func() { xs[0] = 7 }()\n_ = string(xs)",
	"a conversion to an array":        race("_ = [2]int(xs)"),
	"slices.Sort":                     race("slices.Sort(xs)"),
	"slices.Sort of a type":           race("slices.Sort[[]int](xs)"),
	"slices.Contains":                 race("_ = slices.Contains(xs, 2)"),
	"slices.Insert":                   race("_ = slices.Insert(xs[:1], 0, 5)"),
	"fmt.Sprint":                      race("_ = fmt.Sprint(xs)"),
	"fmt.Println":                     race("fmt.Println(struct{ a any }{xs})"),
	"fmt.Println of a pointer":        race("fmt.Println(&struct{ xs []int }{xs})"),
	"fmt.Println of a map":            "m := map[string]int{}\ngo func() { m[\"a\"] = 1 }()\nfmt.Println(m)",
	"sorted keys of a map":            "m := map[string]int{}\ngo func() { m[\"a\"] = 1 }()\n_ = slices.Sorted(maps.Keys(m))",
	"strings.Join":                    "xs := []string{\"a\"}\ngo func() { xs[0] = \"b\" }()\n_ = strings.Join(xs, \"\")",
	"strings.Builder":                 "var b strings.Builder\ngo func() { b.WriteString(\"a\") }()\n_ = b.String()",
	"a pointer to a strings.Builder":  "b := &strings.Builder{}\ngo func() { b.WriteString(\"a\") }()\nb.WriteString(\"b\")",
}

// race is a cell in which a goroutine writes an element of xs while main does something else.
func race(statement string) string {
	return "xs := []int{2, 1}\ngo func() { xs[0] = 7 }()\n" + statement
}

// atomically is a cell in which two goroutines use n, one of them by an atomic function.
func atomically(atomic, plain string) string {
	return "var n int64\nvar wg sync.WaitGroup\nwg.Go(func() { " + atomic + " })\nwg.Go(func() { " + plain + " })\nwg.Wait()"
}

func TestAtomicFunctionsDoNotRaceWithEachOtherAndOrderTheRest(t *testing.T) {
	for _, cell := range []string{
		atomically("atomic.AddInt64(&n, 1)", "atomic.StoreInt64(&n, 2)"),
		atomically("_ = atomic.LoadInt64(&n)", "atomic.AddInt64(&n, 1)"),
		atomically("_ = atomic.LoadInt64(&n)", "_ = n + 1"),
		atomically("_ = atomic.CompareAndSwapInt64(&n, 9, 1)", "_ = n + 1"),
		"var n int64\nn = 1\nvar wg sync.WaitGroup\nwg.Go(func() { atomic.AddInt64(&n, 1) })\nwg.Go(func() { atomic.AddInt64(&n, 1) })\nwg.Wait()\ncheck(n == 3)",
		"var ready int32\ndata := 0\ngo func() { data = 1; atomic.StoreInt32(&ready, 1) }()\nif atomic.LoadInt32(&ready) == 1 {\n\tdata++\n\tready = 2\n}",
	} {
		if got := run(t, cell); strings.Contains(got, "data race") || !strings.Contains(got, "none of ") && !strings.Contains(got, "the only schedule is right") {
			t.Errorf("%s\ngot %s", cell, got)
		}
	}
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
