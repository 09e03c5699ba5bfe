package cluster

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"runtime"
	"strings"
	"time"
)

// Config says where a Cluster is, and who works there. The zero value is a
// server within this program, and a goroutine for each core.
type Config struct {
	// URL is where a server listens: nats://host:port or tls://host:port,
	// and several of them with commas between. Without one, a server is
	// started within this program. It listens on nothing and ends with Close.
	URL string

	// Token and Credentials (a file, as nsc makes it) say who we are. A Token
	// goes to this machine or over tls:// only.
	Token, Credentials string

	// CA is a file with the certificates to trust for tls://, in place of
	// those of the system.
	CA string

	// Workers is how many goroutines of this program work: one for each core
	// if it is 0 and there is no URL; with a URL, none.
	Workers int

	// Processes is how many processes work in their stead: this program,
	// started again. Each has Workers goroutines, 1 if that is 0.
	Processes int

	// What follows is smaller in tests.
	ackWait time.Duration // see defaultAckWait
	store   int64         // bytes that a stream of this program's server may hold; 0 for no limit
}

const (
	// defaultAckWait is how long a chunk belongs to a worker of which nothing
	// is heard. A live one is heard of three times as often.
	defaultAckWait = 5 * time.Second
	// mostWorkers is what nobody means to exceed in one program.
	mostWorkers = 1024
)

func (c Config) embedded() bool { return c.URL == "" }

// complete checks c and fills in what is left to choose.
func (c Config) complete() (Config, error) {
	if c.Workers < 0 || c.Processes < 0 || c.Workers > mostWorkers || c.Processes > mostWorkers {
		return c, fmt.Errorf("Workers and Processes must be from 0 to %d, got %d and %d", mostWorkers, c.Workers, c.Processes)
	}
	if c.ackWait == 0 {
		c.ackWait = defaultAckWait
	}
	if c.Workers == 0 && c.Processes > 0 {
		c.Workers = 1
	} else if c.Workers == 0 && c.embedded() {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if !c.embedded() {
		return c, c.checkURL()
	}
	if c.Token != "" || c.Credentials != "" || c.CA != "" {
		return c, errors.New("Token, Credentials and CA are for a server elsewhere; give its URL, too")
	}
	return c, nil
}

// checkURL refuses what cannot work, and what would show a secret.
func (c Config) checkURL() error {
	if c.Token != "" && c.Credentials != "" {
		return errors.New("there are both a Token and Credentials; give one of them")
	}
	for _, one := range strings.Split(c.URL, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil || u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls" {
			return fmt.Errorf("URL %q: want nats://host:port or tls://host:port", redact(one))
		}
		secret := c.Token != "" || u.User != nil
		if secret && u.Scheme != "tls" && !isLoopback(u.Hostname()) {
			return fmt.Errorf("URL %q: a token would be readable on the way to another machine; use tls:// or Credentials", redact(one))
		}
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// redact takes a secret out of a URL before it is shown.
func redact(one string) string {
	if _, host, found := strings.Cut(one, "@"); found {
		return "…@" + host
	}
	return one
}
