package cluster

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// readyTime is how long a server may take to start.
const readyTime = 20 * time.Second

// embedded is a server within this program.
type embedded struct {
	server *server.Server
	token  string
	folder *folder
}

// startEmbedded starts a server that listens on nothing, unless config says
// so. It asks for a token all the same: worker processes come through a
// socket.
func startEmbedded(config Config) (*embedded, error) {
	e := &embedded{token: config.Token}
	if e.token == "" {
		e.token = newName()
	}
	options, err := config.serverOptions()
	if err != nil {
		return nil, err
	}
	if e.folder, err = newFolder(); err != nil {
		return nil, err
	}
	options.StoreDir, options.Authorization = e.folder.path, e.token
	if e.server, err = startServer(options); err != nil {
		return nil, errors.Join(err, e.folder.remove())
	}
	return e, nil
}

// serverOptions say where the server listens, if it does, and over TLS if
// there is a certificate. checkListen has made sure that there is one if there
// has to be.
func (c Config) serverOptions() (*server.Options, error) {
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
