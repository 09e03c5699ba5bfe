package cluster

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/process"
)

// sparse has a field that gob leaves out when it is zero.
type sparse struct {
	N    int
	Path string
}

// moody does what its text says where it is decoded or encoded. A decoded one
// says first where it goes: "client panics" is what a worker returns.
type moody struct{ mood string }

func (m moody) GobEncode() ([]byte, error) {
	if what, ok := strings.CutPrefix(m.mood, "encoding "); ok {
		return nil, behave(what)
	}
	return []byte(m.mood), nil
}

func (m *moody) GobDecode(b []byte) error {
	m.mood = string(b)
	if what, ok := strings.CutPrefix(m.mood, "decoding "); ok {
		return behave(what)
	}
	return nil
}

var (
	behaved atomic.Int64
	hanging sync.Mutex // as long as it is locked
)

func behave(what string) error {
	behaved.Add(1)
	switch what {
	case "panics":
		panic("boom")
	case "exits":
		runtime.Goexit()
	case "hangs":
		hanging.Lock()
		hanging.Unlock()
	case "is slow":
		time.Sleep(300 * time.Millisecond) // three times as long as a chunk may go unheard of
		return nil
	case "fails at first":
		if behaved.Load() > 1 {
			return nil
		}
	}
	return errors.New("it " + what)
}

var (
	sparses = process.Register("sparses", func(s sparse) sparse { passGate(s.Path); return sparse{N: 0} })
	moods   = process.Register("moods", func(text string) moody { return moody{text} })
	unmoods = process.Register("unmoods", func(m moody) string { return m.mood })
	panics  = process.Register("panics", func(m moody) string {
		if m.mood == "panics" {
			panic(m.mood)
		}
		return m.mood
	})
	swaps = process.Register("swaps", func(m moody) moody { return moody{"encoding " + m.mood} })
)

// forge stores results of the first two items of the job whose chunk waits.
func forge(t *testing.T, c *Cluster, payload []byte) {
	t.Helper()
	put(t, c, (&wire.Result{Job: jobThatWaits(t, c), Range: wire.Range{From: 0, To: 2}, Kind: wire.Values, Worker: "forger", Payload: payload}).Message())
}

func encoded[T any](t *testing.T, values ...T) []byte {
	t.Helper()
	codec, err := portable.CodecOf[T]()
	if err != nil {
		t.Fatal(err)
	}
	payload, err := codec.Encode(portable.Of(values))
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// gob does not send zero fields: what a rejected result had decoded stayed in
// place of those of the good one.
func TestARejectedResultLeavesNothingInTheResults(t *testing.T) {
	seven := encoded(t, sparse{7, "x"}, sparse{7, "x"})
	for name, payload := range map[string][]byte{
		"bytes too many":  append(slices.Clone(seven), 0),
		"values too few":  encoded(t, sparse{7, "x"}),
		"values too many": encoded(t, sparse{7, "x"}, sparse{7, "x"}, sparse{7, "x"}),
		"cut off":         seven[:len(seven)-2],
		"no values":       []byte("no values"),
	} {
		t.Run(name, func(t *testing.T) {
			c := mustOpen(t, Config{Workers: 1, ackWait: 100 * time.Millisecond})
			path := gate(t)
			var caller sync.WaitGroup
			caller.Go(func() {
				got, err := Map(t.Context(), c, []sparse{{1, path}, {2, path}}, sparses, ChunkSize(2))
				if err != nil || !slices.Equal(got, []sparse{{}, {}}) {
					t.Errorf("got %v, %v", got, err)
				}
			})
			awaitFile(path + ".begun")
			forge(t, c, payload)
			for c.Rejected() == 0 {
				time.Sleep(time.Millisecond)
			}
			appendTo(path, "open")
			caller.Wait()
		})
	}
}

func TestAResultThatMisbehavesWhenItIsDecodedEndsItsMapAndNothingElse(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2, ackWait: 100 * time.Millisecond})
	for what, want := range map[string]string{"panics": "panicked: boom", "exits": "it ended its goroutine", "fails": "it fails"} {
		items := slices.Repeat([]string{"decoding " + what}, 2*maxBad)
		got, err := Map(t.Context(), c, items, moods, ChunkSize(1))
		if got != nil || err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "cannot be decoded") {
			t.Errorf("%s: got %v, %v", what, got, err)
		}
	}
	if got := mustMap(t, c, []string{"fine"}, moods); got[0].mood != "fine" {
		t.Errorf("got %v", got)
	}
}

func TestAResultThatIsDecodedAtASecondTryOrSlowlyIsAccepted(t *testing.T) {
	for mood, want := range map[string]struct {
		ackWait  time.Duration
		rejected int64
	}{
		"decoding fails at first": {time.Hour, 1}, // it is not waited for, as for a dead worker
		"decoding is slow":        {100 * time.Millisecond, 0},
	} {
		c := mustOpen(t, Config{Workers: 1, ackWait: want.ackWait})
		behaved.Store(0)
		got := mustMap(t, c, []string{"fine", mood, "fine"}, moods, ChunkSize(3))
		if got[1].mood != mood || c.Rejected() != want.rejected {
			t.Errorf("got %v with %d rejected, want %d", got, c.Rejected(), want.rejected)
		}
	}
}

func TestItemsAndResultsThatMisbehaveOnTheirWayAreAnErrorThatNamesThem(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	for what, want := range map[string]string{"panics": "panicked: boom", "exits": "it ended its goroutine", "fails": "it fails"} {
		for name, err := range map[string]error{
			"item 0: it cannot be sent":         second(Map(t.Context(), c, []moody{{"encoding " + what}}, unmoods)),
			"item 0: it cannot be read":         second(Map(t.Context(), c, []moody{{"decoding " + what}}, unmoods)),
			"item 0: its result cannot be sent": second(Map(t.Context(), c, []moody{{what}}, swaps)),
		} {
			if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", what, err, name)
			}
		}
	}
	if got := mustMap(t, c, []moody{{"fine"}}, unmoods); got[0] != "fine" {
		t.Errorf("got %v", got)
	}
}

func TestItemsBeforeOneThatCannotBeSentOrReadRunAndMayFail(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	for _, what := range []string{"encoding fails", "decoding fails"} {
		items := []moody{{"fine"}, {"panics"}, {"fine"}, {what}, {"panics"}}
		_, err := Map(t.Context(), c, items, panics, ChunkSize(5))
		if p, ok := errors.AsType[*PanicError](err); !ok || p.Item != 1 {
			t.Errorf("%s: got %v", what, err)
		}
		items[1].mood = "fine"
		_, err = Map(t.Context(), c, items, panics, ChunkSize(5))
		if err == nil || !strings.HasPrefix(err.Error(), "cluster: Map: item 3: it cannot be ") {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

func TestAMapEndsWithItsContextThoughAnItemOrAResultHangs(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	hanging.Lock()
	defer hanging.Unlock()
	behaved.Store(0)
	for name, start := range map[string]func(context.Context) error{
		"decoding": func(ctx context.Context) error {
			return second(Map(ctx, c, []string{"decoding hangs"}, moods))
		},
		"encoding": func(ctx context.Context) error {
			return second(Map(ctx, c, []moody{{"encoding hangs"}}, unmoods))
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		before := behaved.Load()
		go func() {
			for behaved.Load() == before {
				time.Sleep(time.Millisecond)
			}
			cancel()
		}()
		if err := start(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
