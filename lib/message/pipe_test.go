package message

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
)

// ends runs a test on both ends in their own process, and with the second as
// another process has it.
func ends(t *testing.T, test func(t *testing.T, a *End[int, string], b *End[string, int])) {
	t.Helper()
	t.Run("own", func(t *testing.T) {
		a, b := NewPipe[int, string]()
		test(t, a, b)
	})
	t.Run("through the socket", func(t *testing.T) {
		a, b := NewPipe[int, string]()
		defer b.Close()
		defer a.Close()
		test(t, a, travel(t, b))
	})
}

func TestWhatIsSentAtOneEndIsReceivedAtTheOther(t *testing.T) {
	ends(t, func(t *testing.T, a *End[int, string], b *End[string, int]) {
		must(t, a.Send(1))
		must(t, b.Send("one"))
		must(t, a.Send(2))
		for want := 1; want <= 2; want++ {
			if v, err := b.Recv(); v != want || err != nil {
				t.Error(v, err)
			}
		}
		if v, err := a.Recv(); v != "one" || err != nil {
			t.Error(v, err)
		}
	})
}

func TestPollTellsWhetherAMessageWaits(t *testing.T) {
	ends(t, func(t *testing.T, a *End[int, string], b *End[string, int]) {
		if a.Poll() || b.Poll() {
			t.Error("something waits")
		}
		must(t, a.Send(1))
		if a.Poll() || !b.Poll() {
			t.Error("nothing waits, or at the wrong end")
		}
	})
}

// Poll is true if and only if Recv does not wait.
func TestPollTellsOfTheEndOfThePipe(t *testing.T) {
	ends(t, func(t *testing.T, a *End[int, string], b *End[string, int]) {
		must(t, a.Send(1))
		must(t, a.Close())
		if v, err := b.Recv(); !b.Poll() || v != 1 || err != nil {
			t.Errorf("received %v, %v, and Poll is %v", v, err, b.Poll())
		}
		for range 2 {
			if !b.Poll() {
				t.Error("the other end is closed, nothing is left, and Poll is false")
			}
			_, err := b.Recv()
			wantError(t, err, ErrClosed)
		}
		if !a.Poll() {
			t.Error("this end is closed, and Poll is false")
		}
		must(t, b.Close())
		if !b.Poll() {
			t.Error("both ends are closed, and Poll is false")
		}
	})
	ends(t, func(t *testing.T, a *End[int, string], b *End[string, int]) {
		must(t, b.Close())
		if _, err := a.Recv(); !a.Poll() || !errors.Is(err, ErrClosed) {
			t.Errorf("error %v, and Poll is %v", err, a.Poll())
		}
	})
}

func TestALoopThatPollsReceivesAllMessagesAndTheEnd(t *testing.T) {
	ends(t, func(t *testing.T, a *End[int, string], b *End[string, int]) {
		go func() {
			for i := range 3 * pipeCapacity {
				a.Send(i)
			}
			a.Close()
		}()
		var got []int
		for {
			if !b.Poll() {
				runtime.Gosched()
				continue
			}
			v, err := b.Recv()
			if err != nil {
				wantError(t, err, ErrClosed)
				break
			}
			got = append(got, v)
		}
		if len(got) != 3*pipeCapacity || !slices.IsSorted(got) {
			t.Errorf("received %v", got)
		}
	})
}

func TestPollTellsThatTheProcessAtTheOtherEndDied(t *testing.T) {
	a, b := NewPipe[int, int]()
	defer a.Close()
	c := start(t, "count up", b)
	must(t, a.Send(1))
	if v, err := a.Recv(); v != 2 || err != nil {
		t.Fatal(v, err)
	}
	if a.Poll() {
		t.Error("nothing waits, and the other end is open")
	}
	c.kill()
	await(t, "Poll is true", a.Poll)
	_, err := a.Recv()
	wantError(t, err, ErrLost)
}

func TestAnEndThatIsReceivedFromInVainGivesUp(t *testing.T) {
	ends(t, func(t *testing.T, a *End[int, string], b *End[string, int]) {
		ctx, cancel := soon()
		defer cancel()
		_, err := b.RecvContext(ctx)
		wantError(t, err, context.DeadlineExceeded)
		ctx, cancel = soon()
		defer cancel()
		_, err = a.RecvContext(ctx)
		wantError(t, err, context.DeadlineExceeded)
	})
}

func TestAFullPipeHoldsTheSenderBack(t *testing.T) {
	ends(t, func(t *testing.T, a *End[int, string], b *End[string, int]) {
		for range pipeCapacity {
			must(t, b.Send(""))
		}
		ctx, cancel := soon()
		defer cancel()
		wantError(t, b.SendContext(ctx, ""), context.DeadlineExceeded)
		_, err := a.Recv()
		must(t, err)
		must(t, b.Send(""))
	})
}

func TestTheOtherEndReceivesWhatWasSentBeforeClose(t *testing.T) {
	ends(t, func(t *testing.T, a *End[int, string], b *End[string, int]) {
		must(t, a.Send(1))
		must(t, a.Close())
		if v, err := b.Recv(); v != 1 || err != nil {
			t.Error(v, err)
		}
		_, err := b.Recv()
		wantError(t, err, ErrClosed)
		wantError(t, b.Send("x"), ErrClosed)
		wantError(t, a.Send(1), ErrClosed)
		_, err = a.Recv()
		wantError(t, err, ErrClosed)
		must(t, a.Close())
		must(t, b.Close())
	})
	ends(t, func(t *testing.T, a *End[int, string], b *End[string, int]) {
		must(t, b.Send("x"))
		must(t, b.Close())
		if v, err := a.Recv(); v != "x" || err != nil {
			t.Error(v, err)
		}
		_, err := a.Recv()
		wantError(t, err, ErrClosed)
		wantError(t, a.Send(1), ErrClosed)
	})
}

// The message and the end come by two connections.
func TestAMessageIsNotOvertakenByTheEnd(t *testing.T) {
	for range 200 {
		a, b := NewPipe[int, string]()
		far := travel(t, b)
		must(t, far.Send("x"))
		must(t, far.Close())
		if v, err := a.Recv(); v != "x" || err != nil {
			t.Fatal(v, err)
		}
	}
}

func TestBothEndsCanTravel(t *testing.T) {
	a, b := NewPipe[int, string]()
	defer a.Close()
	defer b.Close()
	far, farther := travel(t, a), travel(t, b)
	must(t, far.Send(1))
	must(t, farther.Send("one"))
	if v, err := farther.Recv(); v != 1 || err != nil {
		t.Error(v, err)
	}
	if v, err := far.Recv(); v != "one" || err != nil {
		t.Error(v, err)
	}
}
