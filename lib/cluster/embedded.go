package cluster

import (
	"errors"
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

// startEmbedded starts a server that listens on nothing. It asks for a token
// all the same: worker processes come through a socket.
func startEmbedded() (*embedded, error) {
	e := &embedded{token: newName()}
	var err error
	if e.folder, err = newFolder(); err != nil {
		return nil, err
	}
	e.server, err = startServer(&server.Options{DontListen: true, StoreDir: e.folder.path, Authorization: e.token})
	if err != nil {
		e.folder.remove()
		return nil, err
	}
	return e, nil
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
