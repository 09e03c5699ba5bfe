package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"multiprocessing/lib/serial"
)

// A client, started by the next test, to be killed.
func playParent(mode string) {
	url, token, path := os.Getenv("CLUSTER_TEST_URL"), os.Getenv("CLUSTER_TEST_TOKEN"), os.Getenv("CLUSTER_TEST_PATH")
	c, err := Open(context.Background(), Config{URL: url, Token: token, Processes: 2})
	if err == nil && mode == "map" {
		_, err = Map(context.Background(), c, napItems(path), naps, ChunkSize(2), Job("survivor"))
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
	t.Parallel()
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
	got := mustMap(t, c, napItems(path), naps, ChunkSize(2), Job("survivor"))
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
	if _, err := Map(ctx, c, make([]int, 500), pids, ChunkSize(1), Job("mine"), Progress(func(done, _ int) {
		if done == 5 {
			cancel()
		}
	})); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		`job "mine" is another one: it has other items`:                   mapError(t, c, upTo(500), Job("mine")),
		`job "mine" is another one: it has other items; use another name`: mapError(t, c, make([]int, 501), Job("mine")),
		`job "mine" is another one: its task is "pids", not "increment";`: second(Map(t.Context(), c, make([]int, 500), increment, Job("mine"))),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	awaitNoChunks(t, c) // else one may be sent again just as it ends, and leave a second result
	mustMap(t, c, make([]int, 500), pids, Job("mine"))
	wantNothingLeft(t, c)
}

func mapError(t *testing.T, c *Cluster, items []int, opts ...Option) error {
	return second(Map(t.Context(), c, items, pids, opts...))
}

func second[T any](_ T, err error) error { return err }

func TestTheLastClientOfAJobOwnsItAndTheFirstIsTold(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2})
	path := gate(t)
	var first sync.WaitGroup
	first.Go(func() {
		_, err := Map(t.Context(), c, []string{path}, gates, Job("contested"))
		if err == nil || !strings.Contains(err.Error(), "taken over by another") {
			t.Errorf("the first got %v", err)
		}
	})
	awaitFile(path + ".begun")
	first.Go(func() {
		if got, err := Map(t.Context(), c, []string{path}, gates, Job("contested")); err != nil || !slices.Equal(got, []string{path}) {
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
			ask, err := c.raw(t).Consumer(t.Context(), workStream, c.queue)
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

func TestOnlyTheLeaderIsAskedForJobsAndResults(t *testing.T) {
	t.Parallel()
	config := mustStartNodes(t, 3).config()
	config.Workers = 2
	c := mustOpen(t, config)
	conn := c.raw(t).Conn()
	var mu sync.Mutex
	var direct []string // what any server with a copy may answer
	watch, err := conn.Subscribe("$JS.API.DIRECT.GET.>", func(m *nats.Msg) {
		mu.Lock()
		defer mu.Unlock()
		direct = append(direct, m.Subject)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Unsubscribe()
	mustMap(t, c, upTo(20), double, Job("led"))
	if err := c.DeleteJob(t.Context(), "led"); err != nil {
		t.Error(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(direct) > 0 {
		t.Errorf("asked %q", direct)
	}
}
