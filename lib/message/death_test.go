package message

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestAPipeWhoseProcessIsKilledSaysLost(t *testing.T) {
	a, b := NewPipe[int, int]()
	defer b.Close()
	c := start(t, "count up", b)
	must(t, a.Send(1))
	if v, err := a.Recv(); v != 2 || err != nil {
		t.Fatal(v, err)
	}
	waiting := make(chan error)
	go func() { _, err := a.Recv(); waiting <- err }()
	c.kill()
	wantError(t, <-waiting, ErrLost)
	wantError(t, a.Send(1), ErrLost)
}

func TestAnItemOnItsWayToAKilledProcessComesBackInItsPlace(t *testing.T) {
	q := NewQueue[int](3)
	defer q.Discard()
	must(t, q.Put(1))
	must(t, q.Put(2))
	c := start(t, "receive but do not say so", q)
	c.line(t)
	if got := c.line(t); got != "arrived" {
		t.Fatal(got)
	}
	must(t, q.Close())
	c.kill()
	got := map[int]int{}
	for v := range q.All() { // must wait for the item that is lent
		got[v]++
	}
	if len(got) != 2 || got[1] != 1 || got[2] != 1 {
		t.Errorf("got %v", got)
	}
}

func TestGetDoesNotSayClosedWhileAnItemMayComeBack(t *testing.T) {
	q := NewQueue[int](3)
	defer q.Discard()
	must(t, q.Put(1))
	c := start(t, "receive but do not say so", q)
	c.line(t)
	c.line(t)
	must(t, q.Close())
	ctx, cancel := soon()
	defer cancel()
	_, err := q.GetContext(ctx)
	wantError(t, err, context.DeadlineExceeded)
	_, err = q.TryGet()
	wantError(t, err, ErrEmpty)
	c.kill()
	if v, err := q.Get(); v != 1 || err != nil {
		t.Error(v, err)
	}
	_, err = q.Get()
	wantError(t, err, ErrClosed)
}

func TestAProcessKilledWhileItWaitsTakesNothing(t *testing.T) {
	q := NewQueue[int](3)
	defer q.Discard()
	c := start(t, "receive but do not say so", q)
	c.line(t)
	c.kill()
	must(t, q.Put(1))
	if v, err := q.Get(); v != 1 || err != nil {
		t.Error(v, err)
	}
}

func TestHalfAPutOfAKilledProcessIsNoItem(t *testing.T) {
	q := NewQueue[string](3)
	defer q.Discard()
	c := start(t, "half a put", q)
	c.line(t)
	c.kill()
	must(t, q.Put("whole"))
	must(t, q.Close())
	for v := range q.All() {
		if v != "whole" {
			t.Errorf("got %q", v)
		}
	}
}

func TestAProcessKilledWhileItWaitsForRoomHoldsUpNobody(t *testing.T) {
	q := NewQueue[int](1)
	defer q.Discard()
	must(t, q.Put(0))
	c := start(t, "wait to put", q)
	c.line(t)
	c.kill()
	if v, err := q.Get(); v != 0 || err != nil {
		t.Error(v, err)
	}
	must(t, q.Close())
	for v := range q.All() {
		if v != 1 { // it may have come in time
			t.Errorf("got %d", v)
		}
	}
}

func TestItemsOfProducersThatAreKilledAreWholeInOrderAndComplete(t *testing.T) {
	killProducers(t, 2)   // each item waits for room
	killProducers(t, 200) // many are on their way
}

