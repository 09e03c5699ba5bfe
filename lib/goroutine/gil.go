package goroutine

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"multiprocessing/lib/internal/failure"
	"multiprocessing/lib/internal/span"
)

// SwitchInterval is CPython's default: sys.getswitchinterval() is 5 ms.
const SwitchInterval = 5 * time.Millisecond

// WithGIL is Map under a global lock: every task has a goroutine of its own,
// but must hold the lock to run, so one runs at a time, on however many
// cores. It shows slide 5's "what you want, what you're gonna get" without
// Python, and is of no other use.
//
// A task holds the lock from its start. It calls gil.Check often, as
// CPython's interpreter does between instructions; when others have waited
// for interval, Check hands the lock over. So the deck's task becomes
//
//	func prime(nth int, gil *goroutine.GIL) int {
//		i := 0
//		for found := 0; found < nth; {
//			gil.Check()
//			i++
//			if primes.IsPrime(i) {
//				found++
//			}
//		}
//		return i
//	}
//
//	goroutine.WithGIL(goroutine.SwitchInterval, numbers, prime)
//
// It mirrors the lock of CPython 3.2 and later: who waits for it asks the
// holder to drop it when the interval has passed without a switch, and the
// holder, having dropped it, does not get it back before another had it. Two
// things differ: here those who wait take turns, there the operating system
// chooses; and CPython 2.7, which the deck ran on, switched every 100
// instructions instead, at a higher cost. With one core a switch can come 10
// ms later, for the holder keeps the timer from running.
//
// Results are in the order of the items. A panic reaches the caller as from
// Map, and the lock goes on to the next. WithGIL panics if interval is not
// positive or f is nil. A Check costs 2 ns, a switch of the lock 0.6 µs
// (BenchmarkGIL).
func WithGIL[T, R any](interval time.Duration, items []T, f func(item T, gil *GIL) R, opts ...Option) []R {
	if f == nil {
		panic("goroutine: WithGIL: f must not be nil")
	}
	if interval <= 0 {
		panic(fmt.Sprintf("goroutine: WithGIL: interval must be positive, got %v", interval))
	}
	results := make([]R, len(items))
	l := &lock{interval: interval, trace: recorder(opts)}
	defer l.trace.Publish()
	var lowest failure.Lowest
	each(&lowest, len(items), func(i int) {
		gil := &GIL{lock: l, item: i}
		gil.acquire()
		defer gil.release()
		results[i] = f(items[i], gil)
	})
	lowest.Raise()
	return results
}

// GIL is a task's hold on the lock that all tasks of a WithGIL share. Only
// the task's own goroutine may use it.
type GIL struct {
	lock  *lock
	item  int
	held  bool          // by the task now
	since time.Duration // when the task got the lock, for the trace
}

// Check lets another task run if one has waited for the interval. It returns
// when it is this task's turn again.
func (g *GIL) Check() {
	if g.lock.drop.Load() {
		g.switchOff()
	}
}

func (g *GIL) switchOff() { g.Without(func() {}) }

// Without calls wait without the lock, so that others run meanwhile, and
// returns when it is this task's turn again. It is for waiting: a download, a
// query, a sleep. CPython does so around every call that may block, which is
// why threads help there (slide 5: "threading useful in latter but not
// former"). In wait, Check and Without do not touch the lock.
func (g *GIL) Without(wait func()) {
	if !g.held {
		wait()
		return
	}
	g.release()
	defer g.acquire()
	wait()
}

func (g *GIL) acquire() {
	if turn := g.lock.enter(); turn != nil {
		<-turn
	}
	g.held = true
	g.since = g.lock.trace.Now()
}

func (g *GIL) release() {
	g.held = false
	g.lock.trace.Add(g.item+1, g.item, 1, g.since)
	g.lock.handOn()
}

// lock is the one lock. A sync.Mutex would not do: nobody can ask its holder
// for it, and the holder could have it back at once.
type lock struct {
	interval time.Duration
	trace    *span.Recorder
	drop     atomic.Bool // somebody asks the holder to drop it

	mu       sync.Mutex
	held     bool            // guarded by mu
	waiting  []chan struct{} // guarded by mu; each closed when it is its turn
	switches int             // guarded by mu; how often it has changed hands
	timer    *time.Timer     // guarded by mu; runs if anybody waits
}

// enter takes the lock if it is free, else a place in the queue.
func (l *lock) enter() (turn chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.held {
		l.held = true
		return nil
	}
	turn = make(chan struct{})
	l.waiting = append(l.waiting, turn)
	if len(l.waiting) == 1 {
		l.askLater()
	}
	return turn
}

// handOn gives the lock to who has waited longest, if anybody waits.
func (l *lock) handOn() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop.Store(false)
	if len(l.waiting) == 0 {
		l.held = false
		return
	}
	l.timer.Stop()
	l.switches++
	close(l.waiting[0])
	l.waiting = l.waiting[1:]
	if len(l.waiting) > 0 {
		l.askLater()
	}
}

// askLater asks the holder for the lock if it has not changed hands within
// the interval. One timer does it for all who wait. mu must be held.
func (l *lock) askLater() {
	seen := l.switches
	l.timer = time.AfterFunc(l.interval, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.switches == seen { // else it was too late to be stopped
			l.drop.Store(true)
		}
	})
}
