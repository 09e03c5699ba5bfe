package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"multiprocessing/lib/internal/digest"
	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/registered"
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

// deliver has a worker of a new service do a chunk once.
func deliver(t *testing.T, c *Cluster, job string, number int, payload string, task string) {
	t.Helper()
	known, _ := registered.Lookup(task)
	m := (&chunk{queue: c.queue, job: job, number: number, task: task, code: c.codeOf(known), items: len(payload) / 8, tries: 3, payload: []byte(payload)}).message()
	if _, err := c.js.PublishMsg(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

// stored waits for the result of a chunk.
func stored(t *testing.T, c *Cluster, job string, number int) (*result, uint64) {
	t.Helper()
	for {
		s, err := c.js.Stream(t.Context(), doneStream)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := s.GetLastMsgForSubject(t.Context(), (&result{job: job, number: number}).subject()); err == nil {
			r, err := parseResult(m.Subject, m.Header, m.Data)
			if err != nil {
				t.Fatal(err)
			}
			return r, m.Sequence
		}
		time.Sleep(time.Millisecond)
	}
}

func TestASecondDeliveryOfAChunkChangesNothing(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2})
	one := "\x01\x00\x00\x00\x00\x00\x00\x00"
	deliver(t, c, "twice", 0, one, "double")
	first, sequence := stored(t, c, "twice", 0)
	awaitNoChunks(t, c)                         // there is room for one chunk of that number
	deliver(t, c, "twice", 0, one, "increment") // it would have another result
	awaitNoChunks(t, c)
	again, still := stored(t, c, "twice", 0)
	if still != sequence || string(again.payload) != string(first.payload) || again.ended != first.ended {
		t.Errorf("the first result was %+v, and after the second delivery %+v", first, again)
	}
}

