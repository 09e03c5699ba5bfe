// Package explain says why a program with n workers is not n times as fast, by
// execution traces of Go, and what its speedup would be without its largest loss.
//
// Use it after the first table of times (slides 9 and 10): Traces adds columns to the
// table of timing.Compare that say what limits each speedup. Goroutines draws a run:
// what each goroutine did when, and what it waited for.
//
// The efficiency of a run is the product of three factors, in the words of the POP
// Centre of Excellence (pop-coe.eu):
//
//	load balance    mean useful time of the lanes / that of the busiest lane:
//	                uneven chunks, and work that the caller does alone
//	communication   useful time of the busiest lane / time of the run: locks,
//	                channels, garbage collection, starts and ends, missing cores
//	computation     useful time of the base / that of all lanes: the same work takes
//	                more core time when cores share caches, memory or a cache line
//
// A lane is the goroutine of a worker. If more goroutines work than there are
// workers, there is a lane for each worker, and what goroutines do is put on lanes
// that are free. Useful time is core time in which a goroutine does its own work. It
// excludes garbage collection, and time in which the system ran other programs on the
// cores. The latter is estimated: the running time of every lane is multiplied by CPU
// time of the process / running time in the trace, if that is below 1. The caller's
// useful time belongs to the first lane.
//
// Losses are shares of workers x time. A lane that waits loses its time to the wait,
// with its place: "waits for the mutex at counter.go:12". A lane without work loses
// its time to the serial part while only the caller works, and otherwise to uneven
// work. A prediction replays the trace without the loss.
//
// CoreTime of package timing adds up these uses of the core time, in percent: the
// work, more core time, uneven, serial part, waits, garbage collection, cores not
// free, other.
//
// Limits: goroutines in other processes are not traced; see Traces for what the
// spans of their workers tell. A trace has at most 16 MB, about 2 million events.
// Only one trace can run at a time. With one core, nothing is explained.
//
// Cost: a trace takes 0.7 ms beside the run (BenchmarkRecord in internal/tracefile),
// and reading it 0.5 µs for each event (BenchmarkRead). A cell that imports explain
// beside timing and display takes 20 ms longer to build (BenchmarkBuild in package
// chart); one that does not links nothing of it.
package explain
