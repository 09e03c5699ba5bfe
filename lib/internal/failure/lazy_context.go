package failure

import (
	"context"
	"sync"
	"time"
)

// lazyContext creates a context with Begin when it is first used. Most tasks do
// not use theirs. If ten thousand goroutines created one at the same time, they
// would wait for each other, 6 µs each.
type lazyContext struct {
	lowest *Lowest
	first  int

	mu     sync.Mutex
	ctx    context.Context // guarded by mu; nil until it is used
	finish func()          // guarded by mu
	ended  bool            // guarded by mu
}

func (c *lazyContext) begun() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx == nil {
		c.ctx, c.finish = c.lowest.Begin(c.first)
		if c.ended {
			c.finish()
		}
	}
	return c.ctx
}

func (c *lazyContext) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended = true; c.finish != nil {
		c.finish()
	}
}

func (c *lazyContext) Deadline() (time.Time, bool) { return c.begun().Deadline() }
func (c *lazyContext) Done() <-chan struct{}       { return c.begun().Done() }
func (c *lazyContext) Err() error                  { return c.begun().Err() }
func (c *lazyContext) Value(key any) any           { return c.begun().Value(key) } // context.Cause needs it
