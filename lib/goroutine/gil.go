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

// WithGIL is Map under a global lock: every task has its own goroutine, but
// must hold the lock to run, so only one runs at a time, on any number of
// cores. Its only purpose is to show slide 5's "what you want, what you're
// gonna get" without Python.
//
// A task holds the lock from its start. It calls gil.Check often, as
// CPython's interpreter does between instructions. When another task has
// waited for interval, Check passes the lock to it. So the deck's task becomes
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
// WithGIL mirrors the lock of CPython 3.2 and later: if the interval passes
// without a switch, a waiting thread asks the holder to release the lock, and
// the holder does not get it back before another thread has had it. Two things
// differ: here waiting tasks get the lock in turn, while in CPython the
// operating system chooses; and CPython 2.7, which the deck ran on, switched
// every 100 instructions instead, at a higher cost. On one core a switch can come
// up to 10 ms after the interval has passed, because the running task keeps the
// timer from firing.
//
// Results are in the order of the items. If a task panics, the next one gets
// the lock, and WithGIL panics as Map does. WithGIL also panics if interval is
// not positive or f is nil. A Check costs 2 ns, a switch of the lock 0.6 µs
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

// GIL is a task's handle to the lock that all tasks of a WithGIL share. Only
// the task's own goroutine may use it.
type GIL struct {
	lock  *lock
	item  int
	held  bool          // the task holds the lock
	since time.Duration // when the task got the lock, for the trace
}

// Check passes the lock to another task if one has waited for the interval. It
// returns when this task has the lock again.
func (g *GIL) Check() {
	if g.lock.drop.Load() {
		g.switchOff()
	}
}

func (g *GIL) switchOff() { g.Without(func() {}) }

// Without releases the lock, calls wait, and returns when this task has the
// lock again. Meanwhile other tasks run. It is for waiting: a download, a
// query, a sleep. CPython does the same around every call that may block, so
// threads help there (slide 5: "threading useful in latter but not former").
// Inside wait, Check and Without do not affect the lock.
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

// lock is the global lock. A sync.Mutex is not sufficient: a waiting task cannot
// ask its holder to release it, and the holder could lock it again at once.
type lock struct {
	interval time.Duration
	trace    *span.Recorder
	drop     atomic.Bool // a waiting task asks the holder to release the lock

	mu       sync.Mutex
	held     bool            // guarded by mu
	waiting  []chan struct{} // guarded by mu; each is closed when its task gets the lock
	switches int             // guarded by mu; number of times the lock has changed hands
	timer    *time.Timer     // guarded by mu; runs while a task waits
}

// enter acquires the lock if it is free and returns nil. Otherwise it queues
// the task and returns a channel that is closed when the task has the lock.
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

// handOn passes the lock to the task that has waited longest, or frees it if no
// task waits.
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

// askLater starts the timer that asks the holder to release the lock if it has
// not changed hands within the interval. One timer serves all waiting tasks.
// mu must be held.
func (l *lock) askLater() {
	seen := l.switches
	l.timer = time.AfterFunc(l.interval, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.switches == seen { // otherwise the timer fired before it could be stopped
			l.drop.Store(true)
		}
	})
}
