package message

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

// sides runs a test on a queue in its own process, and as others have it.
func sides[T any](t *testing.T, capacity int, test func(t *testing.T, q *Queue[T])) {
	t.Helper()
	t.Run("own", func(t *testing.T) {
		q := NewQueue[T](capacity)
		defer q.Discard()
		test(t, q)
	})
	t.Run("through the socket", func(t *testing.T) {
		q := NewQueue[T](capacity)
		defer q.Discard()
		test(t, travel(t, q))
	})
}

func TestItemsComeOutInTheOrderInWhichTheyWentIn(t *testing.T) {
	sides(t, 100, func(t *testing.T, q *Queue[string]) {
		for i := range 100 {
			must(t, q.Put(fmt.Sprint(i)))
		}
		if q.Len() != 100 {
			t.Errorf("%d items are in it", q.Len())
		}
		must(t, q.Close())
		i := 0
		for v := range q.All() {
			if v != fmt.Sprint(i) {
				t.Fatalf("item %d is %s", i, v)
			}
			i++
		}
		if i != 100 {
			t.Errorf("%d items came out", i)
		}
	})
}

func TestManyProducersAndConsumersGiveTheSerialSum(t *testing.T) {
	sides(t, 3, func(t *testing.T, q *Queue[int]) {
		const producers, consumers, items = 5, 7, 300
		var putting, getting sync.WaitGroup
		var mu sync.Mutex
		sum, count := 0, 0
		for p := range producers {
			putting.Go(func() {
				for i := range items {
					if err := q.Put(p*items + i); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range consumers {
			getting.Go(func() {
				for v := range q.All() {
					mu.Lock()
					sum, count = sum+v, count+1
					mu.Unlock()
				}
			})
		}
		putting.Wait()
		must(t, q.Close())
		getting.Wait()
		n := producers * items
		if sum != n*(n-1)/2 || count != n {
			t.Errorf("%d items with the sum %d, want %d and %d", count, sum, n, n*(n-1)/2)
		}
	})
}

func TestAPutWaitsForRoomAndAGetForAnItem(t *testing.T) {
	sides(t, 1, func(t *testing.T, q *Queue[int]) {
		must(t, q.Put(1))
		wantError(t, q.TryPut(2), ErrFull)
		ctx, cancel := soon()
		defer cancel()
		wantError(t, q.PutContext(ctx, 2), context.DeadlineExceeded)
		if v, err := q.TryGet(); v != 1 || err != nil {
			t.Error(v, err)
		}
		_, err := q.TryGet()
		wantError(t, err, ErrEmpty)
		ctx, cancel = soon()
		defer cancel()
		_, err = q.GetContext(ctx)
		wantError(t, err, context.DeadlineExceeded)

		got := make(chan int)
		go func() { v, _ := q.Get(); got <- v }()
		must(t, q.Put(3))
		if v := <-got; v != 3 {
			t.Errorf("got %d", v)
		}
	})
}

func TestNotNowDiffersFromNeverAgain(t *testing.T) {
	sides(t, 1, func(t *testing.T, q *Queue[int]) {
		_, err := q.TryGet()
		wantError(t, err, ErrEmpty)
		must(t, q.TryPut(1))
		wantError(t, q.TryPut(2), ErrFull)
		must(t, q.Close())
		wantError(t, q.TryPut(2), ErrClosed)
		if v, err := q.TryGet(); v != 1 || err != nil {
			t.Error(v, err)
		}
		for range 2 {
			_, err = q.TryGet()
			wantError(t, err, ErrClosed)
		}
	})
}

func TestAnEndedContextPutsAndTakesNothing(t *testing.T) {
	sides(t, 2, func(t *testing.T, q *Queue[int]) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		wantError(t, q.PutContext(ctx, 1), context.Canceled)
		must(t, q.Put(2))
		_, err := q.GetContext(ctx)
		wantError(t, err, context.Canceled)
		if v, err := q.TryGet(); v != 2 || err != nil {
			t.Error(v, err)
		}
	})
}

func TestAQueueThatWaitedInVainWorksOn(t *testing.T) {
	sides(t, 1, func(t *testing.T, q *Queue[int]) {
		for i := range 20 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i)*50*time.Microsecond)
			if _, err := q.GetContext(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			cancel()
			must(t, q.Put(i))
			if v, err := q.Get(); v != i || err != nil {
				t.Fatal(v, err)
			}
		}
	})
}

func TestNoItemIsLostOrDoubledWhenGetsAndPutsGiveUp(t *testing.T) {
	sides(t, 1, func(t *testing.T, q *Queue[int]) {
		const items = 200
		seen := make([]int, items)
		var getting sync.WaitGroup
		var mu sync.Mutex
		for range 3 {
			getting.Go(func() {
				for {
					ctx, cancel := context.WithTimeout(context.Background(), 100*time.Microsecond)
					v, err := q.GetContext(ctx)
					cancel()
					if err == nil {
						mu.Lock()
						seen[v]++
						mu.Unlock()
					} else if !errors.Is(err, context.DeadlineExceeded) {
						return
					}
				}
			})
		}
		for i := 0; i < items; {
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Microsecond)
			if err := q.PutContext(ctx, i); err == nil {
				i++
			} else if !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			cancel()
		}
		must(t, q.Close())
		getting.Wait()
		for i, n := range seen {
			if n != 1 {
				t.Errorf("item %d came %d times", i, n)
			}
		}
	})
}

