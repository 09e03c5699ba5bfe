package cluster

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/registered"
	"multiprocessing/lib/process"
)

// swollen is a task's order for so many bytes.
type swollen struct {
	Bytes int
	Path  string // gets a mark each time the task runs
}

var (
	swells = process.Register("swells", func(s swollen) []byte {
		if s.Path != "" {
			appendTo(s.Path, "x")
		}
		if s.Bytes < 0 {
			panic("below zero")
		}
		return make([]byte, s.Bytes)
	})
	weighs = process.Register("weighs", func(b []byte) int { return len(b) })
)

func TestChunksAreCutSoThatTheirItemsFitIntoMessages(t *testing.T) {
	c := mustOpen(t, Config{Processes: 2})
	items := make([][]byte, 10)
	for i := range items {
		items[i] = bytes.Repeat([]byte{byte(i)}, 3<<20)
	}
	got := mustMap(t, c, items, weighs, ChunkSize(10))
	if want := slices.Repeat([]int{3 << 20}, 10); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	wantNothingLeft(t, c)
}

func TestResultsOfAChunkAreCutSoThatTheyFitIntoMessagesAndNoTaskRunsTwice(t *testing.T) {
	c := mustOpen(t, Config{Processes: 2})
	path := filepath.Join(t.TempDir(), "runs")
	items := slices.Repeat([]swollen{{3 << 20, path}, {0, path}}, 6)
	var trace []Span
	for i, b := range mustMap(t, c, items, swells, ChunkSize(12), Trace(&trace)) {
		if len(b) != items[i].Bytes {
			t.Errorf("result %d has %d bytes", i, len(b))
		}
	}
	if runs, err := os.ReadFile(path); err != nil || len(runs) != len(items) {
		t.Errorf("%d tasks ran %d times, %v", len(items), len(runs), err)
	}
	if len(trace) < 3 {
		t.Errorf("18 MB came in %d parts", len(trace))
	}
	wantNothingLeft(t, c)
}

func TestAValueMayHaveEightMegabytesAndALargerOneIsAnErrorThatSaysWhatToDo(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	const most = 8<<20 - 100 // beside what the encoding adds
	if got := mustMap(t, c, [][]byte{make([]byte, most)}, weighs); got[0] != most {
		t.Errorf("got %v", got)
	}
	if got := mustMap(t, c, []swollen{{Bytes: most}}, swells); len(got[0]) != most {
		t.Errorf("got %d bytes", len(got[0]))
	}
	_, err := Map(t.Context(), c, [][]byte{{1}, make([]byte, 9<<20), {2}}, weighs, ChunkSize(3))
	if want := `cluster: Map: item 1: it encodes to 9 MB; the limit is 8 MB: pass a reference instead of the data`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Map(t.Context(), c, []swollen{{}, {}, {Bytes: 10 << 20}, {}}, swells, ChunkSize(4))
	if want := `cluster: Map: item 2: its result encodes to 10 MB; the limit is 8 MB: pass a reference instead of the data`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	wantNothingLeft(t, c)
}

func TestTheErrorIsThatOfTheLowestItemThatFailed(t *testing.T) {
	c := mustOpen(t, Config{Workers: 3})
	items := slices.Repeat([]swollen{{}}, 200)
	items[150].Bytes = 9 << 20
	items[60].Bytes = -1
	for _, size := range []int{1, 7, 200} {
		_, err := Map(t.Context(), c, items, swells, ChunkSize(size))
		if p, ok := errors.AsType[*PanicError](err); !ok || p.Item != 60 {
			t.Errorf("chunks of %d: got %v", size, err)
		}
	}
	large := [][]byte{{}, make([]byte, 9<<20)} // item 1 is never sent
	if _, err := Map(t.Context(), c, large, weighs, ChunkSize(1)); err == nil || !strings.Contains(err.Error(), "item 1: it encodes") {
		t.Errorf("got %v", err)
	}
}

func TestTheLimitIsThatOfTheServer(t *testing.T) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, StoreDir: t.TempDir(), Authorization: "secret",
		JetStream: true, NoSigs: true, NoLog: true, MaxPayload: 64<<10 + wire.HeaderSpace})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer func() { s.Shutdown(); s.WaitForShutdown() }()
	if !s.ReadyForConnections(jetstream.ReadyTimeout) {
		t.Fatal("the server is not ready")
	}
	c := mustOpen(t, Config{URL: s.ClientURL(), Token: "secret", Workers: 2})
	items := slices.Repeat([]swollen{{Bytes: 20 << 10}}, 50)
	if got := mustMap(t, c, items, swells, ChunkSize(50)); len(got) != 50 || len(got[49]) != 20<<10 {
		t.Errorf("got %d results", len(got))
	}
	data := slices.Repeat([][]byte{make([]byte, 20<<10)}, 50)
	if got := mustMap(t, c, data, weighs, ChunkSize(50)); len(got) != 50 || got[49] != 20<<10 {
		t.Errorf("got %v", got)
	}
	data[7] = make([]byte, 100<<10)
	if _, err := Map(t.Context(), c, data, weighs); err == nil || !strings.Contains(err.Error(), "item 7: it encodes to 100 KB; the limit is 64 KB") {
		t.Errorf("got %v", err)
	}
}

func TestAJobWhoseChunksWereCutIsTakenUpAgain(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	config := nodes.config()
	config.Workers = 1
	c := mustOpen(t, config)
	path := filepath.Join(t.TempDir(), "runs")
	items := slices.Repeat([]swollen{{3 << 20, path}}, 12)
	leaveAfter(t, c, "cut", items, swells, 4, ChunkSize(4))
	for i, b := range mustMap(t, c, items, swells, ChunkSize(3), Job("cut")) {
		if len(b) != 3<<20 {
			t.Errorf("result %d has %d bytes", i, len(b))
		}
	}
	if runs, err := os.ReadFile(path); err != nil || len(runs) != len(items) {
		t.Errorf("%d tasks ran %d times, %v", len(items), len(runs), err)
	}
	wantNothingLeft(t, c)
}

func TestPartsOfAResultHaveTheRightItemsAndFailuresTheirIndex(t *testing.T) {
	task, _ := registered.Lookup("swells")
	values := func(sizes ...int) portable.Values {
		var all [][]byte
		for i, n := range sizes {
			all = append(all, bytes.Repeat([]byte{byte(i)}, n))
		}
		return portable.Of(all)
	}
	parts, f := cutResult(task, values(10, 50, 5, 5, 90), wire.Range{From: 100, To: 105}, 150)
	if f != nil {
		t.Fatal(f)
	}
	next := 100
	for _, p := range parts {
		if p.From != next || len(p.Payload) > 150 {
			t.Errorf("%v with %d bytes, after item %d", p.Range, len(p.Payload), next)
		}
		next = p.To
	}
	if next != 105 || len(parts) < 2 {
		t.Errorf("%d parts up to item %d", len(parts), next)
	}
	if _, f = cutResult(task, values(10, 50, 5, 5, 290), wire.Range{From: 100, To: 105}, 150); f == nil || f.At != 4 || f.Kind != wire.TooLarge {
		t.Errorf("got %+v", f)
	}
}
