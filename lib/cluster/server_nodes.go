package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/notnil"
	"multiprocessing/lib/internal/registered"
	"multiprocessing/lib/internal/tempfolder"
	"multiprocessing/lib/process"
)

// Nodes are NATS servers in processes of their own, on this machine: one, or
// a cluster of them in which each stream is on three. They listen on the
// loopback interface and require the token.
type Nodes struct {
	folder    *tempfolder.Folder
	token     string
	ports     []int // for clients
	processes []*process.Process[int]
	close     func() error
}

// nodeOrder is the argument of a node's process.
type nodeOrder struct {
	Name, Folder, Token string
	Port, Route         int   // for clients, and for other servers
	Routes              []int // Route of each server
}

// node is the task of a node's process. It returns only if it fails.
var node = process.RegisterErr(registered.Own+"be a node of a cluster", func(_ context.Context, o nodeOrder) (int, error) {
	if _, err := startServer(nodeOptions(o)); err != nil {
		return 0, err
	}
	select {}
})

func nodeOptions(o nodeOrder) *server.Options {
	options := &server.Options{ServerName: o.Name, StoreDir: o.Folder, Authorization: o.Token, Host: loopback, Port: o.Port}
	if len(o.Routes) > 1 {
		options.Cluster = server.ClusterOpts{Name: "multiprocessing", Host: loopback, Port: o.Route, Username: "route", Password: o.Token}
		for _, port := range o.Routes {
			options.Routes = append(options.Routes, &url.URL{Scheme: "nats", User: url.UserPassword("route", o.Token), Host: at(port)})
		}
	}
	return options
}

const loopback = "127.0.0.1"

func at(port int) string { return fmt.Sprint(loopback, ":", port) }

const maxNodes = 9

// startTimeouts limit the attempts to start servers. The first vote comes
// within a second. If it fails, which happens on a busy machine when the
// servers have not all found each other, the next one is 4 to 9 seconds later:
// to start again is faster. Another program may also take a free port first.
var startTimeouts = []time.Duration{2 * time.Second, 5 * time.Second, jetstream.ReadyTimeout}

// StartNodes starts n servers: 1 alone, or 3 or more as a cluster. It returns
// when they are ready. If ctx ends first, StartNodes stops them and returns an
// error; once it has returned, ctx has no effect. Close stops the servers and
// removes their files. If this program ends in another way, they end at once.
//
// One server takes 20 ms. A cluster takes about half a second, in which it
// elects a leader and creates the streams; on a busy machine some seconds
// (BenchmarkStartNodes). StartNodes panics if n is neither 1 nor from 3 to 9:
// two cannot outvote each other, so such a cluster stops when one server does.
func StartNodes(ctx context.Context, n int) (*Nodes, error) {
	notnil.Context(ctx, "cluster: StartNodes")
	if n != 1 && (n < 3 || n > maxNodes) {
		misuse("StartNodes: the number must be 1, or from 3 to %d, got %d", maxNodes, n)
	}
	var err error
	for _, timeout := range startTimeouts {
		var nodes *Nodes
		if nodes, err = startNodes(ctx, n, timeout); err == nil {
			return nodes, nil
		} else if ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("cluster: StartNodes: %w", err)
}

func startNodes(ctx context.Context, n int, timeout time.Duration) (*Nodes, error) {
	folder, err := tempfolder.New(folderPrefix)
	if err != nil {
		return nil, err
	}
	nodes := &Nodes{folder: folder, token: wire.NewName()}
	nodes.close = sync.OnceValue(nodes.shutDown)
	if err = nodes.start(n); err == nil {
		if err = nodes.awaitReady(ctx, timeout); err == nil {
			return nodes, nil
		}
	}
	return nil, errors.Join(err, nodes.Close())
}

func (n *Nodes) start(count int) error {
	free, err := freePorts(2 * count)
	if err != nil {
		return err
	}
	n.ports = free[:count]
	for i, port := range n.ports {
		name := fmt.Sprint("node-", i+1)
		p := process.New(node, nodeOrder{Name: name, Folder: filepath.Join(n.folder.Path, name), Token: n.token,
			Port: port, Route: free[count+i], Routes: free[count:]})
		if err := p.Start(context.Background()); err != nil {
			return err
		}
		n.processes = append(n.processes, p)
	}
	return nil
}

// freePorts returns ports of the loopback interface that are not in use.
func freePorts(n int) (free []int, err error) {
	for range n {
		l, err := net.Listen("tcp", at(0))
		if err != nil {
			return nil, err
		}
		defer l.Close()
		free = append(free, l.Addr().(*net.TCPAddr).Port)
	}
	return free, nil
}

// awaitReady waits until every server knows who leads the cluster, and the
// streams are created on as many as they must be on.
func (n *Nodes) awaitReady(ctx context.Context, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for i := range n.ports {
		if err := n.await(ctx, i, (*jetstream.Link).CanAnswer); err != nil {
			return err
		}
	}
	return n.await(ctx, 0, func(l *jetstream.Link, ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		return l.CreateStreams(ctx, 0)
	})
}

// await asks node i alone until it is ready.
func (n *Nodes) await(ctx context.Context, i int, ready func(*jetstream.Link, context.Context) error) error {
	return awaitReady(ctx, fmt.Sprint("node ", i+1), n.processes[i], func() error {
		l, err := jetstream.Address{URL: "nats://" + at(n.ports[i]), Token: n.token}.Dial(ctx, "multiprocessing nodes", nil, func(error) {})
		if err != nil {
			return err
		}
		defer l.Close()
		return ready(l, ctx)
	})
}

// URL is where the servers listen, for Config and for command worker.
func (n *Nodes) URL() string {
	var urls []string
	for _, port := range n.ports {
		urls = append(urls, "nats://"+at(port))
	}
	return strings.Join(urls, ",")
}

// Token is the token that the servers require.
func (n *Nodes) Token() string { return n.token }

// Kill kills server i, from 1, with SIGKILL. It is not replaced.
func (n *Nodes) Kill(i int) error {
	if i < 1 || i > len(n.processes) {
		return fmt.Errorf("cluster: Kill: there is no node %d, there are %d", i, len(n.processes))
	}
	if p := n.processes[i-1]; p.Alive() {
		p.Kill()
		p.Join(context.Background())
	}
	return nil
}

// Close stops the servers and removes their files. Closing again returns the
// same.
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
	if err := n.folder.Remove(); err != nil {
		return fmt.Errorf("cluster: Close: %w", err)
	}
	return nil
}
