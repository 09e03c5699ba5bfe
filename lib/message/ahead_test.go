package message

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// another returns q as one more process would have it.
func another[T any](t testing.TB, q *Queue[T]) *Queue[T] {
	t.Helper()
	here := travel(t, q).at.(*client)
	return &Queue[T]{at: newClient(here.where, here.codecs)}
}

func TestRoomThatAnotherProcessDoesNotUseIsThereForAll(t *testing.T) {
	q := NewQueue[int](8)
	defer q.Discard()
	far, farther := another(t, q), another(t, q)
	must(t, far.Put(0)) // and is promised room for more
	for i := 1; i < 7; i++ {
		must(t, q.Put(i))
	}
	must(t, farther.Put(7))
	for _, side := range []*Queue[int]{q, far, farther} {
		wantError(t, side.TryPut(8), ErrFull)
		ctx, cancel := soon()
		defer cancel()
		wantError(t, side.PutContext(ctx, 8), context.DeadlineExceeded)
	}
	for want := range 8 {
		if v, err := q.TryGet(); v != want || err != nil {
			t.Error(v, err)
		}
	}
	must(t, far.TryPut(9))
}

func TestItemsSentAheadAreThereForAll(t *testing.T) {
	q := NewQueue[int](64)
	defer q.Discard()
	far, farther := another(t, q), another(t, q)
	for i := range 64 {
		must(t, q.Put(i))
	}
	for want := 0; want < 63; {
		for range 7 {
			if v, err := far.Get(); v != want || err != nil {
				t.Fatal(v, err)
			}
			want++
		}
		if n := q.Len(); n != 64-want {
			t.Errorf("%d items are in it, want %d", n, 64-want)
		}
		for _, get := range []func() (int, error){q.Get, farther.Get} {
			if v, err := get(); v != want || err != nil {
				t.Fatal(v, err)
			}
			want++
		}
	}
}

func TestAProcessThatStopsOrDiesKeepsNoItemsSentAhead(t *testing.T) {
	for what, end := range map[string]func(*child) error{
		"stays":   func(*child) error { return nil },
		"stopped": func(c *child) error { return stop(c.Process) },
		"killed":  func(c *child) error { c.kill(); return nil },
	} {
		q := NewQueue[int](32)
		defer q.Discard()
		for i := range 32 {
			must(t, q.Put(i))
		}
		c := start(t, "get six and stay", q)
		for range 6 {
			c.line(t)
		}
		must(t, end(c))
		must(t, q.Close())
		want := 6
		for v := range q.All() {
			if v != want {
				t.Errorf("%s: got %d, want %d", what, v, want)
			}
			want++
		}
		if want != 32 {
			t.Errorf("%s: the last is %d", what, want-1)
		}
	}
}

func TestItemsSentAheadTakeUpRoom(t *testing.T) {
	q := NewQueue[int](16)
	defer q.Discard()
	far := another(t, q)
	for next, got := 0, 0; got < 100; got++ {
		for ; q.TryPut(next) == nil; next++ {
		}
		if next-got != 16 {
			t.Fatalf("%d items were put and %d received", next, got)
		}
		if v, err := far.Get(); v != got || err != nil {
			t.Fatal(v, err)
		}
	}
}

