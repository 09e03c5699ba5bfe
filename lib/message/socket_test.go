package message

import (
	"bytes"
	"encoding/gob"
	"net"
	"testing"
)

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
	conn, err := net.Dial("unix", q.at.(*local).server.where.Socket)
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
	c := far.at.(*client)
	c.where.Token[0]++
	if _, err := far.Get(); err == nil {
		t.Error("was let in with a wrong token")
	}
	conn, err := net.Dial("unix", c.where.Socket)
	must(t, err)
	defer conn.Close()
	l := newLink(conn, c.codecs.in, c.codecs.out)
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
	conn, err := net.Dial("unix", far.at.(*client).where.Socket)
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
	l, err := far.at.(*client).acquire()
	must(t, err)
	for _, f := range []frame{{kind: done}, {kind: put}, {kind: put, payload: []byte("far too long for a number")}} {
		must(t, l.write(f))
		if answer, err := l.read(); err != nil || answer.kind != failed {
			t.Errorf("%v is answered %v, %v", f, answer, err)
		}
	}
	must(t, l.write(frame{kind: received})) // nothing is on its way
	must(t, l.write(frame{kind: 99}))
	if _, err := l.read(); err == nil {
		t.Error("nonsense is answered")
	}
	if q.Len() != 1 {
		t.Errorf("%d items are in it", q.Len())
	}
}

func TestAMessageThatMakesNoSenseEndsAConnection(t *testing.T) {
	q := NewQueue[int](2)
	defer q.Discard()
	c := another(t, q).at.(*client)
	for as, f := range map[kind]frame{helloPut: {kind: get}, helloGet: {kind: put}} {
		l, err := c.reach(as)
		must(t, err)
		must(t, l.write(frame{kind: cancel})) // nothing waits
		must(t, l.write(f))
		if answer, err := l.read(); err == nil {
			t.Errorf("%v is answered %v", f, answer)
		}
	}
}

func TestAnItemThatCannotBeReadIsAnErrorForWhoGetsIt(t *testing.T) {
	for _, side := range []func(*Queue[any]) *Queue[any]{
		func(q *Queue[any]) *Queue[any] { return q },
		func(q *Queue[any]) *Queue[any] { return another(t, q) },
	} {
		q := NewQueue[any](4)
		defer q.Discard()
		far := another(t, q)
		must(t, far.Put(1))
		l := far.at.(*client).puts.link
		for range 2 {
			l.ledger.spend()
			must(t, l.write(frame{kind: put, payload: []byte("nonsense")}))
			l.ledger.Add(sent, 1)
		}
		must(t, far.Put("two"))
		get := side(q)
		for i, want := range []any{1, nil, nil, "two"} {
			f := get.Get
			if i == 2 {
				f = get.TryGet
			}
			v, err := f()
			if v != want {
				t.Errorf("got %v, want %v", v, want)
			}
			if want == nil {
				wantText(t, err, "an item is dropped: a value that was received cannot be read")
			}
		}
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
	s := q.at.(*local).server
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
	wantText(t, new(Queue[string]).GobDecode(b), "message: receiving a queue: got the address of: queue of int; want: queue of string")
	wantText(t, new(End[int, int]).GobDecode(b), "got the address of: queue of int; want: end of a pipe")
	wantText(t, q.GobDecode(b), "there is a queue already")
	wantText(t, new(Queue[int]).GobDecode(nil), "invalid address")
	var none bytes.Buffer
	wantText(t, gob.NewEncoder(&none).Encode(new(Queue[int])), "it is zero; make it with NewQueue")
}

func TestTwoTypesOfOneNameAreNotConfused(t *testing.T) {
	type item struct{ N int }
	q := NewQueue[item](2)
	defer q.Discard()
	far := travel(t, q)
	b, err := q.GobEncode()
	must(t, err)
	{
		type item struct{ Text string }
		q := new(Queue[item])
		must(t, q.GobDecode(b))
		must(t, far.Put(struct{ N int }{5}))
		v, err := q.Get()
		wantText(t, err, "a value that was received cannot be read")
		if v.Text != "" {
			t.Errorf("got %v", v)
		}
	}
	if v, err := far.Get(); v.N != 5 || err != nil {
		t.Error(v, err)
	}
}

func TestAddressesAreNotTheSameTwice(t *testing.T) {
	a, b := newAddress("x", 1), newAddress("x", 1)
	if a.Token == b.Token || a.Token == [32]byte{} {
		t.Error("tokens can be guessed")
	}
}
