package cluster

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// readyTime is how long a server may take to start.
const readyTime = 20 * time.Second

// embedded is a server within this program.
type embedded struct {
	server natsServer
	memory int64 // that its streams may take, in bytes
	token  string
	folder *folder
}

// natsServer is what is needed of a *server.Server. A Cluster leads to nothing
// of that type: the compiler reads all that a type leads to, in every program
// that has one, and translates what is generic in it anew.
type natsServer interface {
	nats.InProcessConnProvider
	Shutdown()
	WaitForShutdown()
}

// startEmbedded starts a server that listens on nothing, unless config says
// so. It asks for a token all the same: worker processes come through a
// socket.
func startEmbedded(config Config) (*embedded, error) {
	e := &embedded{token: config.Token}
	if e.token == "" {
		e.token = newName()
	}
	options, err := serverOptions(config)
	if err != nil {
		return nil, err
	}
	if e.folder, err = newFolder(); err != nil {
		return nil, err
	}
	options.StoreDir, options.Authorization = e.folder.path, e.token
	s, err := startServer(options)
	if err != nil {
		return nil, errors.Join(err, e.folder.remove())
	}
	e.server, e.memory = s, s.JetStreamConfig().MaxMemory
	return e, nil
}

// serverOptions say where the server listens, if it does, and over TLS if
// there is a certificate. checkListen has made sure that there is one if there
// has to be.
func serverOptions(c Config) (*server.Options, error) {
	if c.Listen == "" {
		return &server.Options{DontListen: true, JetStreamMaxMemory: c.memory}, nil
	}
	l, err := net.Listen("tcp", c.Listen) // the server would not say what is wrong
	if err != nil {
		return nil, err
	}
	l.Close()
	host, port, _ := net.SplitHostPort(c.Listen) // checkListen has done that
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
	options.NoSigs = true // signals are the program's own
	options.NoLog = true
	s, err := server.NewServer(options)
	if err != nil {
		return nil, err
	}
	s.Start()
	if !s.ReadyForConnections(readyTime) || !s.JetStreamEnabled() {
		s.Shutdown()
		return nil, errors.New("the NATS server did not get ready; is there room in the temporary folder?")
	}
	return s, nil
}

func (e *embedded) close() error {
	e.server.Shutdown()
	e.server.WaitForShutdown()
	return e.folder.remove()
}
