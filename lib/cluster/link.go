package cluster

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// link is a connection to the servers.
type link struct {
	conn     *nats.Conn
	js       jetstream.JetStream
	embedded bool // the server is in this program, or in that which started it
	copies   int  // of each stream; with more than one, a server may be behind

	mostBytes int64 // of a job's chunks may be on their way
	keepBytes int64 // of a job's results may stay in their stream when they have been read
}

// address says how to reach the servers. It travels to worker processes.
type address struct {
	URL, Token, Credentials, CA string
	Socket                      string // the Unix socket of a program with a server, in place of URL
}

// Times for what a dead server, or a wrong address, would not answer.
const (
	connectTime   = 5 * time.Second
	reconnectWait = 100 * time.Millisecond
	pingInterval  = 10 * time.Second
)

// dial connects, to local if that is not nil. A connection that breaks later is made again, to any of the
// servers, for as long as it takes; onEnd is told why if that is given up.
func (a address) dial(name string, local *embedded, onEnd func(error)) (*link, error) {
	options := []nats.Option{
		nats.Name(name),
		nats.Timeout(connectTime),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(reconnectWait),
		nats.PingInterval(pingInterval),
		nats.IgnoreDiscoveredServers(), // checkURL has not seen those: they would get the token, in clear text
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // else they are printed; who asked is told
		nats.ClosedHandler(func(conn *nats.Conn) { onEnd(ending(conn)) }),
	}
	url := a.URL
	switch {
	case local != nil:
		options = append(options, nats.InProcessServer(local.server))
	case a.Socket != "":
		url = "nats://127.0.0.1" // not looked up: the socket is dialed
		options = append(options, nats.SetCustomDialer(socketDialer(a.Socket)))
	}
	if a.Token != "" {
		options = append(options, nats.Token(a.Token))
	}
	if a.Credentials != "" {
		options = append(options, nats.UserCredentials(a.Credentials))
	}
	if a.CA != "" {
		options = append(options, nats.RootCAs(a.CA))
	}
	conn, err := nats.Connect(url, options...)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", a.where(), a.explain(err))
	}
	js, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(2*mostChunks), jetstream.WithPublishAsyncTimeout(connectTime))
	if err != nil {
		conn.Close()
		return nil, err
	}
	l := &link{conn: conn, js: js, embedded: local != nil || a.Socket != "", copies: 1}
	if conn.ConnectedClusterName() != "" {
		l.copies = 3
	}
	return l, nil
}

func (a address) where() string {
	if a.URL == "" {
		return "the server of this program"
	}
	return redact(a.URL)
}

// explain says what to do about the errors that people meet.
func (a address) explain(err error) error {
	switch {
	case errors.Is(err, nats.ErrNoServers):
		return fmt.Errorf("%w; is a server running there?", err)
	case errors.Is(err, nats.ErrAuthorization) && a.Credentials != "":
		return fmt.Errorf("%w; look at the credentials in %s: who signed them, and until when", err, a.Credentials)
	case errors.Is(err, nats.ErrAuthorization):
		return fmt.Errorf("%w; look at the token or the credentials", err)
	}
	return err
}

func ending(conn *nats.Conn) error {
	if err := conn.LastError(); err != nil {
		return fmt.Errorf("the connection has ended: %w", err)
	}
	return errors.New("the connection has ended")
}

// socketDialer connects to a Unix socket, whatever address it is asked for.
type socketDialer string

func (s socketDialer) Dial(_, _ string) (net.Conn, error) { return net.Dial("unix", string(s)) }
