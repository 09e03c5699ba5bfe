package timing

import (
	"fmt"
	"time"
)

// Option changes how Compare measures, or what its table has.
type Option func(*settings)

type settings struct {
	rounds     int
	budget     time.Duration
	limit      time.Duration
	target     float64
	difference float64
	minimum    bool
	guesses    map[string]float64
	record     string // the name under which the run is kept, "" for none
	params     Params
	explainer  Explainer // nil for no explanation
}

func defaults() settings {
	return settings{budget: 10 * time.Second, limit: time.Minute, target: 0.02, difference: 0.02}
}

// Rounds makes Compare do exactly n rounds, whatever the time and the interval.
// The interval of a time needs 6 of them, a speedup 3. It panics if n is less
// than 1.
func Rounds(n int) Option {
	if n < 1 {
		panic(fmt.Sprintf("timing: Rounds: must be at least 1, got %d", n))
	}
	return func(s *settings) { s.rounds = n }
}

// Budget sets how long the rounds may take; the default is 10 s. It is divided
// among the bases, each with its cases, by the number of cases. The minimum of
// rounds is done even if it takes longer. Budget panics if d is not positive. The
// environment variable MULTIPROCESSING_BUDGET, a duration such as 500ms,
// limits it.
func Budget(d time.Duration) Option {
	if d <= 0 {
		panic(fmt.Sprintf("timing: Budget: must be positive, got %v", d))
	}
	return func(s *settings) { s.budget = d }
}

// Limit is the timeout of one run of a case; the default is 1 minute. A run that
// exceeds it keeps running in its goroutine, because Go cannot stop it, and may
// slow down the cases that are measured meanwhile; their rows say so. The case
// is not run again. Limit panics if d is not positive.
func Limit(d time.Duration) Option {
	if d <= 0 {
		panic(fmt.Sprintf("timing: Limit: must be positive, got %v", d))
	}
	return func(s *settings) { s.limit = d }
}

// Target sets how far an interval may reach from its value for Compare to stop, as
// a fraction of the value: 0.02, the default, is from 2% below to 2% above it. It
// panics if the fraction is not positive.
func Target(fraction float64) Option {
	if !(fraction > 0) {
		panic(fmt.Sprintf("timing: Target: must be positive, got %v", fraction))
	}
	return func(s *settings) { s.target = fraction }
}

// Difference sets the smallest difference that the verdict reports, as a fraction:
// 0.02, the default, is 2%. A smaller one counts as none, however certain it is.
// It panics if the fraction is negative.
func Difference(fraction float64) Option {
	if !(fraction >= 0) {
		panic(fmt.Sprintf("timing: Difference: must not be negative, got %v", fraction))
	}
	return func(s *settings) { s.difference = fraction }
}

// Minimum adds the column "min ms", the shortest time of each case: what the
// work takes when nothing disturbs it.
func Minimum() Option { return func(s *settings) { s.minimum = true } }
