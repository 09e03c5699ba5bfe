package message

import (
	"fmt"
	"testing"
)

func TestAnotherProcessReceivesTheItems(t *testing.T) {
	q := NewQueue[int](2)
	defer q.Discard()
	c := start(t, "get and print", q)
	for i := range 5 {
		must(t, q.Put(i))
	}
	must(t, q.Close())
	for i := range 5 {
		if got := c.line(t); got != fmt.Sprint(i) {
			t.Errorf("item %d is %s", i, got)
		}
	}
	must(t, c.Wait())
}

func TestAPipeTalksToAnotherProcess(t *testing.T) {
	a, b := NewPipe[int, int]()
	defer b.Close()
	c := start(t, "count up", b)
	for i := range 100 {
		must(t, a.Send(i))
		if v, err := a.Recv(); v != i+1 || err != nil {
			t.Fatal(v, err)
		}
	}
	must(t, a.Close())
	if got := c.line(t); got != "message: Recv: the queue or pipe is closed" {
		t.Errorf("at the end it says %q", got)
	}
}