func TestAChunkIsAcknowledgedOnlyWhenItsResultIsStored(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	done, err := c.js.Stream(t.Context(), doneStream)
	if err == nil {
		err = c.js.DeleteStream(t.Context(), doneStream) // so that there is no place for results
	}
	if err != nil {
		t.Fatal(err)
	}
	path := gate(t)
	codec, _ := portable.CodecOf[string]()
	payload, err := codec.Encode([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	known, _ := registered.Lookup("gates")
	m := &chunk{queue: c.queue, job: "homeless", task: "gates", code: c.codeOf(known), items: 1, tries: 3, payload: payload}
	if _, err := c.js.PublishMsg(t.Context(), m.message()); err != nil {
		t.Fatal(err)
	}
	appendTo(path, "open")
	awaitFile(path + ".begun")
	time.Sleep(100 * time.Millisecond) // it has ended by now, and there were tries to store its result
	work, err := c.js.Stream(t.Context(), workStream)
	if err != nil || work.CachedInfo().State.Msgs != 1 {
		t.Errorf("its result is not stored, but the chunk is gone: %v", err)
	}
	if _, err := c.js.CreateStream(t.Context(), done.CachedInfo().Config); err != nil {
		t.Fatal(err)
	}
	if r, _ := stored(t, c, m.job, 0); r.kind != values {
		t.Errorf("got %+v", r)
	}
	awaitNoChunks(t, c)
}

// awaitNoChunks waits until all chunks are acknowledged.
func awaitNoChunks(t *testing.T, c *Cluster) {
	t.Helper()
	for {
		s, err := c.js.Stream(t.Context(), workStream)
		if err != nil {
			t.Fatal(err)
		}
		if s.CachedInfo().State.Msgs == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestChunksAndResultsThatMakeNoSenseAreRejectedAndCounted(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1, ackWait: 100 * time.Millisecond})
	for _, m := range []*nats.Msg{
		{Subject: workPrefix + c.queue + ".job.x"},
		{Subject: workPrefix + c.queue + ".job.1", Data: []byte("no headers")},
		{Subject: workPrefix + c.queue + ".job.2", Header: nats.Header{taskHeader: {"double"}, itemsHeader: {"99999999999"}, triesHeader: {"3"}, limitHeader: {"0"}}},
	} {
		if _, err := c.js.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	awaitNoChunks(t, c)
	if n := c.Rejected(); n != 3 {
		t.Errorf("%d messages were rejected, want 3", n)
	}
	if r, _ := stored(t, c, "job", 1); r.kind != malformed { // who asked for it is told
		t.Errorf("got %+v", r)
	}
}

func TestAResultThatMakesNoSenseIsRejectedAndItsChunkDoneAgain(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1, ackWait: 100 * time.Millisecond})
	path := gate(t)
	var caller sync.WaitGroup
	caller.Go(func() {
		got, err := Map(c, []string{path}, gates, Job("forged"))
		if err != nil || !slices.Equal(got, []string{path}) {
			t.Errorf("got %v, %v", got, err)
		}
	})
	awaitFile(path + ".begun")
	forged := &nats.Msg{Subject: (&result{job: jobThatWaits(t, c)}).subject(), Data: []byte("no headers")}
	if _, err := c.js.PublishMsg(t.Context(), forged); err != nil {
		t.Fatal(err)
	}
	for c.Rejected() == 0 {
		time.Sleep(time.Millisecond)
	}
	appendTo(path, "open")
	caller.Wait()
	if n := c.Rejected(); n != 1 {
		t.Errorf("%d messages were rejected, want 1", n)
	}
}

// jobThatWaits is what the job whose chunk is in the queue is called there.
func jobThatWaits(t *testing.T, c *Cluster) string {
	t.Helper()
	s, err := c.js.Stream(t.Context(), workStream)
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.GetLastMsgForSubject(t.Context(), workPrefix+">")
	if err != nil {
		t.Fatal(err)
	}
	names, _, err := place(m.Subject, workPrefix, 2)
	if err != nil {
		t.Fatal(err)
	}
	return names[1]
}

func TestAWorkerThatIsLateForAForgottenJobDoesNotAnswerTheNextOfItsName(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2})
	path := gate(t)
	ctx, cancel := context.WithCancel(t.Context())
	var first sync.WaitGroup
	first.Go(func() {
		if _, err := Map(c, []string{path}, gates, Job("reused"), Context(ctx)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	awaitFile(path + ".begun")
	cancel()
	first.Wait()
	if err := c.Forget(t.Context(), "reused"); err != nil {
		t.Fatal(err)
	}
	other := gate(t)
	first.Go(func() {
		if got, err := Map(c, []string{other}, gates, Job("reused")); err != nil || !slices.Equal(got, []string{other}) {
			t.Errorf("got %v, %v, want %s", got, err, other)
		}
	})
	awaitFile(other + ".begun")
	appendTo(path, "open") // the late one stores its result
	time.Sleep(50 * time.Millisecond)
	appendTo(other, "open")
	first.Wait()
}

func TestAChunkWhoseItemsAreNotThereIsAnError(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	known, _ := registered.Lookup("double")
	for name, change := range map[string]func(*chunk){
		"too few bytes":      func(m *chunk) { m.payload = []byte("short") },
		"too many bytes":     func(m *chunk) { m.payload = make([]byte, 800) },
		"more than is there": func(m *chunk) { m.items = maxItems },
		"no such object":     func(m *chunk) { m.object, m.payload = "none", nil },
	} {
		m := &chunk{queue: c.queue, job: newName(), task: "double", code: c.codeOf(known), items: 2, tries: 3, payload: make([]byte, 16)}
		change(m)
		if _, err := c.js.PublishMsg(t.Context(), m.message()); err != nil {
			t.Fatal(err)
		}
		if r, _ := stored(t, c, m.job, 0); r.kind != registered.BadInput {
			t.Errorf("%s: got %+v", name, r)
		}
	}
}

func TestAnObjectThatClaimsToBeTooLargeIsNotFetched(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	name, err := c.putObject(t.Context(), "greedy", "in.0", []byte("small"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.js.Stream(t.Context(), "OBJ_"+bucketOf("greedy"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := s.GetLastMsgForSubject(t.Context(), "$O."+bucketOf("greedy")+".M.>")
	if err != nil {
		t.Fatal(err)
	}
	forged := &nats.Msg{Subject: info.Subject, Header: info.Header,
		Data: bytes.Replace(info.Data, []byte(`"size":5,`), fmt.Appendf(nil, `"size":%d,`, maxObject+1), 1)}
	if _, err := c.js.PublishMsg(t.Context(), forged); err != nil || bytes.Equal(forged.Data, info.Data) {
		t.Fatalf("%v, %s", err, info.Data)
	}
	if data, err := c.getObject(t.Context(), "greedy", name); !errors.Is(err, errTooLarge) {
		t.Errorf("got %d bytes, %v", len(data), err)
	}
	if _, err := c.putObject(t.Context(), "greedy", "in.1", make([]byte, maxObject+1)); err == nil || !strings.Contains(err.Error(), "use smaller chunks") {
		t.Errorf("got %v", err)
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

// A client, started by the next test, to be killed.
func playParent(mode string) {
	url, token, path := os.Getenv("CLUSTER_TEST_URL"), os.Getenv("CLUSTER_TEST_TOKEN"), os.Getenv("CLUSTER_TEST_PATH")
	c, err := Open(Config{URL: url, Token: token, Processes: 2})
	if err == nil && mode == "map" {
		_, err = Map(c, napItems(path), naps, Chunk(2), Job("survivor"))
	} else if err == nil {
		appendTo(path, "x")
		select {}
	}
	fmt.Println(err)
}

func napItems(path string) []marked {
	items := make([]marked, 400)
	for i := range items {
		items[i] = marked{i * int(20*time.Microsecond), path}
	}
	return items
}

// startParent starts this test program as a client.
func startParent(t *testing.T, mode string, nodes *Nodes, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), parentMode+"="+mode, "CLUSTER_TEST_URL="+nodes.URL(), "CLUSTER_TEST_TOKEN="+nodes.Token(), "CLUSTER_TEST_PATH="+path)
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

func TestAJobIsPickedUpAgainAfterItsClientWasKilled(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	path := filepath.Join(t.TempDir(), "runs")
	runs := func() int {
		b, _ := os.ReadFile(path)
		return len(b)
	}
	client := startParent(t, "map", nodes, path)
	for runs() < 100 {
		time.Sleep(time.Millisecond)
	}
	client.Process.Kill() // and with it its workers
	client.Wait()
	config := nodes.config()
	config.Processes = 2
	config.ackWait = 300 * time.Millisecond
	c := mustOpen(t, config)
	before := runs()
	got := mustMap(t, c, napItems(path), naps, Chunk(2), Job("survivor"))
	want := serial.Map(napItems(path), func(m marked) int { return m.N })
	if !slices.Equal(got, want) {
		t.Errorf("got %.80v", got)
	}
	if after := runs(); after-before > 400-before+8 || before >= 400 {
		t.Errorf("%d tasks had run, and %d after that: results were not kept", before, after-before)
	}
	wantNothingLeft(t, c)
	mustMap(t, c, napItems(path)[:4], naps, Job("survivor")) // the name is free again
}

func TestAJobOfTheSameNameButOtherWorkIsRefused(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Map(c, make([]int, 500), pids, Chunk(1), Job("mine"), Context(ctx), Progress(func(done, _ int) {
		if done == 5 {
			cancel()
		}
	})); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		`job "mine" is another one: it has other items`:                   mapError(c, upTo(500), Job("mine")),
		`job "mine" is another one: it has other items; give it`:          mapError(c, make([]int, 501), Job("mine")),
		`job "mine" is another one: its task is "pids", not "increment";`: second(Map(c, make([]int, 500), increment, Job("mine"))),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	awaitNoChunks(t, c) // else one may be sent again just as it ends, and leave a second result
	mustMap(t, c, make([]int, 500), pids, Job("mine"))
	wantNothingLeft(t, c)
}

func mapError(c *Cluster, items []int, opts ...Option) error {
	return second(Map(c, items, pids, opts...))
}

func second[T any](_ T, err error) error { return err }

func TestTheLastClientOfAJobOwnsItAndTheFirstIsTold(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2})
	path := gate(t)
	var first sync.WaitGroup
	first.Go(func() {
		_, err := Map(c, []string{path}, gates, Job("contested"))
		if err == nil || !strings.Contains(err.Error(), "picked up by another") {
			t.Errorf("the first got %v", err)
		}
	})
	awaitFile(path + ".begun")
	first.Go(func() {
		if got, err := Map(c, []string{path}, gates, Job("contested")); err != nil || !slices.Equal(got, []string{path}) {
			t.Errorf("the second got %v, %v", got, err)
		}
	})
	time.Sleep(20 * time.Millisecond) // the second may come at any time
	appendTo(path, "open")
	first.Wait()
}

func TestTheWorkersOfAClientThatIsKilledEndWithIt(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	path := gate(t)
	client := startParent(t, "open", nodes, path)
	awaitFile(path)
	config := nodes.config()
	config.Workers = 1
	c := mustOpen(t, config)
	await := func(n int, when string) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			ask, err := c.js.Consumer(t.Context(), workStream, c.queue)
			if err == nil && ask.CachedInfo().NumWaiting == n {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: not %d workers wait, %v", when, n, err)
			}
		}
	}
	await(3, "before")
	client.Process.Kill()
	client.Wait()
	await(1, "after")
}
