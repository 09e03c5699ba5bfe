package instrument

import (
	"strings"
	"testing"
)

// forms are cells with a form of Go in many variants; each must build, and none has a fault.
var forms = map[string]string{
	"embedded locks and methods": `type counter struct {
	sync.Mutex
	n    int
	hits map[string]int
}

func newCounter() *counter { return &counter{hits: map[string]int{}} }

// inc counts.
func (c *counter) inc(name string) (before int) {
	c.Lock()
	defer c.Unlock()
	before = c.n
	c.n++
	c.hits[name]++
	return
}
func (c *counter) value() int {
	c.Lock()
	defer c.Unlock()
	return c.n + len(c.hits)
}
%schedules
c := newCounter()
inc := c.inc
var wg sync.WaitGroup
for _, name := range []string{"a", "b"} {
	wg.Add(1)
	go func(name string, n int) {
		defer wg.Done()
		inc(name)
	}(name, 1)
}
wg.Wait()
check(c.value() == 4)`,
	"channels of every kind": `type event struct {
	done chan struct{}
	out  chan<- int
}
type stream = chan int
func produce(n int, out chan<- int) {
	defer close(out)
	for i := range n {
		out <- i
	}
}
func consume(in <-chan int) (sum int) {
	for v := range in {
		sum += v
	}
	return sum
}
%schedules
var never chan int
check(never == nil && len(never) == 0)
c := make(chan int, 1)
go produce(3, c)
check(consume(c) == 3)
requests := make(chan event)
go func() {
	e := <-requests
	e.out <- 7
	close(e.done)
}()
answer := make(chan int, 1)
e := event{make(chan struct{}), answer}
requests <- e
<-e.done
var v, ok = <-answer
check(v == 7 && ok)
chans := []chan int{make(chan int, 1), nil}
chans[0] <- 1
select {
case x := <-chans[0]:
	check(x == 1)
case <-chans[1]:
	check(false)
}
nested := make(chan chan int, 1)
nested <- c
_, ok = <-<-nested
check(!ok)`,
	"shared variables in every statement": `type pair struct{ a, b int }
func halve(n int) (int, bool) { return n / 2, n%2 == 0 }
%schedules
var mu sync.Mutex
n, text, p, even := 1, "", pair{1, 2}, false
list, table := []int{1}, map[string][]int{}
var any1 any
var f func(int) int
work := func() {
	mu.Lock()
	defer mu.Unlock()
	n <<= 2
	n--
	n, p.a = p.a, n
	n, even = halve(n)
	if n, ok := halve(n); ok && !even {
		n++
		_ = n
	}
	switch text += "x"; {
	case len(text) > 5:
		text = strings.Repeat("y",
			2)
	}
	list = append(list, n, p.b)
	list[0]++
	table["k"] = append(table["k"], list[0])
	any1 = &p
	switch v := any1.(type) {
	case *pair:
		v.b += 1
	}
	f = func(m int) int { return m + n }
	_ = f(1)
	for i, v := range list {
		p.b += i * v
	}
	for range n {
		n--
	}
	p = pair{a: n, b: p.b}
	q := &n
	*q = 5
	array := [3]int{n}
	copied := array
	copied[1] = list[len(list)-1]
	_, present := table["k"]
	even = present && copied[0] == 5
}
go work()
work()
mu.Lock()
check(n == 5 && even)
mu.Unlock()`,
	"generic code, labels and recursion": `type number interface{ ~int | ~float64 }
type stack[T any] struct {
	mu    sync.Mutex
	items []T
}
func (s *stack[T]) push(v T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items = append(s.items, v)
}
func sum[T number](values ...T) (total T) {
	for _, v := range values {
		total += v
	}
	return total
}
func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}
const (
	zero = iota
	one
)
%schedules
s := &stack[int]{}
done := make(chan bool)
go func() { s.push(one); done <- true }()
s.push(zero)
<-done
check(sum(s.items...) == fib(1))
outer:
for i := 0; i < 2; i++ {
	for {
		select {
		case done <- true:
			break outer
		default:
			continue outer
		}
	}
}`,
	"names that begin like those of the rewriting": `c := make(chan int, 1)
c <- 1
mp_0, mp_schedules, mp__0 := 1, 2, 3
select {
case v := <-c:
	check(v == mp_0)
}
check(mp_0+mp_schedules == mp__0)`,
	"elements": `type ages []int
func (a ages) Len() int           { return len(a) }
func (a ages) Less(i, j int) bool { return a[i] < a[j] }
func (a ages) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
%schedules
list := append([]any{1}, "a", 2.5, nil)
list = append(list)
list = append(list, list...)
check(len(list) == 8)
xs := append(make([]int, 0, 4),
	3, // three
	1)
slices.Sort(xs)
check(slices.Equal(xs, []int{1, 3}), "%v", xs)
ys := make([]int, 2)
check(copy(ys, xs) == 2 && ys[1] == 3)
clear(ys)
check(ys[1] == 0 && fmt.Sprint(ys, xs, &xs) == "[0 0] [1 3] &[1 3]")
bytes := append([]byte("a"), "bc"...)
check(string(bytes) == "abc" && copy(bytes, "x") == 1)
var b strings.Builder
fmt.Println(list...)
b.WriteString("a")
write := b.WriteString
write("b")
check(b.String() == "ab" && b.Len() == 2)
n, err := fmt.Println("a")
check(n == 2 && err == nil)
n, err = fmt.Printf("%d\n", 10)
check(n == 3)
sort.Sort(ages(xs))
sort.Sort(sort.Reverse(sort.IntSlice(xs)))
check(xs[0] == 3)
errs := []error{errors.New("a")}
check(errors.Join(errs...).Error() == "a")
s := struct{ m map[string][]int }{map[string][]int{"a": xs}}
check(fmt.Sprint(s) == "{map[a:[3 1]]}")
`,
	"go close": `c, d := make(chan int), make(chan int)
go close(c)
go (close)(d)
c, d = d, c
<-c
<-d`,
	"go with a type parameter": `func start[F ~func()](f F) { go f() }
%schedules
done := make(chan bool)
start(func() { close(done) })
<-done`,
	"sorted keys of a map": `m := map[string]int{"b": 1, "a": 2}
all := ""
for _, key := range slices.Sorted(maps.Keys(m)) {
	all += key
}
values := slices.Sorted(maps.Values(m))
check(all == "ab" && values[1] == 2)`,
	":= with a shared err": `two := func(n int) (int, error) { return n, nil }
c := make(chan int, 2)
c <- 1
first, err := two(1)
var wg sync.WaitGroup
var mu sync.Mutex
wg.Go(func() { mu.Lock(); err = errors.New("x"); mu.Unlock() })
wg.Wait()
second, err := two(2)
third, err := two(3)
check(err == nil && first+second == third)`,
	"named results": `func parse(n int) (value int, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("bad")
		}
	}()
	if err := fmt.Sprint(n); err == "0" {
		panic(err)
	}
	return n + 1, nil
}
%schedules
v, err := parse(1)
check(v == 2 && err == nil)
_, err = parse(0)
check(err != nil)
wait := func() (n int) {
	var wg sync.WaitGroup
	wg.Go(func() { n = 3 })
	wg.Wait()
	return
}
check(wait() == 3)`,
	"atomics and once": `var parse = sync.OnceValues(func() (int, error) { return 4, nil })
var value = sync.OnceValue(func() int { return 3 })
type config struct{ name string }
var current atomic.Pointer[config]
var limit int64 = 2
%schedules
current.Store(&config{"a"})
var hits atomic.Int32
var flag uint32
var wg sync.WaitGroup
for range 2 {
	wg.Go(func() {
		if hits.Add(1) == 1 {
			current.CompareAndSwap(current.Load(), &config{name: "b"})
		}
		for !atomic.CompareAndSwapUint32(&flag, 0, 1) {
			runtime.Gosched()
		}
		atomic.StoreUint32(&flag, 0)
	})
}
wg.Wait()
check(current.Load().name == "b" && value() == 3 && int64(hits.Load()) == limit)
number, err := parse()
check(number == 4 && err == nil)`,
}

func TestEveryFormOfGoIsRewrittenToAProgramThatBuilds(t *testing.T) {
	for name, cell := range forms {
		t.Run(name, func(t *testing.T) {
			if got := run(t, cell); !strings.HasPrefix(got, "none of ") && !strings.HasPrefix(got, "the only schedule is right") {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestNoLineIsMoved(t *testing.T) {
	all := map[string]string{}
	for name, cell := range forms {
		all[name] = cell
	}
	for name, program := range programs {
		all[name] = program.cell
	}
	for name, cell := range all {
		source := compose(cell)
		text, problems := Program(source, "", packages)
		if len(problems) > 0 || strings.Count(text, "\n") != strings.Count(source+checkFunction, "\n") {
			t.Errorf("%s: %v: %d lines became %d", name, problems, strings.Count(source, "\n"), strings.Count(text, "\n"))
		}
	}
}
