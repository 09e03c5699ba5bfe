package sharedmem

import (
	"math"
	"sync"
	"testing"
)

// adder is what all numbers have in common.
type adder[T Number] interface {
	Add(T) T
	Load() T
}

// onCell adds to a cell and loads the sum.
type onCell[T Number] struct {
	add  func(T) T
	load func() T
}

func (o onCell[T]) Add(v T) T { return o.add(v) }
func (o onCell[T]) Load() T   { return o.load() }

// mechanisms are all right ways to share a number of type T, as each of so
// many workers sees it.
func mechanisms[T Number](t *testing.T, workers int) map[string]func(worker int) adder[T] {
	sharded, packed := NewSharded[T](workers), NewPacked[T](workers)
	locked, atomic := new(Locked[T]), new(Atomic[T])
	all := map[string]func(int) adder[T]{
		"Locked":  func(int) adder[T] { return locked },
		"Atomic":  func(int) adder[T] { return atomic },
		"Sharded": func(w int) adder[T] { return onCell[T]{sharded.Cell(w).Add, sharded.Load} },
		"Packed":  func(w int) adder[T] { return onCell[T]{packed.Cell(w).Add, packed.Load} },
	}
	if v, err := NewValue[T](0); err == nil {
		t.Cleanup(func() { v.Close() })
		a := mustArray[T](t, 5)
		all["Value"] = func(int) adder[T] { return v }
		all["Array"] = func(int) adder[T] {
			return onCell[T]{func(d T) T { return a.Add(3, d) }, func() T { return a.Load(3) }}
		}
	}
	return all
}

func sameAsSerial[T Number](t *testing.T) {
	t.Helper()
	const workers, each = 6, 2000
	var want T
	for range workers {
		for i := range each {
			want += T(i % 7) // exact in every type
			want -= T(3)
		}
	}
	for name, of := range mechanisms[T](t, workers) {
		var wg sync.WaitGroup
		for w := range workers {
			wg.Go(func() {
				n := of(w)
				for i := range each {
					n.Add(T(i % 7))
					three := T(3)
					n.Add(-three)
				}
			})
		}
		wg.Wait()
		if got := of(0).Load(); got != want {
			t.Errorf("%s of %T is %v, want %v", name, want, got, want)
		}
	}
}

type celsius float32

func TestEveryMechanismGivesTheSerialSumInEveryType(t *testing.T) {
	sameAsSerial[int](t)
	sameAsSerial[int32](t)
	sameAsSerial[int64](t)
	sameAsSerial[uint](t)
	sameAsSerial[uint32](t)
	sameAsSerial[uint64](t)
	sameAsSerial[float32](t)
	sameAsSerial[float64](t)
	sameAsSerial[celsius](t)
}

func TestAddReturnsTheSum(t *testing.T) {
	for name, of := range mechanisms[int32](t, 1) {
		n := of(0)
		if a, b := n.Add(5), n.Add(-7); a != 5 || b != -2 {
			t.Errorf("%s: %d, %d", name, a, b)
		}
	}
}

func TestIntegersWrapAroundAsInGo(t *testing.T) {
	for name, of := range mechanisms[int32](t, 1) {
		n := of(0)
		n.Add(math.MaxInt32)
		n.Add(1)
		if got := n.Load(); got != math.MinInt32 {
			t.Errorf("%s: %d", name, got)
		}
	}
}

// updater is a number that changes in more ways than Add.
type updater interface {
	Load() float64
	Store(float64)
	Update(func(float64) float64) float64
}

func TestUpdateLosesNoChange(t *testing.T) {
	for _, n := range []updater{new(Locked[float64]), new(Atomic[float64])} {
		n.Store(1)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { n.Update(func(v float64) float64 { return 2 * v }) })
		}
		wg.Wait()
		if got := n.Load(); got != 1<<20 {
			t.Errorf("%T is %v", n, got)
		}
	}
}

func FuzzNumbersKeepTheirBits(f *testing.F) {
	f.Add(int64(-1), uint64(1), 1.5, float32(math.Copysign(0, -1)))
	f.Add(int64(math.MinInt64), uint64(math.MaxUint64), math.NaN(), float32(math.Inf(-1)))
	f.Fuzz(func(t *testing.T, i int64, u uint64, d float64, s float32) {
		keeps(t, i)
		keeps(t, int32(i))
		keeps(t, u)
		keeps(t, uint32(u))
		keeps(t, d)
		keeps(t, s)
	})
}

func keeps[T Number](t *testing.T, v T) {
	t.Helper()
	same := func(a, b T) bool { return a == b || a != a && b != b }
	if got := fromBits[T](toBits(v)); !same(got, v) {
		t.Errorf("%T %v became %v", v, v, got)
	}
	var at T
	storeAt(&at, v)
	if got := loadAt(&at); rawBits(got) != rawBits(v) {
		t.Errorf("%T %v became %v", v, v, got)
	}
	if !swapAt(&at, v, 1) || loadAt(&at) != 1 {
		t.Errorf("%T %v cannot be replaced", v, v)
	}
	if sum, want := addAt(&at, v), 1+v; !same(sum, want) {
		t.Errorf("1 + %v is %v", v, sum)
	}
}
