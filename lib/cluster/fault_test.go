package cluster

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"multiprocessing/lib/internal/digest"
	"multiprocessing/lib/primes"
	"multiprocessing/lib/serial"
)

// soakTime, in the environment, is how long workers are killed: 1m, say.
const soakTime = "CLUSTER_TEST_SOAK"

func TestWithWorkersKilledAtRandomNothingIsLostOrCountedTwice(t *testing.T) {
	long := 5 * time.Second
	if text := os.Getenv(soakTime); text != "" {
		var err error
		if long, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	c := mustOpen(t, Config{Processes: 3, ackWait: 500 * time.Millisecond})
	items := make([]int, 3000)
	for i := range items {
		items[i] = 1 + i%400
	}
	want := digest.Of(serial.Map(items, primes.Nth))
	end := make(chan struct{})
	var killer sync.WaitGroup
	kills := 0
	killer.Go(func() {
		for {
			select {
			case <-end:
				return
			case <-time.After(time.Duration(50+rand.IntN(300)) * time.Millisecond):
				if c.Kill(1+rand.IntN(3)) == nil {
					kills++
				}
			}
		}
	})
	maps := 0
	for begin := time.Now(); time.Since(begin) < long; maps++ {
		counted := 0
		got, err := Map(c, items, nth, Chunk(5), Tries(50), Progress(func(done, _ int) { counted = done }))
		if err != nil {
			t.Fatal(err)
		}
		if digest.Of(got) != want || counted != len(items) {
			t.Fatalf("another answer than that of serial, with %d counted of %d", counted, len(items))
		}
	}
	close(end)
	killer.Wait()
	t.Logf("%d Maps, %d workers killed", maps, kills)
	if kills == 0 {
		t.Error("no worker was killed")
	}
}

func TestAChunkThatKillsThreeWorkersIsReportedWithItsInputsAndTheRestFinishes(t *testing.T) {
	c := mustOpen(t, Config{Processes: 2, ackWait: 300 * time.Millisecond})
	got, err := Map(c, upTo(40), kills, Chunk(2))
	var lost *LostError
	if !errors.As(err, &lost) || len(lost.Chunks) != 1 {
		t.Fatalf("got %v", err)
	}
	if l := lost.Chunks[0]; l.From != 16 || l.To != 18 || l.Tries != 3 || l.Inputs != "16, 17" {
		t.Errorf("lost %+v", l)
	}
	if want := "items 16 to 17, begun by 3 workers: 16, 17"; !strings.Contains(err.Error(), want) {
		t.Errorf("got %q, want it to contain %q", err, want)
	}
	got[16], got[17] = 32, 34
	wantDoubles(t, got, 40)
}

func TestAChunkThatTakesLongerThanItsLimitGoesToAnotherWorker(t *testing.T) {
	c := mustOpen(t, Config{Workers: 3, ackWait: 200 * time.Millisecond})
	path := gate(t)
	_, err := Map(c, []string{path}, gates, Limit(50*time.Millisecond), Tries(2))
	var lost *LostError
	if !errors.As(err, &lost) || lost.Chunks[0].Tries != 2 || !strings.Contains(lost.Chunks[0].Inputs, path) {
		t.Errorf("got %v", err)
	}
	begun, err := os.ReadFile(path + ".begun")
	if err != nil || len(begun) != 2 {
		t.Errorf("it was begun %d times, %v", len(begun), err)
	}
	appendTo(path, "open") // so that they end
	c.Close()              // before the file is gone
}

func TestATaskThatTakesLongerThanTheServersWaitIsNotRunTwice(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2, ackWait: 150 * time.Millisecond})
	path := gate(t)
	mustMap(t, c, []marked{{int(600 * time.Millisecond), path}}, naps)
	if runs, err := os.ReadFile(path); err != nil || string(runs) != "x" {
		t.Errorf("it ran %d times, %v", len(runs), err)
	}
}

func TestAFullStoreOnlySlowsAMapDown(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2, store: 200 << 10})
	items := make([]labeled, 3000) // together they are more than that
	for i := range items {
		items[i] = labeled{i, strings.Repeat("x", 200)}
	}
	for i, l := range mustMap(t, c, items, label, Chunk(20)) {
		if l.N != i+1 || l.Label != items[i].Label+"!" {
			t.Fatalf("result %d is %+v", i, l)
		}
	}
}

func TestAStoreThatStaysFullIsAnErrorThatSaysWhatToDo(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2, store: 64 << 10, ackWait: 300 * time.Millisecond})
	items := make([]labeled, 1000)
	for i := range items {
		items[i] = labeled{i, strings.Repeat("x", 200)}
	}
	_, err := Map(c, items, label, Chunk(20), Job("large")) // which keeps its results
	if err == nil || !strings.Contains(err.Error(), "maximum bytes exceeded") && !strings.Contains(err.Error(), "no room") || !strings.Contains(err.Error(), "Forget") {
		t.Errorf("got %v", err)
	}
	if err := c.Forget(t.Context(), "large"); err != nil {
		t.Error(err)
	}
	mustMap(t, c, items[:50], label, Chunk(20))
}
