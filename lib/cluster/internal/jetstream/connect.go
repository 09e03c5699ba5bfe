package jetstream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Address is how to reach the servers. It can be sent to another process.
type Address struct {
	URL, Token, Credentials, CA string
	Socket                      string // a Unix socket that leads to a server, in place of URL
}

// Link is a connection to the servers.
type Link struct {
	conn      *nats.Conn
	dialer    dialer
	js        jetstream.JetStream
	InProgram bool // the server is in this program, or in the one that started it
	copies    int  // of each stream

	deleting sync.WaitGroup // consumers
}

// Dial connects: to the server local if it is not nil, otherwise to the
// address. If ctx ends first, the error is its cause. If the connection breaks
// later, it is made again, to any of the servers, until Close. onEnd is called
// with the reason when the connection has ended.
func (a Address) Dial(ctx context.Context, name string, local nats.InProcessConnProvider, onEnd func(error)) (*Link, error) {
	d := dialer{socket: a.Socket}
	d.life, d.end = context.WithCancel(context.Background())
	options := []nats.Option{
		nats.SetCustomDialer(d),
		nats.Name(name),
		nats.Token(a.Token),
		nats.Timeout(ConnectTimeout),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(reconnectWait),
		nats.PingInterval(pingInterval),
		nats.IgnoreDiscoveredServers(), // the caller has not checked them: they would get the token, perhaps in clear text
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // the default one prints; each call returns its error
		nats.ClosedHandler(func(conn *nats.Conn) { onEnd(ending(conn)) }),
	}
	url := a.URL
	switch {
	case local != nil:
		options = append(options, nats.InProcessServer(local))
	case a.Socket != "":
		url = "nats://127.0.0.1" // never used: the dialer opens the socket
	}
	if a.Credentials != "" {
		options = append(options, nats.UserCredentials(a.Credentials))
	}
	if a.CA != "" {
		options = append(options, nats.RootCAs(a.CA))
	}
	stop := context.AfterFunc(ctx, d.end)
	conn, err := nats.Connect(url, options...)
	if !stop() {
		if conn != nil {
			conn.Close()
		}
		err = context.Cause(ctx)
	}
	if err != nil {
		d.end()
		return nil, fmt.Errorf("connecting to %s: %w", cmp.Or(Redact(a.URL), "the server of this program"), a.explain(err))
	}
	js, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(2*MaxChunks), jetstream.WithPublishAsyncTimeout(ConnectTimeout))
	if err != nil {
		conn.Close()
		return nil, err
	}
	l := &Link{conn: conn, dialer: d, js: js, InProgram: local != nil || a.Socket != "", copies: 1}
	if conn.ConnectedClusterName() != "" {
		l.copies = 3
	}
	return l, nil
}

// Close waits for what is being deleted, and ends the connection.
func (l *Link) Close() {
	if l != nil {
		l.deleting.Wait()
		l.conn.Close()
		l.dialer.end()
	}
}

// IsClosed reports whether the connection has ended for good.
func (l *Link) IsClosed() bool { return l.conn.IsClosed() }

// IsConnected reports whether there is a connection now.
func (l *Link) IsConnected() bool { return l.conn.IsConnected() }

// Flush waits until the server has received everything, for at most a second.
func (l *Link) Flush() { l.conn.FlushTimeout(answerTimeout) }

// Server returns the URL of the server, without secrets.
func (l *Link) Server() string { return Redact(l.conn.ConnectedUrl()) }

// explain adds what to do about frequent errors.
func (a Address) explain(err error) error {
	switch {
	case errors.Is(err, nats.ErrNoServers):
		return fmt.Errorf("%w; is a server running there?", err)
	case errors.Is(err, nats.ErrAuthorization) && a.Credentials != "":
		return fmt.Errorf("%w; look at the credentials in %s: who signed them, and when they expire", err, a.Credentials)
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

// dialer opens connections until its life ends, and closes them then.
type dialer struct {
	socket string // a Unix socket, opened whatever the address; none if empty
	life   context.Context
	end    context.CancelFunc
}

func (d dialer) Dial(network, address string) (net.Conn, error) {
	if d.socket != "" {
		network, address = "unix", d.socket
	}
	conn, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(d.life, network, address)
	if err == nil {
		context.AfterFunc(d.life, func() { conn.Close() })
	}
	return conn, err
}

// Redact removes the secrets from one or more URLs, separated by commas. A
// password may contain an @, so the last one ends it.
func Redact(urls string) string {
	parts := strings.Split(urls, ",")
	for i, one := range parts {
		if at := strings.LastIndexByte(one, '@'); at >= 0 {
			parts[i] = "…" + one[at:]
		}
	}
	return strings.Join(parts, ",")
}
