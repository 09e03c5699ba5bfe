// Package progress carries how far a long piece of work is from the package
// that does it to the one that shows it, so that neither imports the other:
// timing reports, and display shows it if the cell imports display too.
//
// Cost: a report that nobody listens to takes 2 ns (BenchmarkReport).
package progress

import (
	"sync/atomic"
	"time"
)

// Step is where a piece of work stands.
type Step struct {
	Doing string // what is being done now: a case, a file
	Round int    // from 1; 0 while it warms up
	Of    int    // rounds in all, 0 if not known

	// Left is the time that it will probably take from here, 0 if not known.
	Left time.Duration

	// Done says that all is done, or given up.
	Done bool
}

var listener atomic.Pointer[func(Step)]

// Listen makes every Report call f, instead of any listener before; nil removes
// the listener. Calls come from the goroutine that reports.
func Listen(f func(Step)) {
	if f == nil {
		listener.Store(nil)
		return
	}
	listener.Store(&f)
}

// Report tells the listener, if there is one.
func Report(s Step) {
	if f := listener.Load(); f != nil {
		(*f)(s)
	}
}
