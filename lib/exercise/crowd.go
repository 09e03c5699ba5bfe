package exercise

import (
	"fmt"
	"sync"
	"time"
)

// crowd counts calls that run at the same time. The first ones wait until as
// many as expected are there, so that nothing depends on how fast goroutines
// start; if no more come within the grace, nobody waits any longer.
type crowd struct {
	expected int
	patience time.Duration
	complete chan struct{} // closed when all expected are there, or waiting is over
	once     sync.Once     // closes complete

	mu     sync.Mutex
	inside int // guarded by mu
	most   int // guarded by mu
}

func newCrowd(expected int) *crowd {
	return &crowd{expected: expected, patience: grace, complete: make(chan struct{})}
}

func (c *crowd) goOn() { c.once.Do(func() { close(c.complete) }) }

// enter counts a call in, and stays a little for others to be seen with it.
func (c *crowd) enter() {
	c.mu.Lock()
	c.inside++
	c.most = max(c.most, c.inside)
	if c.inside >= c.expected {
		c.goOn()
	}
	c.mu.Unlock()
	timer := time.AfterFunc(c.patience, c.goOn)
	<-c.complete
	timer.Stop()
	time.Sleep(time.Millisecond)
}

func (c *crowd) leave() {
	c.mu.Lock()
	c.inside--
	c.mu.Unlock()
}

// now is how many calls are running.
func (c *crowd) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inside
}

// together is the most calls that ran at the same time.
func (c *crowd) together() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.most
}

// trySideBySide has use call the function of that name, which enters and leaves
// calls, and reports a problem unless two to workers calls ran at the same time.
// A unit is what a call is for: "point".
func trySideBySide(call, name, unit string, workers int, use func(calls *crowd)) string {
	calls := newCrowd(2)
	if problem := attempt(call, func() { use(calls) }); problem != "" {
		return problem
	}
	switch together := calls.together(); {
	case together < 2:
		return fmt.Sprintf("%s is right, but it called %s for one %s at a time", call, name, unit)
	case together > workers:
		return fmt.Sprintf("%s called %s for %d %ss at the same time, with %d workers", call, name, together, unit, workers)
	}
	return ""
}
