// Package exercise checks what the reader writes in the course's exercises.
//
// A check calls the reader's function on inputs that it makes itself, the
// same in every run, and says in one line what it found:
//
//	fmt.Println(exercise.PrimeTable(primeTable))
//	// Not yet: in the case "30 primes", primeTable(12, 30, 4) had 30 tasks running at the same time, not at most 4
//
// The line begins with "Right: " or "Not yet: ". It names the case and what is
// wrong, not how to mend it, and leaks and races only where they are the exercise. What
// runs side by side is seen by counting calls, not by time. Only Histogram
// and FasterSerial judge speed, by medians of runs that take turns; where two
// cores are not free the verdict says so.
//
// In a notebook that "kernel run" executes into a folder, a check also hands its
// verdict over as data, for exercises.csv.
//
// A function that panics, that does not return, that changes its input or
// returns nil is told so. It runs in a goroutine of its own, which nothing
// can end: one that does not return is left behind, and the verdict says at
// which lines its goroutines wait. A panic in a goroutine
// that the reader's function started ends the program, as in every Go
// program, and a check can say nothing about it.
//
// A check of a right answer takes from 0.2 ms (ParallelFraction) to 1 s
// (Histogram), and Histogram up to 7 s where other programs use the cores,
// because races show seldom there (BenchmarkChecks). For a wrong answer a
// check waits a second or two for what does not come, and 10 s for a function
// that does not return.
package exercise
