package cluster

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
)

func awaitBegun(path string, times int) {
	for {
		if begun, _ := os.ReadFile(path + ".begun"); len(begun) >= times {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestAChunkThatIsReturnedToTheQueueIsNoAttempt(t *testing.T) {
	for _, n := range []int{1, 3} {
		nodes := mustStartNodes(t, n)
		config := nodes.config()
		c := mustOpen(t, config)
		config.Workers, config.Grace = 1, time.Millisecond
		path := gate(t)
		var caller sync.WaitGroup
		caller.Go(func() {
			if got, err := Map(t.Context(), c, []string{path}, gates, MaxAttempts(2)); err != nil || got[0] != path {
				t.Errorf("got %v, %v", got, err)
			}
		})
		for i := range 4 { // each begins it, and has to end
			ctx, cancel := context.WithCancel(t.Context())
			var worker sync.WaitGroup
			worker.Go(func() {
				if err := RunWorker(ctx, config); err != nil {
					t.Error(err)
				}
			})
			awaitBegun(path, i+1)
			cancel()
			worker.Wait()
		}
		stop := workAt(t, config)
		awaitBegun(path, 5)
		leaveGates(path)
		caller.Wait()
		stop()
		wantNothingLeft(t, c)
	}
}

func TestAChunkThatIsReturnedKeepsItsFailedAttempts(t *testing.T) {
	chunk := &wire.Chunk{Queue: "q", Job: "back", Range: one(1), Task: "double", Code: "this program", MaxAttempts: 3, Attempts: 1}
	c, err := readChunk(&jetstream.Delivery{Message: chunk.Message(), Count: 2})
	if err != nil || c.Attempts != 2 {
		t.Errorf("got %+v, %v", c, err)
	}
	w := &worker{group: &group{codeOf: sameProgram}}
	if f := w.refusal(c); f != nil {
		t.Errorf("after two attempts: got %+v", f)
	}
	c.Attempts = 3
	if f := w.refusal(c); f == nil || f.Kind != wire.Lost {
		t.Errorf("after three attempts: got %+v", f)
	}
	chunk.Attempts = wire.MaxAttempts
	if c, err = readChunk(&jetstream.Delivery{Message: chunk.Message(), Count: 2}); err != nil || c.Attempts != wire.MaxAttempts {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestAChunkThatIsLostOnItsWayBackIsSentAgain(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2, ackWait: 200 * time.Millisecond})
	path := gate(t)
	var caller sync.WaitGroup
	caller.Go(func() {
		if got, err := Map(t.Context(), c, []string{path}, gates); err != nil || got[0] != path {
			t.Errorf("got %v, %v", got, err)
		}
	})
	awaitBegun(path, 1)
	s, err := c.raw(t).Stream(t.Context(), workStream)
	if err == nil {
		err = s.Purge(t.Context()) // as if a worker had died after it had acknowledged it
	}
	if err != nil {
		t.Fatal(err)
	}
	awaitBegun(path, 2)
	leaveGates(path)
	caller.Wait()
}
