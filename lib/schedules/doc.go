// Package schedules runs a concurrent program by every schedule that can make a difference, and reports how many are wrong.
//
// Use it where tests depend on luck: it finds a race that appears once in a million runs within a millisecond, every time,
// and shows that a repair leaves no wrong schedule. It belongs to slide 11, shared memory and messages. The program uses
// the types of this package, which have the methods of sync, sync/atomic and channels:
//
//	r := schedules.Explore(func() {
//		count := schedules.NewVar("count", 0)
//		var wg schedules.WaitGroup
//		for range 2 {
//			wg.Go(func() { count.Set(count.Get() + 1) })
//		}
//		wg.Wait()
//		schedules.Check(count.Get() == 2)
//	})
//	fmt.Println(r)                   // 4 of 6 schedules fail; data race on count ...
//	display.HTML(r.HTML(), r.Text()) // with a picture of the shortest wrong one
//
// A schedule is wrong if it has a failure or a data race. Failures are failed checks, panics, deadlocks (with the goroutine
// that each goroutine waits for), goroutines that are left behind, and endless schedules. A data race is a write of a Var
// and another access that Go's memory model does not order; a schedule is reported exactly if it has one. In a test, assert
// Result.OK, and Result.All if every schedule must have been covered. The result is the same each time, and Replay runs a
// schedule again by its name.
//
// Play lets the reader be the scheduler of a small program. Buttons in the page choose which goroutine takes the next step,
// and the page says how the schedule ends. The page holds all schedules, so that it needs no kernel:
//
//	p := schedules.Play(body)
//	display.HTML(p.HTML(), p.Text())
//
// # How
//
// One goroutine runs at a time. A step is an operation on something shared, and before each step the explorer chooses the
// goroutine that takes it. It runs the program again and again, and tries the choices depth first. The order of two steps
// makes no difference if they do not depend on each other, for example accesses of different variables. So one run stands
// for all schedules that differ only in the order of such steps (dynamic partial-order reduction with source sets and
// sleep sets: Flanagan and Godefroid, 2005; Abdulla and others, 2014). The result counts all of them. If a program has too
// many, the explorer first takes all schedules with at most two preemptions, then those with three (Musuvathi and Qadeer,
// 2007), and the result says what was covered. loom and shuttle do the same for Rust.
//
// Go statements and the operations of a WaitGroup are not steps, because their order does not matter in a program that uses
// the WaitGroup properly. If a program does not, the exploration starts again with every operation of a WaitGroup as a step,
// and the same holds for an RUnlock of an RWMutex in another goroutine than its RLock. This takes more runs. The result
// covers only the second exploration.
//
// # Rules for the body
//
// The body must do the same in every run, apart from what the schedule decides. It uses no randomness, no real time and no
// input, and its variables begin with the same values: declare them in it. Explore panics if it notices a difference. It
// does not see Go's own go statements, channels and package sync; one of these that waits blocks the exploration.
//
// # What is not seen
//
//   - Weak memory: every step is visible to all goroutines at once. Go promises this for programs without data races. Of a
//     program with a data race the explorer shows only that it has one, not what else it may do.
//   - Real time: a Sleep or a timer takes no time, and any number of steps of other goroutines. A Sleep orders nothing.
//     Timers fire in the order in which they are due.
//   - The outside world: files, the network, other processes.
//   - Loops that wait without blocking: they must call Gosched in each round. After three rounds that read the same values
//     and change nothing, such a loop is suspended until one of the values changes. No outcome is lost, except for a loop
//     that counts its rounds: one that stops after ten rounds does so only when no other goroutine can continue.
//   - Schedules of more than 2,000 steps: they are reported as endless, and the first one ends the exploration. If only loops
//     that wait can continue, the exploration ends at the fiftieth such schedule.
//   - Fairness: Signal wakes the goroutine that has waited longest; a Mutex may go to any.
//
// These have no counterpart here: time.Ticker, Timer.Reset, sync.Map, sync.Pool, context.WithDeadline, context.Cause and
// values of contexts, errgroup.
//
// # Cost
//
// On 2 cores, go test ./lib/schedules -run '^$' -bench .: a run of 21 steps takes 6 µs (BenchmarkRun), and a program of
// two goroutines of ten steps, which has more schedules than the default limit of 20,000 runs, 0.17 s
// (BenchmarkTenStepsEach). The faults of the course are found, and all their schedules counted, in 0.03 to 0.5 ms
// (BenchmarkFaults). Play takes 17 ms for two goroutines of six steps, and its page is 19 kB (BenchmarkPlay).
package schedules
