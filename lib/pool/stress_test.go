package pool_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"multiprocessing/lib/pool"
)

// nest is a random call of a random pool, in whose tasks are such calls.
type nest struct {
	pool  *limited
	form  form
	start func(f func()) // runs the call; nil: the task itself does
	items int
	inner []*nest // one of them for each item
}

func randomNest(r *rand.Rand, pools []*limited, starts []func(f func()), depth int) *nest {
	names := slices.Sorted(maps.Keys(waiting()))
	n := &nest{pool: pools[r.IntN(len(pools))], form: forms[names[r.IntN(len(names))]], items: 1 + r.IntN(4)}
	if r.IntN(4) == 0 {
		n.start = starts[r.IntN(len(starts))]
	}
	if depth > 0 {
		for range r.IntN(4) {
			n.inner = append(n.inner, randomNest(r, pools, starts, depth-1))
		}
	}
	return n
}

// run returns the number of tasks in n.
func (n *nest) run() (tasks int) {
	call := func() {
		for _, r := range n.form(n.pool.Pool, upTo(n.items), func(i int) int {
			tasks := 1 + n.pool.compute(0)
			if len(n.inner) > 0 {
				tasks += n.inner[i%len(n.inner)].run()
			}
			return tasks + n.pool.compute(0)
		}) {
			tasks += r
		}
	}
	if n.start == nil {
		call()
		return tasks
	}
	n.start(call)
	return tasks
}

// count is run without a pool.
func (n *nest) count() (tasks int) {
	for i := range n.items {
		tasks++
		if len(n.inner) > 0 {
			tasks += n.inner[i%len(n.inner)].count()
		}
	}
	return tasks
}

// stress has several goroutines run random nests on a few small pools. It
// returns how many calls panicked.
func stress(t *testing.T, seed uint64, starts []func(f func())) (panics int) {
	mustEnd(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(seed, 0))
		var pools []*limited
		for range 1 + r.IntN(4) {
			pools = append(pools, newLimited(t, 1+r.IntN(3)))
		}
		var mu sync.Mutex
		var callers sync.WaitGroup
		for range 1 + r.IntN(6) {
			n := randomNest(r, pools, starts, 1+r.IntN(4))
			callers.Go(func() {
				got := 0
				message := misuse(t, func() { got = n.run() })
				if want := n.count(); message == "" && got != want {
					t.Errorf("seed %d: %d tasks ran, want %d", seed, got, want)
				}
				if message != "" {
					mu.Lock()
					defer mu.Unlock()
					panics++
				}
			})
		}
		callers.Wait()
		synctest.Wait()           // jobs of MapAsync whose caller has panicked
		for _, p := range pools { // no slot is lost
			var all sync.WaitGroup
			all.Add(int(p.size))
			pool.Map(p.Pool, upTo(int(p.size)), func(int) int { all.Done(); all.Wait(); return 0 }, pool.Chunk(1))
		}
	})
	return panics
}

func sorted(ways map[string]func(f func())) (sorted []func(f func())) {
	for _, how := range slices.Sorted(maps.Keys(ways)) {
		sorted = append(sorted, ways[how])
	}
	return sorted
}

func TestRandomNestsOfTasksGiveTheirResults(t *testing.T) {
	for seed := range uint64(150) {
		if panics := stress(t, seed, sorted(relabel)); panics > 0 {
			t.Errorf("seed %d: %d calls panicked", seed, panics)
		}
		if t.Failed() {
			return
		}
	}
}

func TestRandomNestsOfTasksAndGoroutinesGiveTheirResultsOrPanic(t *testing.T) {
	panics := 0
	for seed := range uint64(150) {
		panics += stress(t, seed, sorted(beside))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if panics == 0 {
		t.Error("no call was refused")
	}
}
