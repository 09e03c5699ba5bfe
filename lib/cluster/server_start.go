package cluster

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/tempfolder"
)

// embedded is a NATS server in this program.
type embedded struct {
	server natsServer
	memory int64 // limit for its streams, in bytes
	token  string
	folder *tempfolder.Folder
	proxy  *proxy // nil if there are no worker processes
}

// folderPrefix begins the names of folders with the files of servers.
const folderPrefix = "multiprocessing-cluster-"

// natsServer has the methods of *server.Server that we need. Cluster must not
// refer to *server.Server itself: the compiler would load that type, and compile
// its generic code, in every program that uses Cluster.
type natsServer interface {
	nats.InProcessConnProvider
	Shutdown()
	WaitForShutdown()
}

// local returns the server, or nil if there is none.
func (e *embedded) local() nats.InProcessConnProvider {
	if e == nil {
		return nil
	}
	return e.server
}

// startEmbedded starts a server. It listens only if config.Listen is set. It
// always requires a token, because worker processes connect through a socket.
func startEmbedded(config Config) (*embedded, error) {
	e := &embedded{token: config.Token}
	if e.token == "" {
		e.token = wire.NewName()
	}
	options, err := serverOptions(config)
	if err != nil {
		return nil, err
	}
	if e.folder, err = tempfolder.New(folderPrefix); err != nil {
		return nil, err
	}
	options.StoreDir, options.Authorization = e.folder.Path, e.token
	s, err := startServer(options)
	if err != nil {
		return nil, errors.Join(err, e.folder.Remove())
	}
	e.server, e.memory = s, s.JetStreamConfig().MaxMemory
	return e, nil
}

// serverOptions returns the server's options. checkListen has checked the
// address, and that there is a certificate where one is required.
func serverOptions(c Config) (*server.Options, error) {
	if c.Listen == "" {
		return &server.Options{DontListen: true, JetStreamMaxMemory: c.memory}, nil
	}
	l, err := net.Listen("tcp", c.Listen) // check the address first: the server's own error is unclear
	if err != nil {
		return nil, err
	}
	l.Close()
	host, port, _ := net.SplitHostPort(c.Listen) // checkListen has checked it
	options := &server.Options{Host: host}
	options.Port, _ = strconv.Atoi(port)
	if c.Certificate == "" {
		return options, nil
	}
	pair, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
	if err != nil {
		return nil, fmt.Errorf("reading Certificate and Key: %w", err)
	}
	options.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	return options, nil
}

// startServer starts a server with JetStream, and waits until it is ready.
func startServer(options *server.Options) (*server.Server, error) {
	options.JetStream = true
	options.NoSigs = true // the program handles its signals itself
	options.NoLog = true
	options.MaxPayload = jetstream.MaxPayload + wire.HeaderSpace
	s, err := server.NewServer(options)
	if err != nil {
		return nil, err
	}
	s.Start()
	if !s.ReadyForConnections(jetstream.ReadyTimeout) || !s.JetStreamEnabled() {
		s.Shutdown()
		return nil, fmt.Errorf("the NATS server did not start JetStream within %v; check the free space in the temporary folder", jetstream.ReadyTimeout)
	}
	return s, nil
}

// close ends the server and its proxy.
func (e *embedded) close() error {
	e.proxy.close(func() {
		e.server.Shutdown()
		e.server.WaitForShutdown()
	})
	return e.folder.Remove()
}
