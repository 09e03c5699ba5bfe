package timing

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// Guess adds columns to the table: the speedup that the reader expected of the case
// with this name, and how far off that was, in percent of the measured one:
//
//	timing.Compare(cases, timing.Guess("pool", guess))
//
// Charts mark it. A guess of 0 is no guess, and a table without guesses has no such
// columns. Guess panics if the speedup is negative, infinite or NaN.
func Guess(name string, speedup float64) Option {
	if !(speedup >= 0) || math.IsInf(speedup, 0) {
		panic(fmt.Sprintf("timing: Guess: the speedup of %q must be a number above 0, or 0 for no guess, got %v", name, speedup))
	}
	return func(s *settings) {
		s.guesses = maps.Clone(s.guesses)
		if s.guesses == nil {
			s.guesses = map[string]float64{}
		}
		s.guesses[name] = speedup
	}
}

// checkGuesses panics if there is a guess for a case that there is not.
func (c *Comparison) checkGuesses() {
	for name := range c.settings.guesses {
		if !slices.ContainsFunc(c.rows, func(r *row) bool { return r.Name == name }) {
			panic(fmt.Sprintf("timing: Compare: there is a guess for %q, and no case is named so", name))
		}
	}
}

// hasGuess reports whether the table has columns for guesses.
func (c *Comparison) hasGuess() bool {
	for _, g := range c.settings.guesses {
		if g > 0 {
			return true
		}
	}
	return false
}

// guess is the speedup that the reader expected, NaN if there is none.
func (c *Comparison) guess(r *row) float64 {
	if g := c.settings.guesses[r.Name]; g > 0 {
		return g
	}
	return math.NaN()
}

// guessOff is how far the guess was from the measured speedup, in percent of it:
// 10 is a tenth too much.
func (c *Comparison) guessOff(r *row) float64 {
	return 100 * (c.guess(r)/r.speedup().value - 1)
}
