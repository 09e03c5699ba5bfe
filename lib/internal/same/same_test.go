// Package same tests that every mechanism gives the answers of package
// serial, in the same order, on inputs that are made up anew in each run.
package same

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"multiprocessing/lib/cluster"
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
	cluster map[string]*cluster.Cluster
}

func start(t *testing.T, workers int) mechanisms {
	m := mechanisms{pool: pool.New(workers), cluster: map[string]*cluster.Cluster{}}
	t.Cleanup(m.pool.Close)
	m.open(t, "cluster of goroutines", cluster.Config{Workers: workers})
	p, err := process.NewPool(t.Context(), workers)
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
	m.open(t, "cluster of processes", cluster.Config{Processes: workers})
	return m
}

func (m mechanisms) open(t *testing.T, name string, config cluster.Config) {
	c, err := cluster.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	m.cluster[name] = c
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
	interval := time.Duration(1 + rand.IntN(1e6))
	same("goroutine", goroutine.Map(items, f))
	same(fmt.Sprint("goroutine with a lock for ", interval), goroutine.WithGIL(interval, items, func(item T, gil *goroutine.GIL) R {
		gil.Check()
		return f(item)
	}))
	for how, got := range poolForms(t, m.pool, items, f, nil) {
		same("pool: "+how, got)
	}
	for how, got := range poolForms(t, m.pool, items, f, []pool.Option{pool.Chunk(chunk)}) {
		same(fmt.Sprintf("pool with chunks of %d: %s", chunk, how), got)
	}
	for mechanism, c := range m.cluster {
		same(mechanism, mustMap(t, c, items, task))
		same(fmt.Sprintf("%s with chunks of %d", mechanism, chunk), mustMap(t, c, items, task, cluster.ChunkSize(chunk)))
	}
	if m.process == nil {
		return
	}
	for how, got := range processForms(t, m.process, items, task, nil) {
		same("process: "+how, got)
	}
	for how, got := range processForms(t, m.process, items, task, []process.Option{process.Chunk(chunk)}) {
		same(fmt.Sprintf("process with chunks of %d: %s", chunk, how), got)
	}
}

func mustMap[T, R any](t *testing.T, c *cluster.Cluster, items []T, task *process.Task[T, R], opts ...cluster.Option) []R {
	t.Helper()
	got, err := cluster.Map(t.Context(), c, items, task, opts...)
	if err != nil {
		t.Error(err)
	}
	return got
}

// poolForms gives the results of every form of Map that package pool has.
func poolForms[T, R any](t *testing.T, p *pool.Pool, items []T, f func(T) R, opts []pool.Option) map[string][]R {
	t.Helper()
	ctx := context.Background()
	async, err := pool.MapAsync(p, items, f, opts...).Get(ctx)
	if err != nil {
		t.Error(err)
	}
	careful, err := pool.MapErr(ctx, p, items, func(_ context.Context, item T) (R, error) { return f(item), nil }, opts...)
	if err != nil {
		t.Error(err)
	}
	pairs, one := make([]pool.Args[int, T], len(items)), make([]R, len(items))
	later, unordered := make([]*pool.AsyncResult[R], len(items)), make([]R, len(items))
	for i, item := range items {
		pairs[i] = pool.Args[int, T]{A: i, B: item}
		later[i] = pool.ApplyAsync(p, item, f)
	}
	for i := range items {
		if one[i], err = later[i].Get(ctx); err != nil {
			t.Error(err)
		}
	}
	for i, r := range pool.ImapUnordered(p, slices.Values(items), f, opts...) {
		unordered[i] = r
	}
	return map[string][]R{
		"Map":           pool.Map(p, items, f, opts...),
		"MapAsync":      async,
		"MapErr":        careful,
		"Starmap":       pool.Starmap(p, pairs, func(_ int, item T) R { return f(item) }, opts...),
		"ApplyAsync":    one,
		"Imap":          slices.AppendSeq([]R{}, pool.Imap(p, slices.Values(items), f, opts...)),
		"ImapUnordered": unordered,
	}
}

// processForms gives the results of every form of Map that package process
// has.
func processForms[T, R any](t *testing.T, p *process.Pool, items []T, task *process.Task[T, R], opts []process.Option) map[string][]R {
	t.Helper()
	mapped, err := process.Map(t.Context(), p, items, task, opts...)
	if err != nil {
		t.Error(err)
	}
	async, err := process.MapAsync(t.Context(), p, items, task, opts...).Get(context.Background())
	if err != nil {
		t.Error(err)
	}
	one := make([]R, len(items))
	for i, item := range items[:min(20, len(items))] {
		if one[i], err = process.Apply(t.Context(), p, item, task); err != nil {
			t.Error(err)
		}
		if later, err := process.ApplyAsync(t.Context(), p, item, task).Get(t.Context()); err != nil || !reflect.DeepEqual(later, one[i]) {
			t.Errorf("ApplyAsync gives %v, %v", later, err)
		}
	}
	copy(one[min(20, len(items)):], mapped[min(20, len(items)):])
	streamed, unordered := []R{}, make([]R, len(items))
	for r, err := range process.Imap(t.Context(), p, slices.Values(items), task, opts...) {
		if err != nil {
			t.Error(err)
		}
		streamed = append(streamed, r)
	}
	for r, err := range process.ImapUnordered(t.Context(), p, slices.Values(items), task, opts...) {
		if err != nil {
			t.Fatal(err)
		}
		unordered[r.Item] = r.Result
	}
	return map[string][]R{"Map": mapped, "MapAsync": async, "Apply": one, "Imap": streamed, "ImapUnordered": unordered}
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

var powerTask = process.Register("power", process.Unwrap(math.Pow))

func TestStarmapAndProcessGiveTheAnswersOfSerial(t *testing.T) {
	m := start(t, 3)
	r := rand.New(rand.NewPCG(rand.Uint64(), 0))
	items := generate(r, 100, func(r *rand.Rand) pool.Args[float64, float64] {
		return pool.Args[float64, float64]{A: 10 * r.Float64(), B: r.NormFloat64()}
	})
	want := serial.Map(items, process.Unwrap(math.Pow))
	if got := pool.Starmap(m.pool, items, math.Pow); !slices.Equal(got, want) {
		t.Errorf("pool gives %v for %v, want %v", got, items, want)
	}
	if m.process == nil {
		return
	}
	if got, err := process.Starmap(t.Context(), m.process, items, powerTask); err != nil || !slices.Equal(got, want) {
		t.Errorf("process gives %v, %v for %v, want %v", got, err, items, want)
	}
	one := process.New(powerTask, items[0])
	if err := one.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := one.Join(t.Context()); err != nil || got != want[0] {
		t.Errorf("a Process gives %v, %v for %v, want %v", got, err, items[0], want[0])
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
