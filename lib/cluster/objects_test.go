package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func isWanted(context.Context) error { return nil }

// objectCount is how many objects the servers have of any job. (ObjectStore.List
// hangs if an object is deleted just when it begins; nats.go 1.49.)
func objectCount(t *testing.T, c *Cluster) (n int) {
	t.Helper()
	for stream := range c.js.StreamNames(t.Context()).Name() {
		if bucket, ok := strings.CutPrefix(stream, "OBJ_"); ok {
			infos, err := c.subjects(t.Context(), stream, "$O."+bucket+".M.>")
			if err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) { // its job has just ended
				t.Fatal(err)
			}
			n += len(infos)
		}
	}
	return n
}

func TestObjectsDoNotPileUpWhileAJobRuns(t *testing.T) {
	t.Parallel()
	c := mustOpen(t, Config{Workers: 2})
	awaitFew := func(done, items int) {
		if done < items-1 {
			return
		}
		for { // of 20 there may be those of the last two, and of this one
			if objectCount(t, c) <= 4 {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}
	mustMap(t, c, upTo(20), blow, Chunk(1), Progress(awaitFew))
	large := make([][]byte, 20)
	for i := range large {
		large[i] = make([]byte, 2<<20)
	}
	mustMap(t, c, large, length, Chunk(1), Progress(awaitFew))
}

func TestAJobThatIsPickedUpAgainHasItsLargeResultsStill(t *testing.T) {
	t.Parallel()
	c := mustOpen(t, Config{Workers: 2})
	large := make([][]byte, 10)
	for i := range large {
		large[i] = bytes.Repeat([]byte{byte(i)}, 2<<20)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Map(c, large, reverses, Chunk(1), Job("large"), Context(ctx), Progress(func(done, _ int) {
		if done == 5 {
			cancel()
		}
	}))
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	for i, b := range mustMap(t, c, large, reverses, Chunk(1), Job("large")) {
		if len(b) != 2<<20 || b[0] != byte(i) {
			t.Errorf("result %d has %d bytes", i, len(b))
		}
	}
	wantNothingLeft(t, c)
}

func TestAWorkerThatIsLateForAJobThatHasEndedMakesNoBucketForIt(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	path := gate(t)
	ctx, cancel := context.WithCancel(t.Context())
	var caller sync.WaitGroup
	caller.Go(func() {
		if _, err := Map(c, []string{path}, swells, Context(ctx)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	awaitFile(path + ".begun")
	cancel()
	caller.Wait()
	c.maps.Wait() // for cleaning
	appendTo(path, "open")
	mustMap(t, c, upTo(10), double, Chunk(1)) // the same worker does it after that
	wantNothingLeft(t, c)
}

func TestABucketThatIsMadeJustAsItsJobEndsIsTakenAway(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	asked := 0
	_, err := c.putObject(t.Context(), "ended", part{resultsPart, 0}, []byte("x"), func(context.Context) error {
		if asked++; asked == 2 {
			return errOver
		}
		return nil
	})
	if !errors.Is(err, errOver) {
		t.Errorf("got %v", err)
	}
	wantNothingLeft(t, c)
}

// object stores one, and returns the stream that it is in.
func object(t *testing.T, c *Cluster, job string, data []byte) (string, jetstream.Stream) {
	t.Helper()
	name, err := c.putObject(t.Context(), job, part{resultsPart, 0}, data, isWanted)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.js.Stream(t.Context(), streamOf(job))
	if err != nil {
		t.Fatal(err)
	}
	return name, s
}

func TestAnObjectIsOneOfNATS(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	data := bytes.Repeat([]byte("0123456789"), pieceSize/4)
	name, _ := object(t, c, "nats", data)
	store, err := c.js.ObjectStore(t.Context(), bucketOf("nats"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := store.GetBytes(t.Context(), name); err != nil || !bytes.Equal(got, data) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	if err := c.dropObject("nats", name); err != nil {
		t.Error(err)
	}
	if status, err := store.Status(t.Context()); err != nil || status.Size() > 0 {
		t.Errorf("there are %v, %v", status, err)
	}
}

func TestAnObjectIsBrokenIfItIsNotWhatItSays(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	name, s := object(t, c, "purged", make([]byte, 1<<20))
	if err := s.Purge(t.Context(), jetstream.WithPurgeSubject("$O."+bucketOf("purged")+".C.>")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.getObject(t.Context(), "purged", name); !isBroken(err) {
		t.Errorf("its pieces were taken away: got %v", err)
	}
	name, s = object(t, c, "hollow", []byte("small"))
	pieces, err := s.GetLastMsgForSubject(t.Context(), "$O."+bucketOf("hollow")+".C.>")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteMsg(t.Context(), pieces.Sequence); err != nil {
		t.Fatal(err)
	}
	for _, piece := range []string{"", "small"} { // the first makes it broken, though the rest is there
		if _, err := c.js.Publish(t.Context(), pieces.Subject, []byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.getObject(t.Context(), "hollow", name); !errors.Is(err, errBroken) {
		t.Errorf("with an empty piece: got %v", err)
	}
	name, s = object(t, c, "changed", []byte("small"))
	info, err := s.GetLastMsgForSubject(t.Context(), "$O."+bucketOf("changed")+".M.>")
	if err != nil {
		t.Fatal(err)
	}
	for what, changed := range map[string][]byte{
		"its digest":  bytes.Replace(info.Data, []byte(`"digest":"SHA-256=`), []byte(`"digest":"SHA-256=AAAA`), 1),
		"its size":    bytes.Replace(info.Data, []byte(`"size":5,`), []byte(`"size":6,`), 1),
		"its info":    []byte("{"),
		"a size of 0": bytes.Replace(info.Data, []byte(`"size":5,`), []byte(`"size":0,`), 1),
		"no size":     bytes.Replace(info.Data, []byte(`"size":5,`), []byte(`"size":-5,`), 1),
	} {
		if _, err := c.js.PublishMsg(t.Context(), &nats.Msg{Subject: info.Subject, Header: info.Header, Data: changed}); err != nil || bytes.Equal(changed, info.Data) {
			t.Fatalf("%v: %s", err, info.Data)
		}
		data, err := c.getObject(t.Context(), "changed", name)
		if !isBroken(err) {
			t.Errorf("%s: got %q, %v", what, data, err)
		}
	}
	for _, job := range []string{"changed", "none"} {
		if _, err := c.getObject(t.Context(), job, "none"); !isBroken(err) {
			t.Errorf("no such object in %s: got %v", job, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.getObject(ctx, "changed", name); !errors.Is(err, context.Canceled) || isBroken(err) {
		t.Errorf("canceled: got %v", err)
	}
}

func TestWhatMayPassIsTriedAgainAndWhatIsFinalIsNot(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	for _, passing := range []error{context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, jetstream.ErrNoStreamResponse} {
		tries := 0
		err := c.persist(t.Context(), func() error {
			if tries++; tries < 3 {
				return fmt.Errorf("asking: %w", passing)
			}
			return nil
		}, always)
		if err != nil || tries != 3 {
			t.Errorf("%v: %d tries, then %v", passing, tries, err)
		}
	}
	for _, final := range []error{errOver, errBroken, nats.ErrConnectionClosed, jetstream.ErrObjectNotFound} {
		tries := 0
		if err := c.persist(t.Context(), func() error { tries++; return final }, always); !errors.Is(err, final) || tries != 1 {
			t.Errorf("%v: %d tries, then %v", final, tries, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := c.persist(ctx, func() error { cancel(); return nats.ErrTimeout }, always); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: got %v", err)
	}
}

// If no answer comes when a result is stored, it is sent again and refused, for it is there.
func TestTheObjectOfAResultThatWasSentTwiceStays(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	w := &worker{service: &service{link: c.link, log: t.Logf}}
	r := &result{job: "again", kind: values, items: 1, worker: "w", object: "out-0-MINE", began: 1, ended: 2}
	if w.isNamed(t.Context(), r) {
		t.Error("no result is there, but it names the object")
	}
	if _, err := c.js.PublishMsg(t.Context(), r.message()); err != nil {
		t.Fatal(err)
	}
	if !w.isNamed(t.Context(), r) {
		t.Error("the result that is there names the object, and it is not seen")
	}
	r.object = "out-0-OTHER"
	if w.isNamed(t.Context(), r) {
		t.Error("the result that is there names another object")
	}
}

func TestAChunkWhoseObjectIsGoneIsBrokenOnlyIfItIsKnownToBeNeeded(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	queue, err := c.link.queue(t.Context(), "other", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	sent := &chunk{queue: "other", job: "gone", task: "double", code: "c", items: 1, tries: 3, object: "none"}
	if _, err := c.js.PublishMsg(t.Context(), sent.message()); err != nil {
		t.Fatal(err)
	}
	var m jetstream.Msg
	for m == nil && err == nil {
		m, err = c.greet(t.Context(), queue)
	}
	if err != nil {
		t.Fatal(err)
	}
	w := &worker{service: &service{link: c.link, log: t.Logf}, holds: map[*held]bool{}}
	h := w.hold(m, sent, time.Minute)
	defer w.letGo(h)
	if _, err := w.items(t.Context(), h); !isBroken(err) {
		t.Errorf("it waits and has no result: got %v", err)
	}
	if err := c.js.DeleteStream(t.Context(), doneStream); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := w.items(ctx, h); err == nil || isBroken(err) {
		t.Errorf("nobody knows whether it has one: got %v", err)
	}
	if err := c.streams(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := c.js.PublishMsg(t.Context(), (&result{job: "gone", kind: values, items: 1, worker: "w"}).message()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.items(t.Context(), h); !errors.Is(err, errOver) {
		t.Errorf("it waits and has a result: got %v", err)
	}
	if err := m.Ack(); err != nil {
		t.Fatal(err)
	}
	for waiting := true; waiting; {
		if waiting, err = w.isWaiting(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.items(t.Context(), h); !errors.Is(err, errOver) {
		t.Errorf("it waits no more: got %v", err)
	}
}

// A server of three that is behind the others has failed a Map whose chunks
// were objects: it said that they were not there, or had other contents.
func TestLargeChunksAndResultsOnThreeNodes(t *testing.T) {
	t.Parallel()
	nodes := mustStartNodes(t, 3)
	config := nodes.config()
	config.Workers, config.ackWait = 2, time.Second
	c := mustOpen(t, config)
	large := make([][]byte, 20)
	for i := range large {
		large[i] = bytes.Repeat([]byte{byte(i)}, 1200<<10)
	}
	kill := sync.OnceFunc(func() {
		leader, err := nodes.Leader()
		if err == nil {
			err = nodes.Kill(leader)
		}
		if err != nil {
			t.Error(err)
		}
	})
	for _, test := range []struct {
		name string
		opts []Option
	}{
		{"a job without a name", nil},
		{"a job with a name", []Option{Job("large")}},
		{"a node is killed", []Option{Job("killed"), Progress(func(done, of int) {
			if done > of/4 {
				kill()
			}
		})}},
		{"a node is gone", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			for i, b := range mustMap(t, c, large, reverses, append(test.opts, Chunk(1))...) {
				if len(b) != 1200<<10 || b[0] != byte(i) {
					t.Errorf("result %d has %d bytes", i, len(b))
				}
			}
		})
	}
	wantNothingLeft(t, c)
}
