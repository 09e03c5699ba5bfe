package mergesort_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"multiprocessing/lib/workload/mergesort"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ExampleParallel() {
	words := strings.Fields("sort these words by their length keep equal ones in order")
	mergesort.Parallel(words, func(a, b string) int { return cmp.Compare(len(a), len(b)) }, 4)
	fmt.Println(words)
	// Output: [by in sort keep ones these words their equal order length]
}

func ExampleSorted() {
	numbers := []int{5, 2, 8, 1, 9, 3}
	left, right := numbers[:3], numbers[3:]
	var wg sync.WaitGroup
	wg.Go(func() { mergesort.Serial(left, cmp.Compare) })
	wg.Go(func() { mergesort.Serial(right, cmp.Compare) })
	wg.Wait()
	fmt.Println(mergesort.Sorted(left, right, cmp.Compare))
	// Output: [1 2 3 5 8 9]
}

// item has a key that others may share, and its place before sorting.
type item struct{ key, place int }

func byKey(a, b item) int { return cmp.Compare(a.key, b.key) }

func randomItems(r *rand.Rand, n, keys int) []item {
	items := make([]item, n)
	for i := range items {
		items[i] = item{r.IntN(keys), i}
	}
	return items
}

// check sorts in every way and compares with the standard library.
func check(t *testing.T, items []item) {
	t.Helper()
	want := slices.Clone(items)
	slices.SortStableFunc(want, byKey)
	got := slices.Clone(items)
	mergesort.Serial(got, byKey)
	if !slices.Equal(got, want) {
		t.Fatalf("Serial of %d items differs from slices.SortStableFunc", len(items))
	}
	for _, workers := range []int{1, 2, 3, 8, 64} {
		for _, cutoff := range []int{1, 2, 10, 4096} {
			got := slices.Clone(items)
			mergesort.Parallel(got, byKey, workers, mergesort.Cutoff(cutoff))
			if !slices.Equal(got, want) {
				t.Fatalf("%d items, %d workers, cutoff %d: differs from slices.SortStableFunc", len(items), workers, cutoff)
			}
		}
	}
}

func TestSortingEqualsTheStandardLibrarysStableSort(t *testing.T) {
	r := rand.New(rand.NewPCG(rand.Uint64(), 0))
	for _, n := range []int{0, 1, 2, 3, 12, 13, 100, 1000, 5000} {
		for _, keys := range []int{1, 2, 10, 1 << 30} {
			check(t, randomItems(r, n, keys))
		}
	}
}

func TestItemsInOrderOrInReverseAreSortedToo(t *testing.T) {
	items := make([]item, 3000)
	for i := range items {
		items[i] = item{i / 3, i}
	}
	check(t, items)
	slices.Reverse(items)
	check(t, items)
}

func FuzzSortingEqualsTheStandardLibrarysStableSort(f *testing.F) {
	f.Add([]byte("merge sort"), uint8(2))
	f.Add([]byte{}, uint8(1))
	f.Add([]byte(strings.Repeat("ab", 60)), uint8(7))
	f.Fuzz(func(t *testing.T, keys []byte, workers uint8) {
		items := make([]item, len(keys))
		for i, key := range keys {
			items[i] = item{int(key), i}
		}
		want, serial, parallel := slices.Clone(items), slices.Clone(items), slices.Clone(items)
		slices.SortStableFunc(want, byKey)
		mergesort.Serial(serial, byKey)
		mergesort.Parallel(parallel, byKey, 1+int(workers), mergesort.Cutoff(2))
		if !slices.Equal(serial, want) || !slices.Equal(parallel, want) {
			t.Errorf("%v: serial %v, parallel %v, want %v", items, serial, parallel, want)
		}
	})
}

func FuzzSortedMergesTwoSortedSlices(f *testing.F) {
	f.Add("ace", "bdf")
	f.Add("", "z")
	f.Fuzz(func(t *testing.T, a, b string) {
		left, right := []byte(a), []byte(b)
		slices.Sort(left)
		slices.Sort(right)
		want := append(slices.Clone(left), right...)
		slices.Sort(want)
		if got := mergesort.Sorted(left, right, cmp.Compare); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestThereAreNeverMoreGoroutinesThanWorkers(t *testing.T) {
	var now, most atomic.Int64
	compare := func(a, b item) int {
		most.Store(max(most.Load(), now.Add(1))) // may miss a maximum, never makes one up
		runtime.Gosched()
		defer now.Add(-1)
		return byKey(a, b)
	}
	for _, workers := range []int{1, 2, 3, 7} {
		most.Store(0)
		mergesort.Parallel(randomItems(rand.New(rand.NewPCG(1, 1)), 3000, 1000), compare, workers, mergesort.Cutoff(1))
		if got := most.Load(); got > int64(workers) {
			t.Errorf("%d workers: %d comparisons at once", workers, got)
		}
	}
}

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

func TestAPanicInCompareReachesTheCallerWithItsStack(t *testing.T) {
	for _, after := range []int64{1, 100, 9000, 15_000} {
		var calls atomic.Int64
		compare := func(a, b item) int {
			if calls.Add(1) == after {
				explode()
			}
			return byKey(a, b)
		}
		items := randomItems(rand.New(rand.NewPCG(1, 1)), 2000, 1000)
		value := mustPanic(t, func() { mergesort.Parallel(items, compare, 8, mergesort.Cutoff(1)) })
		p, ok := value.(*mergesort.Panic)
		if !ok || p.Value != "boom" || !strings.Contains(p.Stack, "explode") {
			t.Errorf("panic value is %v", value)
		}
	}
}

//go:noinline
func explode() { panic("boom") }

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	for want, misuse := range map[string]func(){
		"mergesort: Serial: compare must not be nil":                        func() { mergesort.Serial[int](nil, nil) },
		"mergesort: Sorted: compare must not be nil":                        func() { mergesort.Sorted[int](nil, nil, nil) },
		"mergesort: Parallel: compare must not be nil":                      func() { mergesort.Parallel[int](nil, nil, 1) },
		"mergesort: Parallel: workers must be at least 1, got 0":            func() { mergesort.Parallel(nil, byKey, 0) },
		"mergesort: Cutoff: the number of items must be at least 1, got -1": func() { mergesort.Cutoff(-1) },
	} {
		if got := mustPanic(t, misuse); got != want {
			t.Errorf("panic value is %v, want %q", got, want)
		}
	}
}

// One operation sorts 1,000,000 random integers.
func BenchmarkSort(b *testing.B) {
	random := make([]int, 1_000_000)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range random {
		random[i] = r.Int()
	}
	workers := runtime.GOMAXPROCS(0)
	for _, c := range []struct {
		name string
		sort func([]int)
	}{
		{"slices.SortStableFunc", func(items []int) { slices.SortStableFunc(items, cmp.Compare) }},
		{"Serial", func(items []int) { mergesort.Serial(items, cmp.Compare) }},
		{"Parallel", func(items []int) { mergesort.Parallel(items, cmp.Compare, workers) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			items := make([]int, len(random))
			for b.Loop() {
				copy(items, random)
				c.sort(items)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(items)), "ns/item")
		})
	}
}
