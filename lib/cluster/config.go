package cluster

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
)

// Config names the servers and the workers. The zero value is a server
// within this program, and GOMAXPROCS goroutines.
type Config struct {
	// URL is the address of a server: nats://host:port or tls://host:port. List
	// the servers of a NATS cluster with commas between, or give a DNS name that
	// resolves to all of them. Servers that they advertise are ignored: they
	// would receive the token. Without a URL, Open starts a server within this
	// program, until Close. It listens on nothing, unless Listen is set.
	URL string

	// Token and Credentials (a file that nsc writes) authenticate this
	// program. A Token is sent to this machine or over tls:// only.
	Token, Credentials string

	// Listen is the host:port at which the server within this program listens
	// for command worker, which needs the same Token. Leave Workers and
	// Processes 0 to use only command worker. An address that is not on the loopback interface needs
	// Certificate and Key, files in PEM, and is tls:// only.
	Listen, Certificate, Key string

	// CA is a file with the certificates to trust for tls://, in place of
	// those of the system.
	CA string

	// Workers is how many goroutines run tasks, at most 1,024. 0 means 1 for
	// each process if Processes is above 0; GOMAXPROCS in RunWorker, and in Open
	// with neither URL nor Listen; otherwise none.
	Workers int

	// Processes, if above 0, starts that many worker processes: this program
	// again, with Workers goroutines each. The program itself then runs no
	// tasks. At most 1,024.
	Processes int

	// Grace is how long workers that are told to stop may take to finish their
	// chunks. Then they return them to the queue. 0 is 5 seconds.
	Grace time.Duration

	// Log receives warnings, and what RunWorker does. If it is nil, they are
	// dropped.
	Log *slog.Logger

	// What follows is smaller in tests.
	ackWait time.Duration // see defaultAckWait
	store   int64         // limit of each stream of this program's server, in bytes; 0 for none
	memory  int64         // limit of this program's server, in bytes; 0 for its default
}

const (
	// defaultAckWait is how long a worker has a chunk without an in-progress message.
	// A worker sends three in that time.
	defaultAckWait = 5 * time.Second
	defaultGrace   = 5 * time.Second
	// maxWorkers is a limit against typing errors.
	maxWorkers = 1024
)

func (c Config) embedded() bool { return c.URL == "" }

// complete checks c and sets defaults.
func (c Config) complete() (Config, error) {
	if c.Workers < 0 || c.Processes < 0 || c.Workers > maxWorkers || c.Processes > maxWorkers {
		return c, fmt.Errorf("got Workers %d and Processes %d; both must be from 0 to %d", c.Workers, c.Processes, maxWorkers)
	}
	if c.Grace < 0 {
		return c, fmt.Errorf("got Grace %v; it must not be below 0", c.Grace)
	}
	c.ackWait, c.Grace = cmp.Or(c.ackWait, defaultAckWait), cmp.Or(c.Grace, defaultGrace)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Workers == 0 && c.Processes > 0 {
		c.Workers = 1
	} else if c.Workers == 0 && c.embedded() && c.Listen == "" {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	listens, tls := c.Listen != "", c.Certificate != "" || c.Key != ""
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{!c.embedded() && (listens || tls), "the fields Listen, Certificate and Key are for a server in this program; leave them out, or the URL"},
		{!c.embedded() && c.Token != "" && c.Credentials != "", "there are both a Token and Credentials; give one of them"},
		{listens && (c.Credentials != "" || c.CA != ""), "the fields Credentials and CA are for a server elsewhere; a server that listens asks for a Token"},
		{c.embedded() && !listens && (c.Token != "" || c.Credentials != "" || c.CA != ""), "Token, Credentials and CA are for a server elsewhere; give its URL, too"},
		{!listens && tls, "the fields Certificate and Key are for a server that listens; give Listen, too"},
		{(c.Certificate == "") != (c.Key == ""), "there is a Certificate without a Key, or a Key without a Certificate; give both"},
	} {
		if rule.broken {
			return c, errors.New(rule.text)
		}
	}
	if listens {
		return c, c.checkListen()
	} else if c.embedded() {
		return c, nil
	}
	return c, c.checkURL()
}

// checkURL rejects URLs that cannot work, or would show a secret.
func (c Config) checkURL() error {
	for _, one := range strings.Split(c.URL, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil || u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls" {
			return fmt.Errorf("URL %q: want nats://host:port or tls://host:port", jetstream.Redact(one))
		}
		secret := c.Token != "" || u.User != nil
		if secret && u.Scheme != "tls" && !isLoopback(u.Hostname()) {
			return fmt.Errorf("URL %q: a token would be readable on the way to another machine; use tls:// or Credentials", jetstream.Redact(one))
		}
	}
	return nil
}

// checkListen rejects a server without a token, or whose token others could
// read.
func (c Config) checkListen() error {
	host, port, err := net.SplitHostPort(c.Listen)
	if n, wrong := strconv.Atoi(port); err != nil || wrong != nil || n < 1 || n > 65535 {
		return fmt.Errorf("to listen on %q: want host:port, with a port from 1 to 65535", c.Listen)
	}
	switch {
	case c.Token == "":
		return fmt.Errorf("to listen on %q: a server that listens must ask for a Token; give one, the same to the workers", c.Listen)
	case c.Certificate == "" && !isLoopback(host):
		return fmt.Errorf("to listen on %q: others could read what is sent to another machine; give Certificate and Key, or listen on 127.0.0.1", c.Listen)
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