func TestALoopThatLeavesEarlyTakesNoMore(t *testing.T) {
	sides(t, 5, func(t *testing.T, q *Queue[int]) {
		for i := range 5 {
			must(t, q.Put(i))
		}
		for range q.All() {
			break
		}
		if v, err := q.Get(); v != 1 || err != nil {
			t.Error(v, err)
		}
	})
}

type order struct {
	ID    int
	Names []string
	Next  *order
}

func TestEveryKindOfValueArrivesAsItWas(t *testing.T) {
	sides(t, 1, func(t *testing.T, q *Queue[*order]) {
		for _, v := range []*order{{1, []string{"a", "b"}, &order{ID: 2}}, nil, {}, {ID: 3}} {
			must(t, q.Put(v))
			if got, err := q.Get(); err != nil || !reflect.DeepEqual(got, v) {
				t.Errorf("%v arrived as %v, %v", v, got, err)
			}
		}
	})
	sides(t, 1, func(t *testing.T, q *Queue[any]) {
		for _, v := range []any{1, "two", nil, 3.5} {
			must(t, q.Put(v))
			if got, err := q.Get(); err != nil || got != v {
				t.Errorf("%v arrived as %v, %v", v, got, err)
			}
		}
	})
	sides(t, 1, func(t *testing.T, q *Queue[struct{}]) {
		must(t, q.Put(struct{}{}))
		_, err := q.Get()
		must(t, err)
	})
	sides(t, 1, func(t *testing.T, q *Queue[[]byte]) {
		long := make([]byte, 5<<20)
		long[len(long)-1] = 9
		must(t, q.Put(long))
		if got, err := q.Get(); err != nil || !reflect.DeepEqual(got, long) {
			t.Errorf("%d bytes arrived, %v", len(got), err)
		}
	})
}

func TestAQueueCanTravelThroughAQueue(t *testing.T) {
	outer, inner := NewQueue[*Queue[int]](1), NewQueue[int](1)
	defer outer.Discard()
	defer inner.Discard()
	far := travel(t, outer)
	must(t, far.Put(inner))
	again, err := far.Get()
	must(t, err)
	must(t, again.Put(5))
	if v, err := inner.Get(); v != 5 || err != nil {
		t.Error(v, err)
	}
}

type secret struct{ word string }

func TestAValueThatCannotTravelIsAnError(t *testing.T) {
	if err := supported(); err != nil {
		t.Skip(err)
	}
	chans := NewQueue[chan int](1) // fine between goroutines
	must(t, chans.Put(make(chan int)))
	_, err := chans.GobEncode()
	wantText(t, err, "message: sending a queue: queue of chan int cannot be shared with another process: chan int has a meaning only in the process that made it")
	_, err = NewQueue[[]secret](1).GobEncode()
	wantText(t, err, "field word of message.secret would be lost")

	q := NewQueue[any](5)
	defer q.Discard()
	far := travel(t, q)
	wantText(t, far.Put(secret{"x"}), "message: Put: a value cannot be sent to another process: message.secret in an interface: field word of message.secret would be lost")
	must(t, q.Put(secret{"x"}))
	must(t, q.Put(7))
	_, err = far.Get()
	wantText(t, err, "message: Get: an item is dropped: a value cannot be sent")
	must(t, far.Put(8))
	for want := 7; want <= 8; want++ {
		if v, err := far.Get(); v != want || err != nil {
			t.Error(v, err)
		}
	}
}

func wantText(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v, want %q", err, want)
	}
}

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	for want, misuse := range map[string]func(){
		"message: NewQueue: capacity must be at least 1, got 0":                  func() { NewQueue[int](0) },
		"message: NewQueue: capacity must be at least 1, got -1":                 func() { NewQueue[int](-1) },
		"message: Put: the queue must not be nil or zero; make it with NewQueue": func() { new(Queue[int]).Put(1) },
		"message: Get: the queue must not be nil or zero; make it with NewQueue": func() { (*Queue[int])(nil).Get() },
		"message: Send: the end must not be nil or zero; make it with NewPipe":   func() { new(End[int, int]).Send(1) },
	} {
		if got := mustPanic(t, misuse); got != want {
			t.Errorf("panic value is %v, want %q", got, want)
		}
	}
}

func TestAQueueThatWasNeverSentHasNoSocketAndNoGoroutine(t *testing.T) {
	q := NewQueue[int](1)
	must(t, q.Put(1)) // and is left with an item in it; goleak looks
	if q.at.(*local).server != nil {
		t.Error("it has a server")
	}
}

func TestNoQueueOrEndIsConvertibleToOneOfAnotherType(t *testing.T) {
	for _, types := range [][2]reflect.Type{
		{reflect.TypeFor[Queue[int]](), reflect.TypeFor[Queue[string]]()},
		{reflect.TypeFor[End[int, int]](), reflect.TypeFor[End[string, int]]()},
		{reflect.TypeFor[End[int, int]](), reflect.TypeFor[End[int, string]]()},
	} {
		if types[0].ConvertibleTo(types[1]) {
			t.Errorf("%v is convertible to %v", types[0], types[1])
		}
	}
}
