package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"multiprocessing/lib/internal/registered"
	"multiprocessing/lib/process"
)

// Nodes are NATS servers in processes of their own, on this machine: one, or
// a cluster of them in which each stream is on three. They listen on the
// loopback interface, for those who know the token.
type Nodes struct {
	folder    *folder
	token     string
	addresses []string // host:port for clients
	processes []*process.Process[string]
	close     func() error
}

// nodeOrder is what the process of a node is told to do.
type nodeOrder struct {
	Name, Folder, Token string
	Client, Route       string   // host:port to listen on
	Routes              []string // URLs of the others, and its own
}

// node is the task of a node's process. It returns only if it fails.
var node = process.Register(registered.Own+"be a node of a cluster", func(o nodeOrder) string {
	if _, err := startServer(nodeOptions(o)); err != nil {
		return err.Error()
	}
	select {}
})

func nodeOptions(o nodeOrder) *server.Options {
	options := &server.Options{ServerName: o.Name, StoreDir: o.Folder, Authorization: o.Token}
	options.Host, options.Port = split(o.Client)
	if len(o.Routes) < 2 {
		return options
	}
	options.Cluster.Name = "multiprocessing"
	options.Cluster.Host, options.Cluster.Port = split(o.Route)
	options.Cluster.Username, options.Cluster.Password = "route", o.Token
	for _, r := range o.Routes {
		if u, err := url.Parse(r); err == nil {
			options.Routes = append(options.Routes, u)
		}
	}
	return options
}

// split reads a host:port that freeAddress has written.
func split(address string) (host string, port int) {
	at, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return "127.0.0.1", 0
	}
	return at.IP.String(), at.Port
}

const mostNodes = 9

// patience is how long servers may take to get ready before they are ended
// and others started. The first vote comes within a second. If it fails, which
// happens on a busy machine because they have not all found each other by
// then, the next one is 4 to 9 seconds later: to start again is faster. A
// free port may be taken before its server comes, too.
var patience = []time.Duration{2 * time.Second, 5 * time.Second, readyTime}

// StartNodes starts n servers: 1 alone, or 3 or more as a cluster. It returns
// when they answer. Close ends them, and removes what they have stored; if
// this program ends in another way, they end at once by themselves.
//
// One server takes 20 ms. A cluster takes about half a second, in which it
// chooses who leads and makes the streams; on a busy machine some seconds
// (BenchmarkStartNodes). StartNodes panics if n is neither 1 nor from 3 to 9:
// two cannot outvote each other, so such a cluster stops when one server does.
func StartNodes(n int) (*Nodes, error) {
	if n != 1 && (n < 3 || n > mostNodes) {
		misuse("StartNodes: the number must be 1, or from 3 to %d, got %d", mostNodes, n)
	}
	var errs error
	for _, long := range patience {
		nodes, err := startNodes(n, long)
		if err == nil {
			return nodes, nil
		}
		errs = err
	}
	return nil, fmt.Errorf("cluster: StartNodes: %w", errs)
}

func startNodes(n int, long time.Duration) (*Nodes, error) {
	folder, err := newFolder()
	if err != nil {
		return nil, err
	}
	nodes := &Nodes{folder: folder, token: newName()}
	nodes.close = sync.OnceValue(nodes.shutDown)
	if err = nodes.start(n); err == nil {
		err = nodes.awaitReady(long)
	}
	if err != nil {
		return nil, errors.Join(err, nodes.Close())
	}
	return nodes, nil
}

func (n *Nodes) start(count int) error {
	free, err := freeAddresses(2 * count)
	if err != nil {
		return err
	}
	var routes []string
	n.addresses = free[:count]
	for _, route := range free[count:] {
		routes = append(routes, (&url.URL{Scheme: "nats", User: url.UserPassword("route", n.token), Host: route}).String())
	}
	for i, client := range n.addresses {
		name := nodeName(i)
		p := process.New(node, nodeOrder{Name: name, Folder: filepath.Join(n.folder.path, name), Token: n.token,
			Client: client, Route: free[count+i], Routes: routes})
		if err := p.Start(context.Background()); err != nil {
			return err
		}
		n.processes = append(n.processes, p)
	}
	return nil
}

