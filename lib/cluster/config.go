package cluster

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Config says where a Cluster is, and who works there. The zero value is a
// server within this program, and a goroutine for each core.
type Config struct {
	// URL is where a server listens: nats://host:port or tls://host:port. For
	// a cluster name all servers, with commas between, or a host name that has
	// all their addresses: others that these advertise are not used. Without
	// a URL, a server is started within this program. It listens on nothing,
	// unless Listen says so, and ends with Close.
	URL string

	// Token and Credentials (a file, as nsc makes it) say who we are. A Token
	// goes to this machine or over tls:// only.
	Token, Credentials string

	// Listen is the host:port at which the server within this program is to
	// be found by command worker, with the same Token: workers that come from
	// elsewhere, in place of this program's own. If that is not on the
	// loopback interface, it needs Certificate and Key, files in PEM, and
	// talks over tls:// only.
	Listen, Certificate, Key string

	// CA is a file with the certificates to trust for tls://, in place of
	// those of the system.
	CA string

	// Workers is how many goroutines of this program work: one for each core
	// if it is 0 and there is neither URL nor Listen; with one of them, none.
	Workers int

	// Processes is how many processes work in their stead: this program,
	// started again. Each has Workers goroutines, 1 if that is 0.
	Processes int

	// What follows is smaller in tests.
	ackWait time.Duration // see defaultAckWait
	store   int64         // bytes that a stream of this program's server may hold; 0 for no limit
	memory  int64         // bytes that this program's server may hold in all; 0 for what it chooses
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
		return c, fmt.Errorf("got Workers %d and Processes %d; both must be from 0 to %d", c.Workers, c.Processes, mostWorkers)
	}
	if c.ackWait == 0 {
		c.ackWait = defaultAckWait
	}
	if c.Workers == 0 && c.Processes > 0 {
		c.Workers = 1
	} else if c.Workers == 0 && c.embedded() && c.Listen == "" {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	switch {
	case !c.embedded():
		return c, c.checkURL()
	case c.Listen != "":
		return c, c.checkListen()
	case c.Token != "" || c.Credentials != "" || c.CA != "":
		return c, errors.New("Token, Credentials and CA are for a server elsewhere; give its URL, too")
	case c.Certificate != "" || c.Key != "":
		return c, errors.New("the fields Certificate and Key are for a server that listens; give Listen, too")
	}
	return c, nil
}

// checkURL refuses what cannot work, and what would show a secret.
func (c Config) checkURL() error {
	if c.Listen != "" || c.Certificate != "" || c.Key != "" {
		return errors.New("the fields Listen, Certificate and Key are for a server in this program; leave them out, or the URL")
	}
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

// checkListen refuses a server that strangers could use, or whose token they
// could read.
func (c Config) checkListen() error {
	host, port, err := net.SplitHostPort(c.Listen)
	if n, wrong := strconv.Atoi(port); err != nil || wrong != nil || n < 1 || n > 65535 {
		return fmt.Errorf("to listen on %q: want host:port, with a port from 1 to 65535", c.Listen)
	}
	switch {
	case c.Credentials != "" || c.CA != "":
		return errors.New("the fields Credentials and CA are for a server elsewhere; a server that listens asks for a Token")
	case c.Token == "":
		return fmt.Errorf("to listen on %q: a server that listens must ask for a Token; give one, the same to the workers", c.Listen)
	case (c.Certificate == "") != (c.Key == ""):
		return errors.New("there is a Certificate without a Key, or a Key without a Certificate; give both")
	case c.Certificate == "" && !isLoopback(host):
		return fmt.Errorf("to listen on %q: others could read what goes to another machine; give Certificate and Key, or listen on 127.0.0.1", c.Listen)
	}
	return nil
}

// workerURL is what to tell command worker.
func (c Config) workerURL() string {
	if c.Listen == "" {
		return redact(c.URL)
	}
	host, port, _ := net.SplitHostPort(c.Listen) // checkListen has done that
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "THIS-MACHINE"
	}
	scheme := "nats"
	if c.Certificate != "" {
		scheme = "tls"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// redact takes the secrets out of a URL, or several with commas between,
// before it is shown. A password may hold an @, so the last one counts.
func redact(urls string) string {
	parts := strings.Split(urls, ",")
	for i, one := range parts {
		if at := strings.LastIndexByte(one, '@'); at >= 0 {
			parts[i] = "…" + one[at:]
		}
	}
	return strings.Join(parts, ",")
}
