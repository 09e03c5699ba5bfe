package instrument

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var packages = NewPackages(goroot())

func goroot() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(out))
}

// compose makes a program of declarations and the statements of a cell, as the front does.
func compose(cell string) string {
	declarations, body, ok := strings.Cut(cell, "%schedules\n")
	if !ok {
		declarations, body = "", cell
	}
	var imports []string
	for _, path := range []string{"sync/atomic", "sort", "strings", "context", "errors", "runtime", "slices", "maps", "sync", "time", "fmt", "os"} {
		if regexp.MustCompile(`\b` + filepath.Base(path) + `\.`).MatchString(cell) {
			imports = append(imports, "\t\""+path+"\"\n")
		}
	}
	return "package main\n\nimport (\n\tflag_ \"flag\"\n" + strings.Join(imports, "") + ")\n" + "//line Cell [1]:1:1\n" + declarations +
		"\n//line generated:1:1\nfunc main() {\n\tflag_.Parse()\n//line Cell [2]:1:1\n\n" + body + "\n//line generated:1:1\n}\n"
}

// written rewrites a program, and returns its file.
func written(t *testing.T, cell string) string {
	t.Helper()
	return writtenFor(t, cell, "")
}

func writtenFor(t *testing.T, cell, schedule string) string {
	t.Helper()
	text, problems := Program(compose(cell), schedule, packages)
	if problems != nil {
		t.Fatalf("%v\n%s", problems, cell)
	}
	path := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run rewrites, builds and runs a program, and returns the text form of what it shows.
func run(t *testing.T, cell string) string {
	t.Helper()
	out, err := exec.Command("go", "run", written(t, cell)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, cell)
	}
	return string(out)
}

func TestTheExampleOfTheCourse(t *testing.T) {
	got := run(t, `count := 0
var wg sync.WaitGroup
for range 2 { wg.Go(func() { count++ }) }
wg.Wait()
check(count == 2)`)
	want := "4 of 6 schedules fail; data race on count at line 4\n"
	if !strings.HasPrefix(got, want) {
		t.Errorf("got %s", got)
	}
	if !strings.Contains(got, "goroutine 3: count = 1 (line 4), in a data race, count is 1\n") || !strings.Contains(got, "check failed at line 6") {
		t.Errorf("got %s", got)
	}
}

