package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/registered"
)

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
	payload, err := codec.Encode(portable.Of([]string{path}))
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
	name, err := c.putObject(t.Context(), "greedy", part{itemsPart, 0}, []byte("small"), isWanted)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.js.Stream(t.Context(), streamOf("greedy"))
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
	if _, err := c.putObject(t.Context(), "greedy", part{itemsPart, 1}, make([]byte, maxObject+1), isWanted); err == nil || !strings.Contains(err.Error(), "use smaller chunks") {
		t.Errorf("got %v", err)
	}
}
