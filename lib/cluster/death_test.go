package cluster

import (
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
		got, err := Map(t.Context(), c, items, nth, ChunkSize(5), MaxAttempts(50), Progress(func(done, _ int) { counted = done }))
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

func TestWithWorkersKilledASmallStoreIsNotFilledByWhatTheyLeave(t *testing.T) {
	t.Parallel()
	c := mustOpen(t, Config{Processes: 2, memory: 6 << 20, ackWait: 500 * time.Millisecond})
	maps, kills := 0, 0
	for begin, long := time.Now(), soakFor(t); time.Since(begin) < long; maps++ {
		got := mustMap(t, c, upTo(20), blow, ChunkSize(1), MaxAttempts(50), Progress(func(done, _ int) {
			time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond) // until the other is about to store its result
			if rand.IntN(2) == 0 && c.Kill(1+rand.IntN(2)) == nil {
				kills++
			}
		}))
		for i, b := range got {
			if len(b) != 1<<20 || b[0] != byte(i) {
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
	got, err := Map(t.Context(), c, upTo(40), kills, ChunkSize(2))
	var lost *LostError
	if !errors.As(err, &lost) || len(lost.Chunks) != 1 {
		t.Fatalf("got %v", err)
	}
	if l := lost.Chunks[0]; l.From != 16 || l.To != 18 || l.Attempts != 3 || l.Inputs != "16, 17" {
		t.Errorf("lost %+v", l)
	}
	if want := "items 16 to 17 after 3 attempts: 16, 17"; !strings.Contains(err.Error(), want) {
		t.Errorf("got %q, want it to contain %q", err, want)
	}
	got[16], got[17] = 32, 34
	wantDoubles(t, got, 40)
}

func TestAChunkThatTakesLongerThanItsLimitGoesToAnotherWorker(t *testing.T) {
	c := mustOpen(t, Config{Workers: 3, ackWait: 200 * time.Millisecond})
	path := gate(t)
	_, err := Map(t.Context(), c, []string{path}, gates, ChunkTimeout(50*time.Millisecond), MaxAttempts(2))
	var lost *LostError
	if !errors.As(err, &lost) || lost.Chunks[0].Attempts != 2 || !strings.Contains(lost.Chunks[0].Inputs, path) {
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
			got, err := Map(t.Context(), c, items, maybeGates, ChunkSize(1), ChunkTimeout(500*time.Millisecond))
			var lost *LostError
			if !errors.As(err, &lost) || len(lost.Chunks) != 1 || lost.Chunks[0].From != 7 || lost.Chunks[0].Attempts != 3 || lost.Chunks[0].Inputs != path {
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
	before := c.slots[0].process.Load().PID()
	if _, err := Map(t.Context(), c, []string{path}, maybeGates, ChunkTimeout(50*time.Millisecond), MaxAttempts(1)); err == nil {
		t.Error("there is no error")
	}
	mustMap(t, c, []string{""}, maybeGates)
	if after := c.slots[0].process.Load().PID(); after == before {
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
	for i, l := range mustMap(t, c, items, label, ChunkSize(20)) {
		if l.N != i+1 || l.Label != items[i].Label+"!" {
			t.Fatalf("result %d is %+v", i, l)
		}
	}
}

func TestAServerWithLittleMemoryOnlySlowsAMapDown(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2, memory: 6 << 20})
	for i, b := range mustMap(t, c, upTo(24), blow, ChunkSize(1), MaxAttempts(1)) {
		if len(b) != 1<<20 || b[0] != byte(i) {
			t.Fatalf("result %d has %d bytes", i, len(b))
		}
	}
	for i, n := range mustMap(t, c, slices.Repeat([][]byte{make([]byte, 1<<20)}, 24), weighs, ChunkSize(1)) {
		if n != 1<<20 {
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
	_, err := Map(t.Context(), c, items, label, ChunkSize(20), Job("large")) // which keeps its results
	if err == nil || !strings.Contains(err.Error(), "maximum bytes exceeded") && !strings.Contains(err.Error(), "no space") || !strings.Contains(err.Error(), "DeleteJob") {
		t.Errorf("got %v", err)
	}
	if err := c.DeleteJob(t.Context(), "large"); err != nil {
		t.Error(err)
	}
	mustMap(t, c, items[:50], label, ChunkSize(20))
}