// programs use every form that is rewritten; each says how its report begins.
var programs = map[string]struct{ cell, want string }{
	"mutex": {`count := 0
var mu sync.Mutex
var wg sync.WaitGroup
for range 2 {
	wg.Add(1)
	go func() {
		defer wg.Done()
		mu.Lock()
		defer mu.Unlock()
		count += 1
	}()
}
wg.Wait()
check(count == 2, "count is %d", count)`, "none of 2 schedules is wrong"},
	"channels": {`type job struct{ in, out int }
func square(jobs chan job, results chan<- job, wg *sync.WaitGroup) {
	defer wg.Done()
	for j := range jobs {
		j.out = j.in * j.in
		results <- j
	}
}
%schedules
jobs, results := make(chan job, 2), make(chan job)
var wg sync.WaitGroup
wg.Add(2)
go square(jobs, results, &wg)
go square(jobs, results, &wg)
go func() { wg.Wait(); close(results) }()
jobs <- job{in: 2}
jobs <- job{in: 3}
close(jobs)
sum := 0
for j := range results { sum += j.out }
check(sum == 13 && len(jobs) == 0 && cap(jobs) == 2)
_, ok := <-results
check(!ok)`, "none of "},
	"forgotten receiver": {`answers := make(chan int)
for i := range 2 { go func() { answers <- i }() }
<-answers`, "2 of 2 schedules are wrong\ncovered: all schedules\nleft behind: goroutine 3 waits to send 1 to answers at line 3"},
	"select": {`c, quit := make(chan int, 1), make(chan bool, 1)
go func() { c <- 1; quit <- true }()
got, n := 0, 0
loop:
for {
	select {
	case v, ok := <-c:
		check(ok)
		got = v
	case <-quit:
		break loop
	case <-time.After(time.Second):
		n++
	}
	if n == 2 {
		break
	}
}
select {
case got = <-c:
default:
}
check(got == 1 || got == 0 && n == 2)`, "none of "},
	"atomics": {`var ready atomic.Bool
var n int64
data := 0
go func() {
	data = 42
	ready.Store(true)
	atomic.AddInt64(&n, 1)
}()
for !ready.Load() {}
check(data == 42 && atomic.LoadInt64(&n) <= 1)`, "none of "},
	"Peterson with plain variables": {`want := [2]bool{}
turn, count := 0, 0
enter := func(me int) {
	want[me] = true
	turn = 1 - me
	for want[1-me] && turn == 1-me { runtime.Gosched() }
	count++
	want[me] = false
}
var wg sync.WaitGroup
wg.Go(func() { enter(0) })
wg.Go(func() { enter(1) })
wg.Wait()
check(count == 2)`, "no failure in 40 runs, but a data race on want[1] at lines 7 and 5; data race on turn at line 6; "},
	"structs, slices, pointers and maps": {`type account struct { mu sync.Mutex; balance int; log []string }
func (a *account) add(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balance += n
	a.log = append(a.log, fmt.Sprint(n))
}
var total = map[string]int{}
var mu sync.RWMutex
%schedules
a := &account{}
results := make([]int, 2)
var wg sync.WaitGroup
for i := range results {
	wg.Go(func() {
		a.add(i + 1)
		results[i] = i
		mu.Lock()
		total["all"] += i
		mu.Unlock()
	})
}
wg.Wait()
sum := 0
for _, r := range results { sum += r }
b := *a
check(sum == 1 && b.balance == 3 && len(b.log) == 2 && total["all"] == 1, "total %d", total["all"])
delete(total, "all")
check(len(total) == 0)`, "none of "},
	"a race in a slice": {`results := make([]int, 1)
var wg sync.WaitGroup
for i := range 2 { wg.Go(func() { results[0] = i }) }
wg.Wait()`, "no failure in 2 schedules, but a data race on results[0] at line 4"},
	"a method on a variable": {`type counter struct{ n int }
func (c *counter) inc() { c.n++ }
%schedules
var c counter
done := make(chan bool)
go func() { c.inc(); done <- true }()
c.inc()
<-done
check(c.n == 2)`, "4 of 6 schedules fail; data race on c.n at Cell [1]:2\ncovered: all schedules, in 4 runs; the others differ only in the order of independent steps\ncheck failed at line 7"},
	"a slice of an array": {`var array [2]int
part := array[:]
done := make(chan bool)
go func() { part[0] = 1; done <- true }()
array[0] = 2
<-done`, "no failure in 2 schedules, but a data race on "},
	"a panic of Go's": {`var list []int
go func() { list[0] = 1 }()`, "the only schedule is wrong\ncovered: all schedules\npanic: runtime error: index out of range [0] with length 0 at line 3"},
	"a condition, a swap and several results": {`type state struct { full, empty int }
func two() (int, error) { return 2, nil }
%schedules
var mu sync.Mutex
cond := sync.NewCond(&mu)
open, a, b := false, 1, 2
var err error
go func() {
	mu.Lock()
	open = true
	a, b = b, a
	mu.Unlock()
	cond.Broadcast()
}()
mu.Lock()
for !open { cond.Wait() }
check(a == 2 && b == 1)
a, err = two()
mu.Unlock()
check(err == nil)
s := state{full: a}
check(s.full == 2)`, "none of "},
	"contexts": {`ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
defer cancel()
never := make(chan struct{})
select {
case <-never:
case <-ctx.Done():
	check(errors.Is(ctx.Err(), context.DeadlineExceeded))
}`, "none of 2 schedules is wrong"},
	"a poll of an unbuffered channel": {`done := make(chan bool)
go func() { close(done) }()
for open := true; open; runtime.Gosched() {
	select {
	case <-done:
		open = false
	default:
	}
}`, "none of 4 runs is wrong"},
	"polls of contexts": {`ctx, cancel := context.WithTimeout(context.Background(), time.Second)
defer cancel()
for ctx.Err() == nil { runtime.Gosched() }
loop:
for {
	select {
	case <-ctx.Done():
		break loop
	default:
		time.Sleep(time.Millisecond)
	}
}`, "none of "},
	"variables of the notebook begin anew in each run": {`var calls int
var once sync.Once
func setup() { once.Do(func() { calls++ }) }
%schedules
var wg sync.WaitGroup
wg.Go(setup)
wg.Go(setup)
wg.Wait()
check(calls == 1)
fmt.Println("not printed")`, "none of "},
	"what runs before main": {`var limit, twice int
var order []string
func init() { limit = 3 }
func init() { twice = 2 * limit; order = append(order, "a") }
func init_b() { order = append(order, "b") }
func init_d() { if most > 3 { os.Exit(1) } }
var most = 3
//line generated:1:1
func init() {
	init_b()
	init_d()
}
%schedules
check(limit == most && strings.Join(order, "") == "ab")
limit = 4
go func() { check(twice == 6) }()`, "the only schedule is right"},
	"what the cell does not use is not looked at": {`var started = time.Now()
func unused() { os.Exit(1) }
%schedules
check(strings.ToUpper("a") == "A")`, "the only schedule is right"},
}

