package cluster

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"
)

func awaitBegun(path string, times int) {
	for {
		if begun, _ := os.ReadFile(path + ".begun"); len(begun) >= times {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestAChunkThatIsHandedBackHasNotBeenTried(t *testing.T) {
	for _, n := range []int{1, 3} {
		nodes := mustStartNodes(t, n)
		config := nodes.config()
		c := mustOpen(t, config)
		config.Workers = 1
		path := gate(t)
		var caller sync.WaitGroup
		caller.Go(func() {
			if got, err := Map(c, []string{path}, gates, Tries(2)); err != nil || got[0] != path {
				t.Errorf("got %v, %v", got, err)
			}
		})
		for i := range 4 { // each begins it, and has to end
			ctx, cancel := context.WithCancel(t.Context())
			var worker sync.WaitGroup
			worker.Go(func() {
				if err := Work(ctx, config, time.Millisecond, t.Logf); err != nil {
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

func TestWhatIsHandedBackKeepsCountOfThoseThatDied(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	m := (&chunk{queue: c.queue, job: "back", number: 1, task: "double", code: "c", items: 1, tries: 3, begun: 2, payload: []byte("x")}).message()
	got, err := parseChunk(m.Subject, m.Header, m.Data)
	if err != nil || got.begun != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
	w := &worker{service: &service{codeOf: c.codeOf}}
	if f := w.refusal(&chunk{task: "double", code: "this program", tries: 3, begun: 3}); f == nil || f.Kind != lost {
		t.Errorf("begun three times: got %+v", f)
	}
	if f := w.refusal(&chunk{task: "double", code: "this program", tries: 3, begun: 2}); f != nil {
		t.Errorf("begun twice: got %+v", f)
	}
}

func TestAChunkThatIsLostOnItsWayBackIsSentAgain(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2, ackWait: 200 * time.Millisecond})
	path := gate(t)
	var caller sync.WaitGroup
	caller.Go(func() {
		if got, err := Map(c, []string{path}, gates); err != nil || got[0] != path {
			t.Errorf("got %v, %v", got, err)
		}
	})
	awaitBegun(path, 1)
	s, err := c.js.Stream(t.Context(), workStream)
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
