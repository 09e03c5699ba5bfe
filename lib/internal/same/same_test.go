// Package same tests that every mechanism gives the answers of package
// serial, in the same order, on inputs that are made up anew in each run.
package same

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/pool"
	"multiprocessing/lib/primes"
	"multiprocessing/lib/process"
	"multiprocessing/lib/serial"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// order is a struct as a reader might write it.
type order struct {
	ID    int
	Names []string
	Price map[string]float64
}

// pair travels between processes as memory, for it has no pointers.
type pair struct {
	a int32
	b float64
	c bool
}

func nth(n int) int { return primes.Nth(n%500 + 1) }

func collatz(n uint32) (steps uint16) { // a few steps or hundreds: unequal tasks
	for v := uint64(n) + 1; v != 1; steps++ {
		if v%2 == 0 {
			v /= 2
		} else {
			v = 3*v + 1
		}
	}
	return steps
}

func reverse(s string) string {
	runes := []rune(s)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes)
}

func total(o order) string {
	sum := 0.0
	for _, name := range o.Names {
		sum += o.Price[name]
	}
	return fmt.Sprintf("%d: %.2f", o.ID, sum)
}

func expand(n int) order {
	n %= 20
	o := order{ID: n, Price: map[string]float64{"": float64(n)}}
	for i := range n {
		o.Names = append(o.Names, strings.Repeat("x", i))
	}
	return o
}

func swap(p pair) pair { return pair{int32(p.b), float64(p.a), !p.c} }

var (
	nthTask     = process.Register("nth", nth)
	collatzTask = process.Register("collatz", collatz)
	reverseTask = process.Register("reverse", reverse)
	totalTask   = process.Register("total", total)
	expandTask  = process.Register("expand", expand)
	swapTask    = process.Register("swap", swap)
)

// mechanisms holds what runs the same work in different ways.
type mechanisms struct {
	pool    *pool.Pool
	process *process.Pool // nil where the operating system cannot
}

func start(t *testing.T, workers int) mechanisms {
	m := mechanisms{pool: pool.New(workers)}
	t.Cleanup(m.pool.Close)
	p, err := process.NewPool(workers)
	if err != nil && strings.Contains(err.Error(), "not supported") {
		return m
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	m.process = p
	return m
}

// check runs f on items in every way, with chunks chosen and given.
func check[T, R any](t *testing.T, m mechanisms, items []T, f func(T) R, task *process.Task[T, R]) {
	t.Helper()
	want := serial.Map(items, f)
	same := func(mechanism string, got []R) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s gives %v for %v, want %v", mechanism, got, items, want)
		}
	}
	chunk := 1 + rand.IntN(len(items)+3)
	same("goroutine", goroutine.Map(items, f))
	same("pool", pool.Map(m.pool, items, f))
	same(fmt.Sprint("pool with chunks of ", chunk), pool.Map(m.pool, items, f, pool.Chunk(chunk)))
	if m.process == nil {
		return
	}
	got, err := process.Map(m.process, items, task)
	if err != nil {
		t.Error(err)
	}
	same("process", got)
	if got, err = process.Map(m.process, items, task, process.Chunk(chunk)); err != nil {
		t.Error(err)
	}
	same(fmt.Sprint("process with chunks of ", chunk), got)
}

func generate[T any](r *rand.Rand, n int, one func(*rand.Rand) T) []T {
	items := make([]T, n)
	for i := range items {
		items[i] = one(r)
	}
	return items
}

func aNumber(r *rand.Rand) int { return r.IntN(1 << r.IntN(20)) }

func aWord(r *rand.Rand) string {
	return string(generate(r, r.IntN(12), func(r *rand.Rand) rune { return 'a' + rune(r.IntN(400)) }))
}

func anOrder(r *rand.Rand) order {
	o := order{ID: aNumber(r), Names: generate(r, 1+r.IntN(4), aWord), Price: map[string]float64{}}
	for _, name := range o.Names {
		o.Price[name] = r.Float64() * 100
	}
	return o
}

func aPair(r *rand.Rand) pair { return pair{r.Int32(), float64(r.Int32()), r.IntN(2) == 0} }

// checkAll compares every type of task on n items.
func checkAll(t *testing.T, m mechanisms, r *rand.Rand, n int) {
	t.Helper()
	check(t, m, generate(r, n, aNumber), nth, nthTask)
	check(t, m, generate(r, n, (*rand.Rand).Uint32), collatz, collatzTask)
	check(t, m, generate(r, n, aWord), reverse, reverseTask)
	check(t, m, generate(r, n, anOrder), total, totalTask)
	check(t, m, generate(r, n, aNumber), expand, expandTask)
	check(t, m, generate(r, n, aPair), swap, swapTask)
}

func TestEveryMechanismGivesTheAnswersOfSerial(t *testing.T) {
	for _, workers := range []int{1, 2, 5} {
		m := start(t, workers)
		for _, n := range []int{0, 1, 2, 3, 17, 400} { // fewer items than workers, too
			seed := rand.Uint64()
			t.Run(fmt.Sprintf("%d workers %d items seed %d", workers, n, seed), func(t *testing.T) {
				checkAll(t, m, rand.New(rand.NewPCG(seed, 0)), n)
			})
		}
	}
}

func TestEveryMechanismGivesTheDecksAnswers(t *testing.T) {
	m := start(t, 4)
	check(t, m, []int{499, 498, 497, 0}, nth, nthTask)
	if got := pool.Map(m.pool, []int{20000, 20001, 20002, 20003}, primes.NthCountingOne); !reflect.DeepEqual(got, []int{224729, 224737, 224743, 224759}) {
		t.Errorf("slide 10 has another answer than %v", got)
	}
}

func FuzzEveryMechanismGivesTheAnswersOfSerial(f *testing.F) {
	f.Add(uint64(1), uint8(0))
	f.Add(uint64(2), uint8(1))
	f.Add(uint64(3), uint8(100))
	f.Fuzz(func(t *testing.T, seed uint64, n uint8) {
		r := rand.New(rand.NewPCG(seed, 0))
		checkAll(t, start(t, 1+r.IntN(4)), r, int(n))
	})
}
