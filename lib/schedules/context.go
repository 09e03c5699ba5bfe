package schedules

import (
	"context"
	"time"
)

// Context is context.Context, without values: Done and Err.
type Context interface {
	Done() *Chan[struct{}]
	Err() error
}

// CancelFunc is context.CancelFunc.
type CancelFunc func()

// Background is context.Background.
func Background() Context { return background{} }

type background struct{}

func (background) Done() *Chan[struct{}] { return nil }
func (background) Err() error            { return nil }

// cancelable is a context that ends. mu guards err and children, as in package context.
type cancelable struct {
	mu       Mutex
	done     *Chan[struct{}]
	err      error
	ended    object // its version tells a loop that waits whether err has changed
	children []*cancelable
	timer    *Timer
}

func (c *cancelable) Done() *Chan[struct{}] { return c.done }

func (c *cancelable) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	g := self("Context.Err")
	r := c.ended.record(g.x, "context")
	g.spin.seen = append(g.spin.seen, seen{r, r.version})
	return c.err
}

// WithCancel is context.WithCancel.
func WithCancel(parent Context) (Context, CancelFunc) {
	c := newContext(parent)
	return c, func() { c.cancel(context.Canceled) }
}

// WithTimeout is context.WithTimeout. The time may be over at any step: see Sleep. If d is not positive, it is over now.
func WithTimeout(parent Context, d time.Duration) (Context, CancelFunc) {
	c := newContext(parent)
	if d <= 0 {
		c.cancel(context.DeadlineExceeded)
		return c, func() { c.cancel(context.Canceled) }
	}
	c.timer = AfterFunc(d, func() { c.cancel(context.DeadlineExceeded) })
	return c, func() {
		c.timer.Stop()
		c.cancel(context.Canceled)
	}
}

func newContext(parent Context) *cancelable {
	c := &cancelable{done: NewChan[struct{}](0)}
	SetName("the context", &c.mu)
	SetName("ctx.Done()", c.done)
	SetName("ctx.Err()", &c.ended)
	if p, ok := parent.(*cancelable); ok {
		p.mu.Lock()
		err := p.err
		p.children = append(p.children, c)
		p.mu.Unlock()
		if err != nil {
			c.cancel(err)
		}
	}
	return c
}

func (c *cancelable) cancel(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.err = err
	c.ended.record(self("a context").x, "context").version++
	c.done.Close()
	for _, child := range c.children {
		child.cancel(err)
	}
}