// freeAddresses are on the loopback interface, and nobody listens there now.
func freeAddresses(n int) (free []string, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		free = append(free, l.Addr().String())
	}
	return free, nil
}

// awaitReady waits until every server knows who leads the cluster, and the
// streams could be made on as many as they are to be on.
func (n *Nodes) awaitReady(long time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), long)
	defer cancel()
	for i := range n.addresses {
		if err := n.await(ctx, i, (*link).answers); err != nil {
			return err
		}
	}
	return n.await(ctx, 0, func(l *link, ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		return l.streams(ctx, 0)
	})
}

// await tries until node i is as it should be.
func (n *Nodes) await(ctx context.Context, i int, ready func(*link, context.Context) error) error {
	for {
		err := n.ask(ctx, i, ready)
		if err == nil {
			return nil
		}
		if !n.processes[i].Alive() {
			said, err := n.processes[i].Join(context.Background())
			return errors.Join(fmt.Errorf("node %d ended as soon as it was started: %s", i+1, said), err)
		}
		select {
		case <-time.After(shortPause):
		case <-ctx.Done():
			return fmt.Errorf("node %d was not ready in time: %w", i+1, err)
		}
	}
}

// ask connects to node i alone, and asks it once.
func (n *Nodes) ask(ctx context.Context, i int, ready func(*link, context.Context) error) error {
	l, err := address{URL: "nats://" + n.addresses[i], Token: n.token}.dial("multiprocessing nodes", nil, func(error) {})
	if err != nil {
		return err
	}
	defer l.conn.Close()
	return ready(l, ctx)
}

// answers reports whether a server knows who leads the cluster: until then it
// does not answer this question, so that it has to be asked again soon.
func (l *link) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	_, err := l.js.AccountInfo(ctx)
	return err
}

// Leader is the number, from 1, of the server that leads those on which the
// results are: the one whose end is felt most. It is an error if there are no
// results yet, or no leader.
func (n *Nodes) Leader() (int, error) {
	l, err := address{URL: n.URL(), Token: n.token}.dial("multiprocessing nodes", nil, func(error) {})
	if err != nil {
		return 0, fmt.Errorf("cluster: Leader: %w", err)
	}
	defer l.conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), connectTime)
	defer cancel()
	stream, err := l.js.Stream(ctx, doneStream)
	if err != nil {
		return 0, fmt.Errorf("cluster: Leader: %w", err)
	}
	for i := range n.processes {
		if at := stream.CachedInfo().Cluster; at == nil || at.Leader == nodeName(i) {
			return i + 1, nil // a server alone has no cluster
		}
	}
	return 0, errors.New("cluster: Leader: the servers are about to choose one; ask again")
}

func nodeName(i int) string { return fmt.Sprint("node-", i+1) }

// URL is where the servers listen, for Config and for command worker.
func (n *Nodes) URL() string { return "nats://" + strings.Join(n.addresses, ",nats://") }

// Token is what the servers ask for.
func (n *Nodes) Token() string { return n.token }

// Kill ends server i, from 1, at once (SIGKILL). It does not come back.
func (n *Nodes) Kill(i int) error {
	if i < 1 || i > len(n.processes) {
		return fmt.Errorf("cluster: Kill: there is no node %d, there are %d", i, len(n.processes))
	}
	p, err := os.FindProcess(n.processes[i-1].PID())
	if err == nil && n.processes[i-1].Alive() {
		err = p.Kill()
	}
	if err != nil {
		return fmt.Errorf("cluster: Kill: node %d: %w", i, err)
	}
	n.processes[i-1].Join(context.Background())
	return nil
}

// Close ends the servers and removes what they have stored. Closing again is
// harmless and returns the same.
func (n *Nodes) Close() error {
	if n == nil || n.close == nil {
		return nil // nothing was started
	}
	return n.close()
}

func (n *Nodes) shutDown() error {
	for _, p := range n.processes {
		p.Terminate()
	}
	for _, p := range n.processes {
		p.Join(context.Background()) // killed, as it should be
	}
	if err := n.folder.remove(); err != nil {
		return fmt.Errorf("cluster: Close: %w", err)
	}
	return nil
}
