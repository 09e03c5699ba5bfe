package cluster

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/registered"
)

// deliver sends a chunk to the workers of c.
func deliver(t *testing.T, c *Cluster, job string, number int, payload string, task string) {
	t.Helper()
	put(t, c, chunkFor(c, job, one(number), task, []byte(payload)).Message())
}

// chunkFor is a chunk for the workers of c.
func chunkFor(c *Cluster, job string, r wire.Range, task string, payload []byte) *wire.Chunk {
	m := &wire.Chunk{Queue: c.queue, Job: job, Range: r, Task: task, MaxAttempts: 3, MaxResult: 1 << 20, Payload: payload}
	if known, ok := registered.Lookup(task); ok {
		m.Code = c.codeOf(known)
	} else {
		m.Code = "none"
	}
	return m
}

// stored waits for the result of a chunk.
func stored(t *testing.T, c *Cluster, job string, number int) (*wire.Result, uint64) {
	t.Helper()
	return storedFor(t, c, job, one(number))
}

func storedFor(t *testing.T, c *Cluster, job string, items wire.Range) (*wire.Result, uint64) {
	t.Helper()
	for {
		s, found, err := c.link.Result(t.Context(), job, items)
		if err != nil {
			t.Fatal(err)
		}
		if found {
			r, err := wire.ParseResult(s.Message)
			if err != nil {
				t.Fatal(err)
			}
			return r, s.Sequence
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
	if still != sequence || string(again.Payload) != string(first.Payload) || again.Ended != first.Ended {
		t.Errorf("the first result was %+v, and after the second delivery %+v", first, again)
	}
}

func TestAChunkIsAcknowledgedOnlyWhenItsResultIsStored(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	done, err := c.raw(t).Stream(t.Context(), doneStream)
	if err == nil {
		err = c.raw(t).DeleteStream(t.Context(), doneStream) // so that there is no place for results
	}
	if err != nil {
		t.Fatal(err)
	}
	path := gate(t)
	put(t, c, chunkFor(c, "homeless", one(0), "gates", encoded(t, path)).Message())
	appendTo(path, "open")
	awaitFile(path + ".begun")
	time.Sleep(100 * time.Millisecond) // it has ended by now, and there were tries to store its result
	work, err := c.raw(t).Stream(t.Context(), workStream)
	if err != nil || work.CachedInfo().State.Msgs != 1 {
		t.Errorf("its result is not stored, but the chunk is gone: %v", err)
	}
	if _, err := c.raw(t).CreateStream(t.Context(), done.CachedInfo().Config); err != nil {
		t.Fatal(err)
	}
	if r, _ := stored(t, c, "homeless", 0); r.Kind != wire.Values {
		t.Errorf("got %+v", r)
	}
	awaitNoChunks(t, c)
}

// awaitNoChunks waits until all chunks are acknowledged.
func awaitNoChunks(t *testing.T, c *Cluster) {
	t.Helper()
	for {
		s, err := c.raw(t).Stream(t.Context(), workStream)
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
	greedy := chunkFor(c, "job", one(2), "double", nil).Message()
	greedy.Header["Mp-Max-Attempts"] = []string{"99999999999"}
	for _, m := range []wire.Message{
		{Subject: "mp.work." + c.queue + ".job.x"},
		{Subject: "mp.work." + c.queue + ".job.1-2", Data: []byte("no headers")},
		greedy,
	} {
		put(t, c, m)
	}
	awaitNoChunks(t, c)
	if n := c.Rejected(); n != 3 {
		t.Errorf("%d messages were rejected, want 3", n)
	}
	if r, _ := stored(t, c, "job", 1); r.Kind != wire.Malformed { // who asked for it is told
		t.Errorf("got %+v", r)
	}
}

func TestAResultThatMakesNoSenseIsRejectedAndItsChunkDoneAgain(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1, ackWait: 100 * time.Millisecond})
	path := gate(t)
	var caller sync.WaitGroup
	caller.Go(func() {
		got, err := Map(t.Context(), c, []string{path}, gates, Job("forged"))
		if err != nil || !slices.Equal(got, []string{path}) {
			t.Errorf("got %v, %v", got, err)
		}
	})
	awaitFile(path + ".begun")
	put(t, c, wire.Message{Subject: (&wire.Result{Job: jobThatWaits(t, c), Range: one(0)}).Subject(), Data: []byte("no headers")})
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
	s, err := c.raw(t).Stream(t.Context(), workStream)
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.GetLastMsgForSubject(t.Context(), wire.AllChunks)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(m.Subject, ".")[3]
}

func TestAWorkerThatIsLateForAForgottenJobDoesNotAnswerTheNextOfItsName(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2})
	path := gate(t)
	ctx, cancel := context.WithCancel(t.Context())
	var first sync.WaitGroup
	first.Go(func() {
		if _, err := Map(ctx, c, []string{path}, gates, Job("reused")); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	awaitFile(path + ".begun")
	cancel()
	first.Wait()
	if err := c.DeleteJob(t.Context(), "reused"); err != nil {
		t.Fatal(err)
	}
	other := gate(t)
	first.Go(func() {
		if got, err := Map(t.Context(), c, []string{other}, gates, Job("reused")); err != nil || !slices.Equal(got, []string{other}) {
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
	two := wire.Range{From: 0, To: 2}
	for name, test := range map[string]struct {
		r     wire.Range
		bytes int
	}{
		"too few bytes":      {two, 5},
		"too many bytes":     {two, 800},
		"more than is there": {wire.Range{From: 0, To: wire.MaxItems}, 16},
	} {
		m := chunkFor(c, wire.NewName(), test.r, "double", make([]byte, test.bytes))
		put(t, c, m.Message())
		if r, _ := storedFor(t, c, m.Job, m.Range); r.Kind != registered.BadInput {
			t.Errorf("%s: got %+v", name, r)
		}
	}
}