func TestPrograms(t *testing.T) {
	for name, program := range programs {
		t.Run(name, func(t *testing.T) {
			if got := run(t, program.cell); !strings.HasPrefix(got, program.want) || strings.Contains(got, "not printed") {
				t.Errorf("want %s, got %s", program.want, got)
			}
		})
	}
}

func TestWhatCannotBeFollowedIsAnErrorWithItsLine(t *testing.T) {
	for cell, want := range map[string]string{
		"x := 1\nx = 2\n_ = x\nos.Exit(x)":               "Cell [2]:5:4: %schedules cannot follow package os: it knows sync,",
		"m := map[int]int{}\nfor k := range m { _ = k }": "Cell [2]:3:1: %schedules cannot follow a range over a map",
		"_ = time.Now()":         "Cell [2]:2:5: %schedules cannot follow time.Now",
		"var m sync.Map\n_ = &m": "Cell [2]:2:7: %schedules cannot follow sync.Map",
		"x := 1\ngo func() { x = 2 }()\ny, x := 1, 2\n_, _ = x, y":            "Cell [2]:4:1: %schedules cannot follow := that also assigns a shared variable",
		"go func() int { return 1 }()":                                        "Cell [2]:2:1: %schedules can follow a go statement only with a function without results",
		"var s = helper()\nfunc helper() int { return 1 }\n%schedules\n_ = s": "Cell [1]:1:5: s needs a type here, var s T = ...",
		"t := time.NewTimer(1)\nt.Reset(1)":                                   "Cell [2]:3:3: %schedules cannot follow time.Timer.Reset",
		"_ = (*time.Timer).Reset":                                             "Cell [2]:2:19: %schedules cannot follow time.Timer.Reset",
		"type box struct{ *time.Timer }\n%schedules\nbox{}.Reset(1)":          "Cell [2]:2:7: %schedules cannot follow time.Timer.Reset",
		"ctx := context.Background()\n_ = ctx.Value(1)":                       "Cell [2]:3:9: %schedules cannot follow context.Context.Value",
		"_, _ = context.Background().Deadline()":                              "Cell [2]:2:29: %schedules cannot follow context.Context.Deadline",
		"go panic(1)":                                                         "Cell [2]:2:1: %schedules can follow a go statement only with close, of all built-in functions: write go func() { ... }()",
		"m := map[int]int{}\ngo delete(m, 1)":                                 "Cell [2]:3:1: %schedules can follow a go statement only with close",
		"m := map[int]int{}\n_ = slices.Collect(maps.Keys(m))":                "Cell [2]:3:20: %schedules can follow package maps only in slices.Sorted(maps.Keys(m))",
		"_ = runtime.NumGoroutine()":                                          "Cell [2]:2:13: %schedules cannot follow runtime.NumGoroutine",
		"var s int\nfunc init() { s = os.Getpid() }\n%schedules\n_ = s":       "Cell [1]:2:22: %schedules cannot follow package os",
		"type Sem chan struct{}\nfunc (s Sem) Acquire() { s <- struct{}{} }\n%schedules\nvar s Sem\ns.Acquire()": "Cell [1]:1:6: %schedules cannot follow a channel type with a name of its own",
		"func send[C ~chan T, T any](c C, v T) { c <- v }\n%schedules\nc := make(chan int, 1)\nsend(c, 1)":       "Cell [1]:1:41: %schedules cannot follow a channel type with a name of its own, or a type parameter",
		"func all[C ~chan int](c C) { for range c { } }\n%schedules\nc := make(chan int, 1)\nall(c)":             "Cell [1]:1:40: %schedules cannot follow a channel type with a name of its own, or a type parameter",
		"x := undefined": "Cell [2]:2:6: undefined: undefined",
	} {
		text, problems := Program(compose(cell), "", packages)
		if len(problems) == 0 || !strings.HasPrefix(problems[0].Error(), want) {
			t.Errorf("%s\nwant %s, got %v\n%s", cell, want, problems, text)
		}
	}
}
