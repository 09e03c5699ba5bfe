package message

import (
	"bufio"
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
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
	q := NewQueue[[]int](2)
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
	c := q.at.(*client[int, int])
	return &Queue[int]{at: &client[int, int]{where: c.where}}
}

func TestAQueueThatCameTooLateIsClosed(t *testing.T) {
	q := NewQueue[int](1)
	far := travel(t, q)
	must(t, q.Close())
	_, err := far.Get()
	wantError(t, err, ErrClosed)
}

func TestTheSocketIsThereUntilTheLastItemIsReceived(t *testing.T) {
	q := NewQueue[int](2)
	far := travel(t, q)
	must(t, q.Put(1))
	must(t, q.Close())
	if v, err := far.Get(); v != 1 || err != nil {
		t.Error(v, err)
	}
	await(t, "the socket is gone", func() bool { return !hasSocket(q) })
}

func TestDiscardTakesTheSocketAwayAtOnce(t *testing.T) {
	q := NewQueue[int](2)
	must(t, q.Put(1))
	must(t, travel(t, q).Put(2))
	if !hasSocket(q) {
		t.Error("there is no socket")
	}
	must(t, q.Discard())
	if hasSocket(q) {
		t.Error("the socket is still there")
	}
}

func hasSocket(q *Queue[int]) bool {
	conn, err := net.Dial("unix", q.at.(*local[int, int]).server.where.Socket)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

func TestWhoDoesNotKnowTheTokenIsNotLetIn(t *testing.T) {
	q := NewQueue[int](2)
	defer q.Discard()
	must(t, q.Put(1))
	far := travel(t, q)
	c := far.at.(*client[int, int])
	c.where.Token[0]++
	if _, err := far.Get(); err == nil {
		t.Error("was let in with a wrong token")
	}
	conn, err := net.Dial("unix", c.where.Socket)
	must(t, err)
	defer conn.Close()
	l := newLink(conn)
	must(t, l.write(frame{kind: get})) // no hello at all
	if f, err := l.read(); err == nil {
		t.Errorf("was answered %v", f)
	}
	if q.Len() != 1 {
		t.Error("the item is gone")
	}
}

func TestAMuteStrangerHoldsUpNobody(t *testing.T) {
	q := NewQueue[int](2)
	far := travel(t, q)
	conn, err := net.Dial("unix", far.at.(*client[int, int]).where.Socket)
	must(t, err)
	defer conn.Close()
	must(t, far.Put(1))
	must(t, q.Discard())
}

func TestRequestsThatMakeNoSenseAreRefused(t *testing.T) {
	q := NewQueue[int](2)
	defer q.Discard()
	far := travel(t, q)
	must(t, far.Put(1))
	l, err := far.at.(*client[int, int]).acquire()
	must(t, err)
	for _, f := range []frame{{kind: done}, {kind: put}, {kind: put, payload: []byte("far too long for a number")}} {
		must(t, l.write(f))
		if answer, err := l.read(); err != nil || answer.kind != failed {
			t.Errorf("%v is answered %v, %v", f, answer, err)
		}
	}
	must(t, l.write(frame{kind: received})) // nothing is on its way
	must(t, l.write(frame{kind: cancel}))   // nothing waits
	must(t, l.write(frame{kind: 99}))
	if _, err := l.read(); err == nil {
		t.Error("nonsense is answered")
	}
	if q.Len() != 1 {
		t.Errorf("%d items are in it", q.Len())
	}
}

func TestAQueueThatComesAgainAndAgainHasOneConnection(t *testing.T) {
	q := NewQueue[int](1)
	defer q.Discard()
	far := travel(t, q)
	for range 50 {
		must(t, travel(t, q).Put(1))
		if _, err := q.Get(); err != nil {
			t.Fatal(err)
		}
	}
	s := q.at.(*local[int, int]).server
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.clients); n > 1 {
		t.Errorf("it has %d connections", n)
	}
	_ = far.Len // it is in use until here
}

func TestAnAddressOfAnotherTypeIsRefused(t *testing.T) {
	q := NewQueue[int](1)
	defer q.Discard()
	travel(t, q)
	b, err := q.GobEncode()
	must(t, err)
	wantText(t, new(Queue[string]).GobDecode(b), "message: receiving a queue: it leads to a queue of int, wanted: queue of string")
	wantText(t, new(End[int, int]).GobDecode(b), "it leads to a queue of int, wanted: end of a pipe")
	wantText(t, q.GobDecode(b), "there is a queue already")
	wantText(t, new(Queue[int]).GobDecode(nil), "it is damaged")
	var none bytes.Buffer
	wantText(t, gob.NewEncoder(&none).Encode(new(Queue[int])), "it is zero; make it with NewQueue")
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
	ctx, cancel := soon()
	defer cancel()
	_, err := q.GetContext(ctx)
	wantError(t, err, context.DeadlineExceeded)
	wantText(t, err, "does not answer")
}

func stop(p *os.Process) error {
	if s, ok := stopSignal(); ok {
		return p.Signal(s)
	}
	return errors.ErrUnsupported
}

func FuzzAFrameThatIsReadIsTheOneThatWasWritten(f *testing.F) {
	f.Add(byte(put), true, []byte("payload"), []byte{1, 2})
	f.Add(byte(goodbye), false, []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, k byte, anew bool, payload, rest []byte) {
		a, b := net.Pipe()
		defer a.Close()
		defer b.Close()
		l := newLink(a)
		go func() {
			l.write(frame{kind(k), anew, payload})
			a.Write(rest)
			a.Close()
		}()
		got, err := readFrame(bufio.NewReader(b))
		if valid := kind(k) >= hello && kind(k) <= goodbye; valid != (err == nil) {
			t.Fatalf("kind %d gives %v", k, err)
		} else if valid && (got.kind != kind(k) || got.anew != anew || !bytes.Equal(got.payload, payload)) {
			t.Errorf("wrote %d %v %q, read %v", k, anew, payload, got)
		}
	})
}

func FuzzReadingNeverPanics(f *testing.F) {
	f.Add([]byte{byte(put), 0, 4, 0, 0, 0, 'a', 'b'})
	f.Add([]byte{byte(put), 0, 255, 255, 255, 255, 'a', 'b'})
	f.Fuzz(func(_ *testing.T, b []byte) {
		fr, _ := readFrame(bytes.NewReader(b))
		fr.reason()
		for _, anew := range []bool{true, false} {
			decode[order](&stream{}, b, anew)
			decode[[2]int16](&stream{}, b, anew)
			decode[string](&stream{}, b, anew)
		}
		decodeAddress(b, "queue of int")
	})
}

func FuzzValuesArriveAsTheyWere(f *testing.F) {
	f.Add("text", 5, []byte{1})
	f.Fuzz(func(t *testing.T, text string, n int, raw []byte) {
		type value struct {
			Text string
			N    int
			Raw  []byte
		}
		var there, here stream
		for range 3 { // descriptions of types are sent once
			payload, anew, err := encode(&there, value{text, n, raw})
			must(t, err)
			got, err := decode[value](&here, payload, anew)
			if err != nil || got.Text != text || got.N != n || !bytes.Equal(got.Raw, raw) {
				t.Fatal(got, err)
			}
		}
	})
}

func TestAddressesAreNotTheSameTwice(t *testing.T) {
	a, b := newAddress("x", 1), newAddress("x", 1)
	if a.Token == b.Token || a.Token == [32]byte{} {
		t.Error("tokens can be guessed")
	}
}
