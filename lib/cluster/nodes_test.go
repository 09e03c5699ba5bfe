package cluster

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// mustStartNodes starts servers in processes of their own, and ends them
// after the test.
func mustStartNodes(t testing.TB, n int) *Nodes {
	t.Helper()
	nodes, err := StartNodes(t.Context(), n)
	if err != nil && strings.Contains(err.Error(), "not supported") {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := nodes.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(nodes.folder.Path); err == nil {
			t.Errorf("%s is still there", nodes.folder.Path)
		}
	})
	return nodes
}

func (n *Nodes) config() Config { return Config{URL: n.URL(), Token: n.Token()} }

func TestWithOneOfThreeNodesKilledTheAnswerIsThatOfSerial(t *testing.T) {
	t.Parallel()
	nodes := mustStartNodes(t, 3)
	config := nodes.config()
	config.Processes = 3
	c := mustOpen(t, config)
	var killed bool
	path := filepath.Join(t.TempDir(), "runs")
	items := make([]marked, 600)
	for i := range items {
		items[i] = marked{int(5 * time.Millisecond), path}
	}
	var trace []Span
	got := mustMap(t, c, items, naps, ChunkSize(2), Trace(&trace), Progress(func(done, of int) {
		if done > of/4 && !killed {
			killed = true
			killLeader(t, c, nodes)
		}
	}))
	if !killed || len(got) != len(items) || slices.ContainsFunc(got, func(n int) bool { return n != int(5*time.Millisecond) }) {
		t.Errorf("killed %v, got %.60v", killed, got)
	}
	sum := 0
	for _, s := range trace {
		sum += s.Items
	}
	if sum != len(items) {
		t.Errorf("the trace has %d items, want %d", sum, len(items))
	}
	t.Logf("it took %v", trace[len(trace)-1].End)
}

// killLeader kills the server that leads the stream of results.
func killLeader(t *testing.T, c *Cluster, nodes *Nodes) {
	t.Helper()
	s, err := c.raw(t).Stream(t.Context(), doneStream)
	if err != nil {
		t.Fatal(err)
	}
	leader, err := strconv.Atoi(strings.TrimPrefix(s.CachedInfo().Cluster.Leader, "node-"))
	if err == nil {
		err = nodes.Kill(leader)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestNodesListenOnTheLoopbackInterfaceOnlyAndAskForTheToken(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	host, _, err := net.SplitHostPort(strings.TrimPrefix(nodes.URL(), "nats://"))
	if err != nil || !net.ParseIP(host).IsLoopback() {
		t.Errorf("URL %s: %v", nodes.URL(), err)
	}
	for name, config := range map[string]Config{
		"no token":    {URL: nodes.URL()},
		"wrong token": {URL: nodes.URL(), Token: "wrong"},
	} {
		if c, err := Open(t.Context(), config); err == nil {
			c.Close()
			t.Errorf("%s: let in", name)
		} else if !strings.Contains(err.Error(), "look at the token") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWrongCredentialsAreRefused(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	config := Config{URL: nodes.URL(), Credentials: filepath.Join(t.TempDir(), "none.creds")}
	if c, err := Open(t.Context(), config); err == nil || !strings.Contains(err.Error(), "none.creds") {
		c.Close()
		t.Errorf("with a file that is not there: %v", err)
	}
}

func TestAnAddressWhereNobodyListensIsAnErrorThatSaysSo(t *testing.T) {
	free := freeAddress(t)
	if c, err := Open(t.Context(), Config{URL: "nats://" + free}); err == nil || !strings.Contains(err.Error(), free) || !strings.Contains(err.Error(), "is a server running there?") {
		c.Close()
		t.Errorf("got %v", err)
	}
}

func TestAServerOfTheProgramListensOnNothing(t *testing.T) {
	c := mustOpen(t, Config{Processes: 1})
	mustMap(t, c, upTo(3), double)
	if at := c.server.server.(*server.Server).Addr(); at != nil {
		t.Errorf("it listens on %v", at)
	}
	if conn, err := nats.Connect("nats://127.0.0.1", nats.SetCustomDialer(dialUnix(c.server.proxy.socket)), nats.Token("wrong")); err == nil {
		conn.Close()
		t.Error("the socket lets in who does not know the token")
	}
}

func TestANodeThatIsKilledTwiceOrNotThereIsAnError(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	for _, i := range []int{0, 2} {
		if err := nodes.Kill(i); err == nil {
			t.Errorf("node %d was killed", i)
		}
	}
	if err := nodes.Kill(1); err != nil {
		t.Error(err)
	}
	if err := nodes.Kill(1); err != nil {
		t.Errorf("killed again: %v", err)
	}
}

func TestAMapEndsWithItsContextWhenAllServersAreGone(t *testing.T) {
	t.Parallel()
	nodes := mustStartNodes(t, 1)
	config := nodes.config()
	config.Processes = 1
	c := mustOpen(t, config)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := Map(ctx, c, make([]int, 300), pids, ChunkSize(1), Progress(func(done, of int) {
		if done == 10 {
			nodes.Kill(1)
			cancel()
		}
	}))
	if err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("got %v", err)
	}
}

// dialUnix connects to a Unix socket.
type dialUnix string

func (d dialUnix) Dial(_, _ string) (net.Conn, error) { return net.Dial("unix", string(d)) }
