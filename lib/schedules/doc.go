// Package schedules runs a concurrent program by every schedule that can make a difference, and reports which are wrong.
//
// Use it where luck is not enough: a race that appears once in a million runs is found in a millisecond, every time, and
// a repair is known to be one. It belongs to slide 11, shared memory and messages. The program uses the types of this
// package, which have the methods of sync, sync/atomic and channels:
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
//	fmt.Println(r)                   // 4 of 6 schedules are wrong; data race on count ...
//	display.HTML(r.HTML(), r.Text()) // with a picture of the shortest wrong one
//
// Explore finds failed checks, panics, deadlocks (with the goroutine that each goroutine waits for), goroutines that are
// left behind, and data races. A race is found exactly: a write of a Var and another access that Go's memory model does
// not order. The answer is the same each time, and Replay runs a schedule again by its name.
//
// Play turns a small program around: the reader is the scheduler. Buttons in the page choose which goroutine takes the next
// step, and the page says how the schedule ends. It holds all schedules, so that it needs no kernel:
//
//	p := schedules.Play(body)
//	display.HTML(p.HTML(), p.Text())
//
// # How
//
// One goroutine runs at a time. Before each step, an operation on something shared, the explorer chooses which goroutine
// goes on; it runs the program again and again, and takes the choices depth first. Steps that do not depend on each
// other, such as accesses of different variables, have no interesting order. So one run stands for all schedules that
// differ only in the order of such steps (dynamic partial-order reduction with source sets and sleep sets: Flanagan and
// Godefroid, 2005; Abdulla and others, 2014). The result counts all of them. If the program is too large for that, all
// schedules with at most two preemptions come first, then those with three (Musuvathi and Qadeer, 2007), and the result
// says what was covered. loom and shuttle do the same for Rust.
//
// Go statements and the proper use of a WaitGroup are no steps, because their order does not matter.
//
// # What the body must observe
//
// It does the same each time, apart from what the schedule decides: no randomness, no real time, no input, and variables
// begin with the same values, best because they are declared in it. Explore panics if it notices a difference. Operations
// of package sync, channels and go statements of Go itself are not seen, and one that waits blocks the exploration.
//
// # What is not seen
//
//   - Weak memory: the program is explored as if every step were visible to all at once. Go promises this for programs
//     without data races; what a program with a race can do besides is not shown, only that it has one.
//   - Real time: Sleep and timers take no time, and any number of steps of other goroutines. A Sleep orders nothing. Of
//     two timers that one fires first which is due first.
//   - The outside world: files, the network, other processes.
//   - Loops that wait without blocking must call Gosched in each round. Rounds in which nothing changes are explored
//     twice, not forever. A schedule of more than 2,000 steps is reported as endless, and ends the exploration.
//   - Fairness: Signal wakes the goroutine that has waited longest; a Mutex may go to any.
//
// # Cost
//
// A run of 20 steps takes 12 µs (BenchmarkRun), and the default limit of 20,000 runs half a second. The faults of the
// course are found, and all their schedules counted, in 0.1 to 1.3 ms (BenchmarkFaults), on 2 cores. Play takes 0.1 s for
// two goroutines of six steps, and its page is 19 kB (BenchmarkPlay).
package schedules
