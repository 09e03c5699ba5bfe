package query_test

import (
	"errors"
	"os"
	"sync"
	"testing"

	"multiprocessing/lib/workload/query"
)

// cluster is the PostgreSQL of the tests: the one that the environment
// names, or one of their own, started when first needed.
type cluster struct {
	dsn  string // "" means there is none yet
	once sync.Once
	err  error
	end  func() error // not nil if it is the tests' own
}

var theCluster *cluster

var errNone = errors.New("no PostgreSQL on this machine: install it (Debian: apt-get install postgresql), or name a server in " + query.Variable)

func (c *cluster) begin() {
	c.once.Do(func() {
		if c.dsn == "" {
			c.dsn, c.end, c.err = startCluster()
		}
	})
}

// start returns where the server is. Without one the test is skipped; in CI
// it fails, for there nobody would see the skip.
func (c *cluster) start(t *testing.T) string {
	t.Helper()
	c.begin()
	switch {
	case errors.Is(c.err, errNone) && os.Getenv("CI") == "":
		t.Skip(c.err)
	case c.err != nil:
		t.Fatal(c.err)
	}
	return c.dsn
}

// try is start for benchmarks: "" if there is no server.
func (c *cluster) try() string {
	c.begin()
	return c.dsn
}

// own reports whether nobody else uses the server.
func (c *cluster) own() bool { return c.end != nil }

func (c *cluster) stop() error {
	if c.end == nil {
		return nil
	}
	return c.end()
}
