package cluster

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
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

// soakFor is how long workers are killed in a test.
func soakFor(t *testing.T) time.Duration {
	text := os.Getenv(soakTime)
	if text == "" {
		return 5 * time.Second
	}
	long, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return long
}

func TestWithWorkersKilledAtRandomNothingIsLostOrCountedTwice(t *testing.T) {
	t.Parallel()
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
	for begin, long := time.Now(), soakFor(t); time.Since(begin) < long; maps++ {
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

// What killed workers leave of their results has kept a small store full.
func TestWithWorkersKilledASmallStoreIsNotFilledByWhatTheyLeave(t *testing.T) {
	t.Parallel()
	c := mustOpen(t, Config{Processes: 2, memory: 8 << 20, ackWait: 500 * time.Millisecond})
	maps, kills := 0, 0
	for begin, long := time.Now(), soakFor(t); time.Since(begin) < long; maps++ {
		got := mustMap(t, c, upTo(20), blow, Chunk(1), Tries(50), Progress(func(done, _ int) {
			time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond) // until the other is about to store its result
			if rand.IntN(2) == 0 && c.Kill(1+rand.IntN(2)) == nil {
				kills++
			}
		}))
		for i, b := range got {
			if len(b) != 3<<20 || b[0] != byte(i) {
				t.Fatalf("result %d has %d bytes", i, len(b))
			}
		}
	}
	wantNothingLeft(t, c)
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
	leaveGates(path)
}

func TestAChunkThatHangsIsReportedAndTheRestFinishesEvenIfEachWorkerHasHadIt(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]Config{
		"one goroutine":           {Workers: 1},
		"two goroutines":          {Workers: 2},
		"one process":             {Processes: 1},
		"two processes":           {Processes: 2},
		"a process with two more": {Processes: 1, Workers: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := mustOpen(t, config)
			path := gate(t)
			items := make([]string, 30) // those without a path do not wait
			items[7] = path
			got, err := Map(c, items, maybeGates, Chunk(1), Limit(500*time.Millisecond))
			var lost *LostError
			if !errors.As(err, &lost) || len(lost.Chunks) != 1 || lost.Chunks[0].From != 7 || lost.Chunks[0].Tries != 3 || lost.Chunks[0].Inputs != path {
				t.Fatalf("got %v", err)
			}
			for i, s := range got {
				if i != 7 && s != "done" {
					t.Errorf("result %d is %q", i, s)
				}
			}
			leaveGates(path)
		})
	}
}

func TestAProcessWhoseTaskHangsIsReplaced(t *testing.T) {
	c := mustOpen(t, Config{Processes: 1})
	path := gate(t)
	before := c.seats[0].now().PID()
	if _, err := Map(c, []string{path}, maybeGates, Limit(50*time.Millisecond), Tries(1)); err == nil {
		t.Error("there is no error")
	}
	mustMap(t, c, []string{""}, maybeGates)
	if after := c.seats[0].now().PID(); after == before {
		t.Error("the process in which it hangs is still there")
	}
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

func TestAStoreThatIsTooSmallForAllObjectsOnlySlowsAMapDown(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2, memory: 10 << 20})
	items := upTo(12) // whose results together are 36 MB
	for i, b := range mustMap(t, c, items, blow, Chunk(1), Tries(1)) {
		if len(b) != 3<<20 || b[0] != byte(i) {
			t.Fatalf("result %d has %d bytes", i, len(b))
		}
	}
	wantNothingLeft(t, c)
	large := bytes.Repeat([]byte("x"), 3<<20)
	for i, n := range mustMap(t, c, slices.Repeat([][]byte{large}, 12), length, Chunk(1)) {
		if n != len(large) {
			t.Errorf("result %d is %d", i, n)
		}
	}
	wantNothingLeft(t, c)
}

func TestAStoreThatStaysFullIsAnErrorThatSaysWhatToDo(t *testing.T) {
	t.Parallel()
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
