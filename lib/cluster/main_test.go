package cluster

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/primes"
	"multiprocessing/lib/process"
	"multiprocessing/lib/serial"
)

// parentMode, in the environment, makes the test program a client to be
// killed by a test.
const parentMode = "CLUSTER_TEST_PARENT"

func TestMain(m *testing.M) {
	if mode := os.Getenv(parentMode); mode != "" {
		playParent(mode)
		return
	}
	// Many tests wait. A -parallel on the command line comes after this.
	_ = flag.Set("test.parallel", strconv.Itoa(max(6, runtime.GOMAXPROCS(0))))
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(workerFolder) // of an empty name it does nothing
		os.Exit(code)
	}))
}

// workerFolder has command worker once it was built.
var workerFolder string

// builtWorker builds command worker, stripped as it is in the image: what it
// knows of its code must not depend on that.
var builtWorker = sync.OnceValues(func() (path string, err error) {
	if workerFolder, err = os.MkdirTemp("", "cluster-test-"); err != nil {
		return "", err
	}
	path = filepath.Join(workerFolder, "worker.exe")
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, "./worker").CombinedOutput(); err != nil {
		return "", errors.New(string(out))
	}
	return path, nil
})

type labeled struct {
	N     int
	Label string
}

// marked is an item with a file that a task leaves a mark in.
type marked struct {
	N    int
	Path string
}

var (
	isPrime    = process.Register("primes.IsPrime", primes.IsPrime)
	nthOfLib   = process.Register("primes.Nth", primes.Nth)
	otherNth   = process.Register("primes.NthCountingOne", func(n int) int { return -n })
	double     = process.Register("double", func(n int) int { return 2 * n })
	increment  = process.Register("increment", func(n int) int { return n + 1 })
	label      = process.Register("label", func(l labeled) labeled { return labeled{l.N + 1, l.Label + "!"} })
	nth        = process.Register("nth", primes.Nth)
	explodes   = process.Register("explodes", explode)
	goexits    = process.Register("goexits", func(int) int { runtime.Goexit(); return 0 })
	reverses   = process.Register("reverses", func(b []byte) []byte { slices.Reverse(b); return b })
	blow       = process.Register("blow", func(n int) []byte { return slices.Repeat([]byte{byte(n)}, 1<<20) })
	kills      = process.Register("kills", kill)
	anything   = process.Register("anything", func(n int) any { return strange(n) })
	accepts    = process.Register("accepts", func(v any) string { return fmt.Sprint(v) })
	maybeGates = process.Register("maybe gates", func(path string) string {
		if path != "" {
			passGate(path)
		}
		return "done"
	})
	gates = process.Register("gates", passGate)
	naps  = process.Register("naps", func(m marked) int { time.Sleep(time.Duration(m.N)); appendTo(m.Path, "x"); return m.N })
	pids  = process.Register("pids", func(int) int { time.Sleep(time.Millisecond); return os.Getpid() })
)

func explode(n int) int {
	if n == 17 {
		panic(fmt.Sprintf("no %d", n))
	}
	return n
}

// kill ends its process on 17.
func kill(n int) int {
	if n == 17 {
		self, _ := os.FindProcess(os.Getpid())
		self.Kill()
		select {}
	}
	return 2 * n
}

type unregistered struct{ N int }

func strange(n int) any {
	if n == 5 {
		return unregistered{n}
	}
	return n
}

// passGate says that it has begun, and returns when the gate is open.
func passGate(path string) string {
	atGates.Add(1)
	defer atGates.Add(-1)
	appendTo(path+".begun", "x")
	awaitFile(path)
	return path
}

// atGates is how many tasks of this process wait at a gate.
var atGates atomic.Int64

// leaveGates opens a gate, and waits until nobody is there: a task that a
// worker has left behind would hang when the folder is gone.
func leaveGates(path string) {
	appendTo(path, "open")
	for atGates.Load() > 0 {
		time.Sleep(time.Millisecond)
	}
}

func appendTo(path, text string) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		panic(err)
	}
}

func awaitFile(path string) {
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// mustOpen opens a Cluster, and closes it after the test.
func mustOpen(t testing.TB, config Config) *Cluster {
	t.Helper()
	c, err := Open(t.Context(), config)
	if err != nil && strings.Contains(err.Error(), "not supported") {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// raw is a connection to the servers of c.
func (c *Cluster) raw(t testing.TB) jetstream.JetStream {
	t.Helper()
	if js, ok := raws.Load(c); ok {
		return js.(jetstream.JetStream)
	}
	options := []nats.Option{nats.Token(c.config.Token)}
	switch {
	case c.server != nil:
		options = []nats.Option{nats.InProcessServer(c.server.server), nats.Token(c.server.token)}
	case c.config.Credentials != "":
		options = []nats.Option{nats.UserCredentials(c.config.Credentials)}
	}
	conn, err := nats.Connect(c.config.URL, options...)
	if err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	raws.Store(c, js)
	t.Cleanup(func() { raws.Delete(c); conn.Close() })
	return js
}

var raws sync.Map // by *Cluster

// put stores a message in its stream.
func put(t testing.TB, c *Cluster, m wire.Message) {
	t.Helper()
	if _, err := c.raw(t).PublishMsg(t.Context(), &nats.Msg{Subject: m.Subject, Header: m.Header, Data: m.Data}); err != nil {
		t.Fatal(err)
	}
}

// The streams, as operators see them.
const (
	workStream = "MULTIPROCESSING_WORK"
	doneStream = "MULTIPROCESSING_DONE"
)

// one is the range of a single item.
func one(item int) wire.Range { return wire.Range{From: item, To: item + 1} }

func mustMap[T, R any](t testing.TB, c *Cluster, items []T, task *process.Task[T, R], opts ...Option) []R {
	t.Helper()
	return mustMapIn(t, t.Context(), c, items, task, opts...)
}

func mustMapIn[T, R any](t testing.TB, ctx context.Context, c *Cluster, items []T, task *process.Task[T, R], opts ...Option) []R {
	t.Helper()
	got, err := Map(ctx, c, items, task, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func upTo(n int) []int {
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	return items
}

func wantDoubles(t testing.TB, got []int, n int) {
	t.Helper()
	if want := serial.Map(upTo(n), func(n int) int { return 2 * n }); !slices.Equal(got, want) {
		t.Errorf("got %d results, %.100v", len(got), got)
	}
}

func gate(t *testing.T) string { return filepath.Join(t.TempDir(), "gate") }

// output is what a process writes, to be read meanwhile.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
