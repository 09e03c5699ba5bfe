// Package explain says why a program with n workers is not n times as fast, by
// execution traces of Go, and what its speedup would be without its largest loss.
//
// Use it after the first table of times (slides 9 and 10): Traces adds to the table
// of timing.Compare what each speedup was lost to. Goroutines draws a run: what
// each goroutine did when, and what it waited for.
//
// The efficiency of a run is the product of three factors, in the words of the POP
// Centre of Excellence (pop-coe.eu):
//
//	load balance    mean useful time of the lanes / that of the busiest lane:
//	                uneven chunks, and work that the caller does alone
//	communication   useful time of the busiest lane / time of the run: locks,
//	                channels, collections, starts and ends, missing cores
//	computation     useful time of the base / that of all lanes: the same work takes
//	                more core time when cores share caches, memory or a cache line
//
// A lane is a worker or, if there are more goroutines than workers, one of the
// places where they run. Useful time is core time in which a goroutine does its own
// work: not collections, and not what the system gave to other programs, which is
// known from the CPU time of the process. The caller's useful time belongs to the
// first lane.
//
// Losses are shares of workers x time. What a lane loses while it waits has the
// place of the wait, "waits for the mutex at counter.go:12"; a lane without work
// loses to the serial part while only the caller works, and otherwise to uneven
// work. A prediction replays the trace without the loss.
//
// Limits: goroutines in other processes are not traced; their factors come from
// the spans that workers report. A trace has at most 16 MB, about 2 million events.
// Only one trace can run at a time. With one core, nothing is explained.
//
// Cost: a trace takes 0.7 ms beside the run (BenchmarkRecord in internal/tracefile),
// and reading it 0.5 µs for each event (BenchmarkRead). A cell that imports explain
// beside timing and display takes 20 ms longer to build (BenchmarkBuild in package
// chart); one that does not links nothing of it.
package explain