func TestAPutThatWaitsHearsOfItemsReceivedElsewhere(t *testing.T) {
	const capacity, puts = 16, 60
	q := NewQueue[int](capacity)
	defer q.Discard()
	far := another(t, q)
	var done atomic.Int64
	for i := range puts {
		go func() {
			if q.Put(i) == nil {
				done.Add(1)
			}
		}()
	}
	for received := range puts {
		want := int64(min(received+capacity, puts))
		await(t, "each item received makes room", func() bool { return done.Load() >= want })
		time.Sleep(100 * time.Microsecond)
		if n := done.Load(); n > want {
			t.Fatalf("%d items were put and %d received", n, received)
		}
		if _, err := far.Get(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheEndComesWhenTheLastItemSentAheadIsReceived(t *testing.T) {
	for _, items := range []int{15, 16, 20} { // the last ends a batch, begins one, or is in it
		q := NewQueue[int](20)
		defer q.Discard()
		far := another(t, q)
		for i := range items {
			must(t, q.Put(i))
		}
		for want := range items {
			if want == 12 {
				must(t, q.Close())
			}
			if v, err := far.Get(); v != want || err != nil {
				t.Fatal(v, err)
			}
		}
		await(t, "the socket is gone", func() bool { return !hasSocket(q) })
	}
}

func TestCloseRefusesAtOnceWhatWasPromised(t *testing.T) {
	for range 20 {
		q := NewQueue[int](64)
		far := another(t, q)
		must(t, far.Put(0))
		done := make(chan int)
		go func() {
			n := 1
			for far.Put(n) == nil {
				n++
			}
			done <- n
		}()
		time.Sleep(20 * time.Microsecond)
		must(t, q.Close())
		err := far.Put(-1)
		wantError(t, err, ErrClosed)
		n := 0
		for v := range q.All() {
			if v != n {
				t.Errorf("got %d, want %d", v, n)
			}
			n++
		}
		if put := <-done; put != n {
			t.Errorf("%d items were put, %d came", put, n)
		}
	}
}

// In one goroutine a queue must do what a slice does, whichever process it
// is used from.
func TestAQueueInManyProcessesIsASlice(t *testing.T) {
	for range 20 {
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, 0))
		capacity := 1 + random.IntN(40)
		q := NewQueue[int](capacity)
		sides := []*Queue[int]{q, another(t, q), another(t, q)}
		var want []int
		for i := range 2000 {
			side := sides[random.IntN(3)]
			switch random.IntN(6) {
			case 0, 1:
				if len(want) < capacity {
					must(t, side.Put(i))
					want = append(want, i)
				}
				q.Len() // what two others put, arrives in any order
			case 2:
				err := side.TryPut(i)
				if len(want) < capacity {
					must(t, err)
					want = append(want, i)
				} else {
					wantError(t, err, ErrFull)
				}
			case 3, 4:
				get := side.TryGet
				if len(want) > 0 && random.IntN(4) > 0 {
					get = side.Get
				}
				if v, err := get(); len(want) == 0 {
					wantError(t, err, ErrEmpty)
				} else if err != nil || v != want[0] {
					t.Fatalf("got %d, %v, want %d; seed %d, step %d", v, err, want[0], seed, i)
				} else {
					want = want[1:]
				}
			case 5:
				if n := side.Len(); n != len(want) {
					t.Fatalf("%d items are in it, want %d; seed %d, step %d", n, len(want), seed, i)
				}
			}
		}
		must(t, q.Discard())
	}
}

// All at once: many goroutines put, get, and time out.
func TestNothingIsLostOrDoubledBetweenMany(t *testing.T) {
	for _, capacity := range []int{1, 2, 5, 100} {
		q := NewQueue[int](capacity)
		const processes, items = 3, 400
		var putting, getting sync.WaitGroup
		var mu sync.Mutex
		seen := map[int]int{}
		for p := range processes + 1 {
			side := q
			if p > 0 {
				side = another(t, q)
			}
			putting.Go(func() {
				for i := 0; i < items; {
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(300))*time.Microsecond)
					err := side.PutContext(ctx, p*items+i)
					cancel()
					if err == nil {
						i++
					} else if !errors.Is(err, context.DeadlineExceeded) {
						t.Error(err)
						return
					}
				}
			})
			getting.Go(func() {
				last := map[int]int{}
				for {
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(300))*time.Microsecond)
					v, err := side.GetContext(ctx)
					cancel()
					if errors.Is(err, context.DeadlineExceeded) {
						continue
					}
					if err != nil {
						wantError(t, err, ErrClosed)
						return
					}
					if from := v / items; v < last[from] {
						t.Errorf("item %d of one process comes after %d", v, last[from])
					} else {
						last[from] = v
					}
					mu.Lock()
					seen[v]++
					mu.Unlock()
				}
			})
		}
		putting.Wait()
		must(t, q.Close())
		getting.Wait()
		for i := range (processes + 1) * items {
			if seen[i] != 1 {
				t.Errorf("capacity %d: item %d came %d times", capacity, i, seen[i])
			}
		}
	}
}
