package jetstream

import (
	"context"
	"fmt"
	"testing"
	"time"

	"multiprocessing/lib/cluster/internal/wire"
)

// While a client is busy, results come and, when none do, heartbeats. They
// must not take the room of results.
func TestAClientThatIsBusyForSecondsMissesNoResult(t *testing.T) {
	l := linked(t)
	publish := func(from, to int) {
		t.Helper()
		for i := from; i < to; i++ {
			if err := l.Publish(wire.Message{Subject: fmt.Sprintf("mp.done.job.%d-%d", i, i+1)}).Wait(t.Context(), Always); err != nil {
				t.Fatal(err)
			}
		}
	}
	publish(0, 40)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	busy, free, taken, ended := make(chan bool), make(chan bool), make(chan uint64, 100), make(chan bool)
	go func() {
		defer close(ended)
		l.Results(ctx, "job", func(s Stored) {
			if s.Sequence == 2 {
				close(busy)
				<-free
			}
			taken <- s.Sequence
		})
	}()
	<-busy
	time.Sleep(4*resultHeartbeat + resultHeartbeat/2)
	publish(40, 80)
	time.Sleep(resultHeartbeat / 2) // they are on their way
	close(free)
	for want := uint64(1); want <= 80; want++ {
		select {
		case got := <-taken:
			if got != want {
				t.Fatalf("result %d came as number %d", got, want)
			}
		case <-time.After(8 * time.Second):
			t.Fatalf("%d results have come, want 80", want-1)
		}
	}
	stop()
	<-ended
}
