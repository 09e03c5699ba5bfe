package cluster

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// piecesLeft counts the pieces that the servers have of a job's objects.
func piecesLeft(t *testing.T, c *Cluster, job string) (n uint64) {
	t.Helper()
	subjects, err := c.subjects(t.Context(), streamOf(job), "$O."+bucketOf(job)+".C.>")
	if err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		t.Error(err)
	}
	for _, pieces := range subjects {
		n += pieces
	}
	return n
}

func TestAPutThatFailsLeavesNoPieces(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1, memory: 4 << 20})
	refused := 0
	var mu sync.Mutex
	var putters sync.WaitGroup
	for range 3 {
		putters.Go(func() {
			for range 10 {
				name, err := c.putObject(t.Context(), "small", part{resultsPart, 0}, make([]byte, 3<<20), isWanted)
				if err == nil {
					err = c.dropObject("small", name)
				} else if isFull(err) {
					err = nil
					mu.Lock()
					refused++
					mu.Unlock()
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	putters.Wait()
	if n := piecesLeft(t, c, "small"); n > 0 || refused == 0 {
		t.Errorf("%d puts were refused, and %d pieces are left", refused, n)
	}
}

// What is stored after a put has taken away its pieces stays: one of them was
// refused, and the next ones were on their way, and found room.
func TestWhenAPieceIsRefusedNoOtherIsOnItsWayAnyMore(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	if _, err := c.js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "narrow", Subjects: []string{"narrow"}, MaxMsgSize: 100, Storage: jetstream.MemoryStorage}); err != nil {
		t.Fatal(err)
	}
	const others = 2000
	p := &pieces{link: c.link, subject: "narrow", window: 2 * others}
	for n := range 1 + others {
		data := make([]byte, 100)
		if n == 0 {
			data = make([]byte, 1000)
		}
		if err := p.send(t.Context(), data); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.await(t.Context(), others); err == nil || !strings.Contains(err.Error(), "message size exceeds") {
		t.Errorf("got %v", err)
	}
	if n := c.js.PublishAsyncPending(); n > 0 {
		t.Errorf("%d pieces are on their way", n)
	}
}

// fill stores objects until there is no room, as a worker would that dies each
// time before it takes them away.
func fill(t *testing.T, c *Cluster, job string, of part) {
	t.Helper()
	for {
		_, err := c.putObject(t.Context(), job, of, make([]byte, 1<<20), isWanted)
		if isFull(err) {
			return
		} else if err != nil {
			t.Error(err)
			return
		}
	}
}

func TestAMapTakesAwayWhatDeadWorkersHaveLeftInAFullStore(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2, memory: 5 << 20, ackWait: 100 * time.Millisecond})
	open, shut := gate(t), gate(t)
	appendTo(open, "open")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var dead sync.WaitGroup
	results := mustMap(t, c, []string{open, shut}, swells, Chunk(1), Context(ctx), Progress(func(done, _ int) {
		if done > 1 {
			return
		}
		job := jobThatWaits(t, c)
		dead.Go(func() {
			defer appendTo(shut, "open")
			for piecesLeft(t, c, job) > 0 { // of the first result
				time.Sleep(time.Millisecond)
			}
			fill(t, c, job, part{itemsPart, 0})
		})
	}))
	dead.Wait()
	if len(results[1]) != 3<<20 {
		t.Errorf("result 1 has %d bytes", len(results[1]))
	}
}

func TestASweepTakesAwayWhatNobodyNeedsAndNothingElse(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	put := func(of part) string {
		name, err := c.putObject(t.Context(), "sweep", of, []byte("x"), isWanted)
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	leave := func(of part) string { // as a put that was killed
		name := of.newObject()
		if _, err := c.js.Publish(t.Context(), piecesOf("sweep", name), []byte("x")); err != nil {
			t.Fatal(err)
		}
		return name
	}
	needed := []string{put(part{itemsPart, 1}), put(part{resultsPart, 1}), put(part{itemsPart, 2})}
	put(part{itemsPart, 0})
	ofNamed := []string{put(part{resultsPart, 0}), leave(part{resultsPart, 0})}
	begun, abandoned := leave(part{resultsPart, 1}), leave(part{itemsPart, 1})
	j := &job{c: c, name: "sweep", chunks: 2, done: []bool{true, false}, options: options{job: "sweep"}, named: true}
	wantObjects := func(want ...string) {
		t.Helper()
		subjects, err := c.subjects(t.Context(), streamOf("sweep"), "$O."+bucketOf("sweep")+".C.>")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for subject := range subjects {
			object, _, _ := objectAt("sweep", subject)
			got = append(got, object)
		}
		slices.Sort(got)
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Errorf("there are %v, want %v", got, want)
		}
	}
	j.sweep(t.Context())
	wantObjects(slices.Concat(needed, ofNamed, []string{begun, abandoned})...)
	j.named = false
	j.sweep(t.Context())
	wantObjects(slices.Concat(needed, []string{begun, abandoned})...)
	long := time.Now().Add(-abandonedTime)
	j.unfinished[begun] = unfinished{7, long} // it had another number of pieces then
	j.unfinished[abandoned] = unfinished{1, long}
	j.sweep(t.Context())
	wantObjects(slices.Concat(needed, []string{begun})...)
	for _, name := range needed {
		if data, err := c.getObject(t.Context(), "sweep", name); err != nil || string(data) != "x" {
			t.Errorf("%s: got %q, %v", name, data, err)
		}
	}
}

func TestNamesOfObjectsAreReadOrRefused(t *testing.T) {
	for _, p := range []part{{itemsPart, 0}, {resultsPart, 1 << 20}} {
		name := p.newObject()
		if got, ok := partOf(name); !ok || got != p || !token.MatchString(name) {
			t.Errorf("%s is read as %v, %v", name, got, ok)
		}
		for _, subject := range []string{piecesOf("j", name), infoOf("j", name)} {
			if object, _, ok := objectAt("j", subject); !ok || object != name {
				t.Errorf("%s is read as %q, %v", subject, object, ok)
			}
			if _, _, ok := objectAt("i", subject); ok {
				t.Errorf("%s is read as another job's", subject)
			}
		}
	}
	for _, name := range []string{"", "in", "in-1", "in--X", "on-1-X", "in-01-X", "in--1-X", "in-1-X-Y", "in-99999999999-X"} {
		if p, ok := partOf(name); ok {
			t.Errorf("%q is read as %v", name, p)
		}
	}
	if _, _, ok := objectAt("j", infoOf("j", "")+"!"); ok {
		t.Error("what is not base64 is read")
	}
}
