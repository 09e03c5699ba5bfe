package message

import (
	"sync"
	"testing"
	"time"
)

func TestAClosedQueueRefusesItemsAndHandsOutTheRest(t *testing.T) {
	sides(t, 5, func(t *testing.T, q *Queue[int]) {
		must(t, q.Put(1))
		must(t, q.Close())
		wantError(t, q.Put(2), ErrClosed)
		wantError(t, q.TryPut(2), ErrClosed)
		if v, err := q.Get(); v != 1 || err != nil {
			t.Error(v, err)
		}
		_, err := q.Get()
		wantError(t, err, ErrClosed)
		_, err = q.TryGet()
		wantError(t, err, ErrClosed)
		must(t, q.Close())
		must(t, q.Discard())
	})
}

func TestCloseWakesAllWhoWait(t *testing.T) {
	sides(t, 1, func(t *testing.T, q *Queue[int]) {
		must(t, q.Put(0))
		var waiting sync.WaitGroup
		refused := make(chan error, 8)
		for range cap(refused) {
			waiting.Go(func() { refused <- q.Put(1) })
		}
		time.Sleep(time.Millisecond)
		must(t, q.Close())
		waiting.Wait()
		close(refused)
		for err := range refused {
			wantError(t, err, ErrClosed)
		}
	})
	sides(t, 1, func(t *testing.T, q *Queue[int]) {
		var waiting sync.WaitGroup
		for range 8 {
			waiting.Go(func() { _, err := q.Get(); wantError(t, err, ErrClosed) })
		}
		time.Sleep(time.Millisecond)
		must(t, q.Close())
		waiting.Wait()
	})
}

// The end reaches a handler in two ways at once, and a waiting Get must hear
// of it as the same error by either: once in some hundreds it was the other.
func TestWhoWaitsElsewhereForTheEndHearsOfIt(t *testing.T) {
	for range 100 {
		for _, end := range []func(*Queue[int]) error{(*Queue[int]).Close, (*Queue[int]).Discard} {
			q := NewQueue[int](1)
			elsewhere := travel(t, q)
			var waiting sync.WaitGroup
			for range 4 {
				waiting.Go(func() { _, err := elsewhere.Get(); wantError(t, err, ErrClosed) })
			}
			time.Sleep(100 * time.Microsecond) // some wait by now, and some do not
			must(t, end(q))
			waiting.Wait()
		}
	}
}

func TestDiscardThrowsAwayWhatIsLeft(t *testing.T) {
	sides(t, 5, func(t *testing.T, q *Queue[int]) {
		must(t, q.Put(1))
		must(t, q.Discard())
		_, err := q.Get()
		wantError(t, err, ErrClosed)
		wantError(t, q.Put(1), ErrClosed)
	})
}
