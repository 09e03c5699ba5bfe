package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func isWanted(context.Context) error { return nil }

// objectsOf are the objects that the servers have of any job.
func objectsOf(t *testing.T, c *Cluster) (names []string) {
	t.Helper()
	for bucket := range c.js.ObjectStoreNames(t.Context()).Name() {
		store, err := c.js.ObjectStore(t.Context(), bucket)
		if err != nil {
			continue // it was just taken away
		}
		all, err := store.List(t.Context())
		if err != nil && !errors.Is(err, jetstream.ErrNoObjectsFound) {
			t.Fatal(err)
		}
		for _, info := range all {
			names = append(names, info.Name)
		}
	}
	return names
}

func TestObjectsDoNotPileUpWhileAJobRuns(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2})
	awaitFew := func(done, items int) {
		if done < items-1 {
			return
		}
		for { // of 20 there may be those of the last two, and of this one
			if len(objectsOf(t, c)) <= 4 {
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
	_, err := c.putObject(t.Context(), "ended", "out.0", []byte("x"), func(context.Context) error {
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
	name, err := c.putObject(t.Context(), job, "out.0", data, isWanted)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.js.Stream(t.Context(), "OBJ_"+bucketOf(job))
	if err != nil {
		t.Fatal(err)
	}
	return name, s
}

func TestAnObjectIsBrokenIfItIsNotWhatItSaysAndNotIfItDoesNotCome(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	name, s := object(t, c, "silent", make([]byte, 1<<20))
	if err := s.Purge(t.Context(), jetstream.WithPurgeSubject("$O."+bucketOf("silent")+".C.>")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.getObjectWithin(t.Context(), "silent", name, 50*time.Millisecond); !errors.Is(err, errSilent) || isBroken(err) {
		t.Errorf("nothing comes: got %v", err)
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
	} {
		if _, err := c.js.PublishMsg(t.Context(), &nats.Msg{Subject: info.Subject, Header: info.Header, Data: changed}); err != nil || bytes.Equal(changed, info.Data) {
			t.Fatalf("%v: %s", err, info.Data)
		}
		data, err := c.getObject(t.Context(), "changed", name)
		if what == "a size of 0" {
			if err != nil || len(data) != 0 {
				t.Errorf("%s: got %q, %v", what, data, err)
			}
		} else if !isBroken(err) {
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
	for _, passing := range []error{context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, jetstream.ErrNoStreamResponse, errSilent} {
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
	r := &result{job: "again", kind: values, items: 1, worker: "w", object: "out.0.mine", began: time.Unix(0, 1), ended: time.Unix(0, 2)}
	if w.isNamed(t.Context(), r) {
		t.Error("no result is there, but it names the object")
	}
	if _, err := c.js.PublishMsg(t.Context(), r.message()); err != nil {
		t.Fatal(err)
	}
	if !w.isNamed(t.Context(), r) {
		t.Error("the result that is there names the object, and it is not seen")
	}
	r.object = "out.0.other"
	if w.isNamed(t.Context(), r) {
		t.Error("the result that is there names another object")
	}
}

func TestAnObjectThatAServerDoesNotHaveYetIsWaitedFor(t *testing.T) {
	c := mustOpen(t, mustStartNodes(t, 3).config())
	name, s := object(t, c, "early", []byte("data"))
	meta, err := s.GetLastMsgForSubject(t.Context(), "$O."+bucketOf("early")+".M.>")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteMsg(t.Context(), meta.Sequence); err != nil {
		t.Fatal(err)
	}
	var early int
	goOn := func(err error) bool {
		if !errors.Is(err, errBehind) || isBroken(err) {
			t.Errorf("got %v", err)
		}
		early++
		return true
	}
	if _, err := c.insistOnObjectWithin(t.Context(), "early", name, goOn, 300*time.Millisecond); !errors.Is(err, jetstream.ErrObjectNotFound) || early == 0 {
		t.Errorf("after the time that a server may be behind: got %v, told %d times", err, early)
	}
	data, err := c.insistOnObject(t.Context(), "early", name, func(err error) bool {
		if goOn(err); early > 0 { // now it comes
			early = 0
			if _, err := c.js.PublishMsg(t.Context(), &nats.Msg{Subject: meta.Subject, Header: meta.Header, Data: meta.Data}); err != nil {
				t.Error(err)
			}
		}
		return true
	})
	if err != nil || string(data) != "data" {
		t.Errorf("got %q, %v", data, err)
	}
	if err := c.js.DeleteObjectStore(t.Context(), bucketOf("early")); err != nil {
		t.Error(err)
	}
}

func TestWithoutCopiesAnObjectThatIsNotThereIsNotWaitedFor(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	object(t, c, "other", []byte("data"))
	_, err := c.insistOnObject(t.Context(), "other", "none", func(err error) bool {
		t.Errorf("told %v", err)
		return false
	})
	if !errors.Is(err, jetstream.ErrObjectNotFound) {
		t.Errorf("got %v", err)
	}
}

// A server of three that is behind the others has failed a Map whose chunks
// were objects: it said that they were not there, or had other contents.
func TestLargeChunksAndResultsOnThreeNodes(t *testing.T) {
	config := mustStartNodes(t, 3).config()
	config.Workers = 2
	c := mustOpen(t, config)
	large := make([][]byte, 30)
	for i := range large {
		large[i] = bytes.Repeat([]byte{byte(i)}, 1200<<10)
	}
	for _, opts := range [][]Option{{Chunk(1)}, {Chunk(1), Job("large")}} {
		for i, b := range mustMap(t, c, large, reverses, opts...) {
			if len(b) != 1200<<10 || b[0] != byte(i) {
				t.Errorf("result %d has %d bytes", i, len(b))
			}
		}
	}
	wantNothingLeft(t, c)
}
