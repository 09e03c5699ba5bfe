package timing

import (
	"math"
	"testing"
	"time"
)

func TestMisusePanicsWithThePackagesName(t *testing.T) {
	ok := fixed("a", 1, 1)
	for want, f := range map[string]func(){
		"timing: Compare: no cases given":                           func() { Compare(nil) },
		"timing: Compare: case 0 has no name":                       func() { Compare([]Case{fixed("", 1, 1)}) },
		`timing: Compare: two cases are named "a"`:                  func() { Compare([]Case{ok, ok}) },
		`timing: Compare: case "a" must have either Run or Measure`: func() { Compare([]Case{{Name: "a"}}) },
		`timing: Compare: case "a": workers must not be negative, got -1`: func() {
			bad := ok
			bad.Workers = -1
			Compare([]Case{bad})
		},
		`timing: Compare: case "a" has the base "b", and no case is named so`: func() {
			bad := ok
			bad.Base = "b"
			Compare([]Case{bad})
		},
		`timing: Compare: case "a": items and bytes must not be negative, got 0 and -1`: func() {
			bad := ok
			bad.Bytes = -1
			Compare([]Case{bad})
		},
		`timing: Compare: there is a guess for "b", and no case is named so`:                    func() { Compare([]Case{ok}, Guess("b", 2)) },
		`timing: Guess: the speedup of "a" must be a number above 0, or 0 for no guess, got -1`: func() { Guess("a", -1) },
		"timing: Difference: must not be negative, got -0.1":                                    func() { Difference(-0.1) },
		"timing: Rounds: must be at least 1, got 0":                                             func() { Rounds(0) },
		"timing: Budget: must be positive, got 0s":                                              func() { Budget(0) },
		"timing: Limit: must be positive, got -1s":                                              func() { Limit(-time.Second) },
		"timing: Target: must be positive, got NaN":                                             func() { Target(math.NaN()) },
		"timing: Target: must be positive, got -0.5":                                            func() { Target(-0.5) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("got panic %v, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
