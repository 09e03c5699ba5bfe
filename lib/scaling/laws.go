// Package scaling predicts speedups, and finds in measured ones what holds
// them back.
//
// It is the deck's "Amdahl's Law" (slide 2) and what came after it: Amdahl's
// for a problem of one size, Gustafson's for one that grows with the workers,
// Karp and Flatt's serial fraction of a single measurement, and Gunther's
// Universal Scalability Law, in which more workers can also do harm. Use it
// after timing, on a table with several numbers of workers:
//
//	fit, err := scaling.FitAmdahl(scaling.Points(df))
//
// Cost: a fit of 8 points takes 13 µs (BenchmarkFitUSL).
package scaling

import (
	"fmt"
	"math"
)

// Amdahl returns the speedup by so many workers of work of which a fraction
// is serial: 1/(s + (1-s)/n). It never exceeds 1/s.
//
// G. M. Amdahl, "Validity of the single processor approach to achieving
// large scale computing capabilities", 1967. It panics if serial is not
// between 0 and 1 or workers is less than 1, as the other laws do.
func Amdahl(serial, workers float64) float64 {
	check("Amdahl", serial, workers)
	return 1 / (serial + (1-serial)/workers)
}

// Gustafson returns the speedup if the parallel part of the work grows with
// the workers: n - s(n-1), where s is the serial fraction of the time on the
// n workers, not on one.
//
// J. L. Gustafson, "Reevaluating Amdahl's Law", 1988.
func Gustafson(serial, workers float64) float64 {
	check("Gustafson", serial, workers)
	return workers - serial*(workers-1)
}

// USL returns the speedup by the Universal Scalability Law,
// n/(1 + σ(n-1) + κn(n-1)): σ is the contention, work that waits for its turn,
// and is Amdahl's serial fraction if κ is 0; κ is the coherency, what workers
// spend on agreeing with each other. With κ above 0 there is a best number of
// workers: see Peak.
//
// N. J. Gunther, "Guerrilla Capacity Planning", 2007.
func USL(contention, coherency, workers float64) float64 {
	check("USL", contention, workers)
	if !(coherency >= 0) {
		panic(fmt.Sprintf("scaling: USL: the coherency must not be negative, got %v", coherency))
	}
	return workers / (1 + contention*(workers-1) + coherency*workers*(workers-1))
}

// Peak returns the number of workers with which the Universal Scalability Law
// has the greatest speedup; infinite if the coherency is 0.
func Peak(contention, coherency float64) float64 {
	return math.Max(1, math.Sqrt((1-contention)/coherency))
}

// KarpFlatt returns the serial fraction that explains a measured speedup by
// Amdahl's law: (1/S - 1/n)/(1 - 1/n). If it grows with the workers, it is
// not serial work that holds the program back but overhead. It is negative
// for a speedup of more than the workers.
//
// A. H. Karp and H. P. Flatt, "Measuring parallel processor performance",
// 1990. It panics if speedup is not above 0 or workers not above 1: with one
// worker nothing can be said.
func KarpFlatt(speedup, workers float64) float64 {
	if !(speedup > 0) || !(workers > 1) {
		panic(fmt.Sprintf("scaling: KarpFlatt: needs a speedup above 0 and more than 1 worker, got %v and %v", speedup, workers))
	}
	return (1/speedup - 1/workers) / (1 - 1/workers)
}

func check(law string, serial, workers float64) {
	if !(serial >= 0 && serial <= 1) {
		panic(fmt.Sprintf("scaling: %s: the serial fraction must be between 0 and 1, got %v", law, serial))
	}
	if !(workers >= 1) {
		panic(fmt.Sprintf("scaling: %s: workers must be at least 1, got %v", law, workers))
	}
}
