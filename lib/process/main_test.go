package process

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// parentMode, in the environment, makes the test program a parent to be
// killed by a test.
const parentMode = "PROCESS_TEST_PARENT"

// inTestMain is true where TestMain has run: in the pool's process only.
var inTestMain bool

func TestMain(m *testing.M) {
	inTestMain = true
	if mode := os.Getenv(parentMode); mode != "" {
		playParent(mode)
		return
	}
	goleak.VerifyTestMain(m)
}

type person struct {
	Name  string
	Marks []float64
}

type point struct { // unexported fields: travels as memory only
	x, y float64
	on   bool
}

var counter int // changed by countUp, in whichever process that runs

var (
	double    = Register("double", func(n int) int { return 2 * n })
	countUp   = Register("count up", func(by int) int { counter += by; return counter })
	sawMain   = Register("saw main", func(int) bool { return inTestMain })
	explodes  = Register("explodes", explode)
	leaves    = Register("leaves", func(status int) int { os.Exit(status); return 0 })
	goexits   = Register("goexits", func(int) int { runtime.Goexit(); return 0 })
	crashes   = Register("crashes", crash)
	mirrors   = Register("mirrors", func(p point) point { return point{p.y, p.x, !p.on} })
	averages  = Register("averages", average)
	lengths   = Register("lengths", func(s string) int { return len(s) })
	nothing   = Register("nothing", func(struct{}) struct{} { return struct{}{} })
	anything  = Register("anything", func(n int) any { return strange(n) })
	accepts   = Register("accepts", func(v any) string { return fmt.Sprint(v) })
	pointers  = Register("pointers", func(p *int) *int { n := *p + 1; return &n })
	prints    = Register("prints", print)
	variables = Register("variables", func(name string) bool { _, set := os.LookupEnv(name); return set })
	nests     = Register("nests", nest)
	gates     = Register("gates", passGate)
	naps      = Register("naps", func(d time.Duration) int { time.Sleep(d); return os.Getpid() })
)

func explode(n int) int {
	if n == 17 {
		panic(fmt.Sprintf("no %d", n))
	}
	return n
}

func crash(int) int {
	go func() { panic("in a goroutine") }()
	select {}
}

func average(p person) person {
	sum := 0.0
	for _, m := range p.Marks {
		sum += m
	}
	return person{strings.ToUpper(p.Name), []float64{sum / float64(len(p.Marks))}}
}

type unregistered struct{ N int }

func strange(n int) any {
	if n == 5 {
		return unregistered{n}
	}
	return n
}

func print(text string) int {
	fmt.Print(text)
	fmt.Fprint(os.Stderr, "error: "+text)
	return len(text)
}

// passGate says that it has begun, and returns when the gate is open.
func passGate(path string) string {
	open(path + ".begun")
	awaitFile(path)
	return path
}

func open(path string) {
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		panic(err)
	}
}

func awaitFile(path string) {
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// nest runs a Map in a pool of the worker's own.
func nest(n int) int {
	p, err := NewPool(context.Background(), 1)
	if err != nil {
		panic(err)
	}
	defer p.Close()
	got, err := Map(context.Background(), p, []int{n}, double)
	if err != nil {
		panic(err)
	}
	return got[0]
}

// mustPool makes a pool, and closes it after the test.
func mustPool(t testing.TB, workers int) *Pool {
	t.Helper()
	if err := supported(); err != nil {
		t.Skip(err)
	}
	p, err := NewPool(t.Context(), workers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func mustMap[T, R any](t testing.TB, p *Pool, items []T, task *Task[T, R], opts ...Option) []R {
	t.Helper()
	results, err := Map(t.Context(), p, items, task, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// mustPanic returns what f panicked with.
func mustPanic(t *testing.T, f func()) (value any) {
	t.Helper()
	defer func() {
		if value = recover(); value == nil {
			t.Error("did not panic")
		}
	}()
	f()
	return nil
}

// workers returns the workers of a pool that is not in use.
func workers(p *Pool) (all []*worker) {
	for _, s := range p.slots.unused {
		all = append(all, s.worker)
	}
	return all
}

func upTo(n int) []int {
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	return items
}

func wantDoubles(t *testing.T, got []int, n int) {
	t.Helper()
	for i := range n {
		if len(got) != n || got[i] != 2*i {
			t.Fatalf("got %v for %d items", got, n)
		}
	}
}
