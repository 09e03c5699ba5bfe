// Package lanes is a model of a run: what each goroutine did when, and why it
// waited. Package tracefile makes it of an execution trace; tests write it by
// hand. Times count from the start of the run.
package lanes

import "time"

// State is what a goroutine does.
type State uint8

const (
	Running State = iota // it has a core
	Ready                // it needs a core and has none
	Waiting              // for another goroutine, a clock or the network
	Syscall              // the system works for it, or lets it wait
)

func (s State) String() string { return [...]string{"running", "ready", "waiting", "system call"}[s] }

// Reason is why a goroutine waits or, if it runs, what for.
type Reason string

const (
	Work       Reason = ""                   // of its own: the reason of useful time
	Mutex      Reason = "mutex"              // it waits for a lock
	GIL        Reason = "GIL"                // it waits for the lock of goroutine.WithGIL
	Send       Reason = "channel send"       // nobody receives, or the buffer is full
	Receive    Reason = "channel receive"    // nobody has sent
	Select     Reason = "select"             // no case is ready
	Others     Reason = "others"             // WaitGroup, Cond, or a pool without work
	Sleep      Reason = "sleep"              // a clock
	Network    Reason = "network"            // a connection or a file that is polled
	Collection Reason = "garbage collection" // also what a running goroutine does for it
	System     Reason = "system call"        // it is in a system call
	Messages   Reason = "messages"           // a worker process has no task yet
	Unknown    Reason = "something"          // a reason without a name of its own
)

// Interval is a stretch of a goroutine's time.
type Interval struct {
	State    State
	From, To time.Duration
	Reason   Reason
	Place    string // where it waits, "counter.go:12"; empty if unknown
	Proc     int    // which processor of Go runs it
	Waker    int64  // which goroutine ended the wait; 0 for none
}

// Length is how long the interval is.
func (i Interval) Length() time.Duration { return i.To - i.From }

// Goroutine is one goroutine of a run. Its intervals are in order and leave no
// gaps from its start, or the run's, to its end, or the run's.
type Goroutine struct {
	ID        int64
	Parent    int64  // which goroutine started it; 0 if it was there before
	Name      string // the function that it runs, or the region that it names
	System    bool   // it belongs to Go's runtime
	Caller    bool   // it called the work
	Left      bool   // it did not end in the run, though the run started it
	Intervals []Interval
}

// Stretch is a time from and to.
type Stretch struct{ From, To time.Duration }

// Run is what was recorded of a run.
type Run struct {
	Length      time.Duration
	Procs       int           // how many goroutines Go runs at once
	CPU         time.Duration // what the system gave to the process; 0 if unknown
	Goroutines  []Goroutine
	Collections []Stretch // garbage collections, in order
}

// Running is the time for which the goroutine had a core, as far as Go knows.
func (g Goroutine) Running() time.Duration {
	var sum time.Duration
	for _, i := range g.Intervals {
		if i.State == Running {
			sum += i.Length()
		}
	}
	return sum
}

// Useful is the time for which it ran, without its part in collections.
func (g Goroutine) Useful() time.Duration {
	var sum time.Duration
	for _, i := range g.Intervals {
		if i.Useful() {
			sum += i.Length()
		}
	}
	return sum
}

// Useful reports whether the goroutine does its own work.
func (i Interval) Useful() bool { return i.State == Running && i.Reason == Work }

// CoreShare is the part of the running time in which the process really had its
// cores: less than 1 if the system gave them to others meanwhile.
func (r Run) CoreShare() float64 {
	var running time.Duration
	for _, g := range r.Goroutines {
		running += g.Running()
	}
	if r.CPU <= 0 || running <= 0 {
		return 1
	}
	return min(1, float64(r.CPU)/float64(running))
}