func killProducers(t *testing.T, capacity int) {
	q := NewQueue[[]int](capacity)
	defer q.Discard()
	const producers, rounds = 3, 40
	next := map[int]int{} // by process id
	var all []*child
	for range producers {
		all = append(all, start(t, "put for ever", q))
	}
	check := func(item []int) {
		who, i := item[0], item[len(item)-2]
		if len(item) != 3000 || item[len(item)-1] != who || i != next[who] {
			t.Fatalf("item %d of %d has %d numbers; expected was item %d", i, who, len(item), next[who])
		}
		next[who]++
	}
	for len(next) < producers || next[all[0].Process.Pid] < rounds {
		item, err := q.Get()
		must(t, err)
		check(item)
	}
	for _, c := range all {
		c.Process.Kill()
	}
	done := map[int]int{} // how many puts returned, as each process says
	for _, c := range all {
		for {
			if _, err := c.out.ReadString('\n'); err != nil {
				break
			}
			done[c.Process.Pid]++
		}
	}
	must(t, q.Close())
	for item := range q.All() {
		check(item)
	}
	for pid, n := range done {
		if next[pid] < n {
			t.Errorf("%d puts of process %d returned, but %d items came", n, pid, next[pid])
		}
	}
}

func TestEveryItemReachesSomebodyAlthoughConsumersAreKilled(t *testing.T) {
	q := NewQueue[int](4)
	defer q.Discard()
	const items = 600
	go func() {
		for i := range items {
			if err := q.Put(i); err != nil {
				t.Error(err)
			}
		}
		q.Close()
	}()
	seen := make([]int, items)
	deaths := 0
	read := func(c *child) (ended bool) {
		line, err := c.out.ReadString('\n')
		if err != nil || strings.HasPrefix(line, "end") {
			return true
		}
		v, _ := strconv.Atoi(strings.TrimSpace(line))
		seen[v]++
		return false
	}
	for range 4 {
		c := start(t, "get for ever", q)
		for range 30 {
			if read(c) {
				break
			}
		}
		c.Process.Kill()
		deaths++
		for !read(c) {
		}
	}
	c := start(t, "get for ever", q)
	for !read(c) {
	}
	missing := 0
	for i, n := range seen {
		if n > 1 {
			t.Errorf("item %d came %d times", i, n)
		}
		if n == 0 {
			missing++ // received, but killed before it was printed
		}
	}
	if missing > deaths {
		t.Errorf("%d items are lost by %d deaths; a process may take one with it", missing, deaths)
	}
}

func TestAQueueWhoseProcessIsKilledSaysLost(t *testing.T) {
	c := start(t, "own", nil)
	q := receive[Queue[int]](c.out)
	if v, err := q.Get(); v != 1 || err != nil {
		t.Error(v, err)
	}
	late := receiveAgain(t, q)
	waiting := make(chan error)
	go func() {
		var err error
		for err == nil {
			_, err = q.Get()
		}
		waiting <- err
	}()
	c.kill()
	wantError(t, <-waiting, ErrLost)
	wantError(t, q.Put(1), ErrLost)
	wantError(t, late.Put(1), ErrLost)
	wantError(t, q.Close(), ErrLost)
	if got := fmt.Sprint(mustPanic(t, func() {
		for range q.All() {
		}
	})); !strings.Contains(got, "message: All: the other side has ended without Close") {
		t.Errorf("panic value is %s", got)
	}
}

// receiveAgain returns a client of q's queue that has never connected.
func receiveAgain(t *testing.T, q *Queue[int]) *Queue[int] {
	t.Helper()
	c := q.at.(*client)
	return &Queue[int]{at: newClient(c.where, c.codecs)}
}

func TestASilentProcessDoesNotHoldUpATimeoutForEver(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the patience of two seconds")
	}
	c := start(t, "own", nil)
	q := receive[Queue[int]](c.out)
	for range 2 {
		_, err := q.Get()
		must(t, err)
	}
	must(t, stop(c.Process))
	await(t, "a Get waits for an answer", func() bool {
		ctx, cancel := soon()
		defer cancel()
		_, err := q.GetContext(ctx)
		wantError(t, err, context.DeadlineExceeded)
		return strings.Contains(err.Error(), "does not answer")
	})
}

func stop(p *os.Process) error {
	if s, ok := stopSignal(); ok {
		return p.Signal(s)
	}
	return errors.ErrUnsupported
}
