package schedules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Result is what Explore has found.
type Result struct {
	// Schedules counts the schedules that were covered: the orders of the program's steps. Wrong counts those with a
	// failure or a data race, Failed those with a failure.
	Schedules, Wrong, Failed float64
	// Exact reports whether these counts are exact. Otherwise they are lower bounds: with a bound of preemptions, with a
	// loop that waits by Gosched, or if there are too many schedules to count. Wrong is 0 exactly if OK is true, in any case.
	Exact bool
	// Runs and FailedRuns count the runs that covered the schedules, and those with a failure. One run covers all schedules
	// that differ only in the order of independent steps.
	Runs, FailedRuns int
	// All reports whether every schedule was covered or, if Preemptions is not -1, every schedule with at most that many
	// preemptions. More counts the runs of an exploration without a bound that did not end; they are not in Runs, but their
	// failures and data races are listed.
	All         bool
	Preemptions int
	More        int

	waits   bool // Gosched has ended some rounds of loops that wait
	endless bool // a schedule with too many steps ended the exploration

	Failures []Failure // without data races; those with the fewest steps first
	Races    []Failure // one for each variable with a data race
}

// Failure is one way in which schedules are wrong. Failures with the same message are one.
type Failure struct {
	Kind      Kind
	Message   string
	Runs      int       // that have it
	Schedules float64   // that have it: a lower bound unless Result.Exact
	Shortest  *Schedule // the one with the fewest steps up to the failure or the race
}

// OK reports whether no failure and no data race was found. It says nothing about schedules that were not covered: see All.
func (r *Result) OK() bool { return len(r.Failures) == 0 && len(r.Races) == 0 }

// Shortest returns the schedule with the fewest steps up to a failure, or without a failure, up to a data race, or nil.
func (r *Result) Shortest() *Schedule {
	for _, f := range append(slices.Clip(r.Failures), r.Races...) {
		return f.Shortest
	}
	return nil
}

// result reports what the explorer has found, and what best has covered.
func (e *explorer) result(best *explorer) *Result {
	f := best.found
	r := &Result{Schedules: f.schedules, Wrong: f.wrong, Failed: f.failed, Exact: !f.inexact, Runs: f.runs, FailedRuns: f.failedRuns,
		All: best.done, Preemptions: int(best.mode.bound), waits: f.spun || e.found.spun, endless: e.endless}
	if best != e {
		r.More = e.runs
		e.found.merge(f)
	}
	r.Failures, r.Races = e.failuresOf(e.found.failures), e.failuresOf(e.found.races)
	r.countOthers()
	return r
}

// countOthers counts one schedule for failures, and one for races, that only other explorations of the program have found.
func (r *Result) countOthers() {
	if r.Failed == 0 && len(r.Failures) > 0 {
		r.Failed, r.Exact = 1, false
	}
	if r.Wrong < r.Failed || r.Wrong == 0 && len(r.Races) > 0 {
		r.Wrong, r.Exact = max(r.Failed, 1), false
	}
	r.Schedules = max(r.Schedules, r.Wrong)
}

// merge adds what another exploration of the same program has found.
func (f *findings) merge(other *findings) {
	for _, lists := range [][2]*[]*finding{{&f.failures, &other.failures}, {&f.races, &other.races}} {
		for _, found := range *lists[1] {
			if known := find(*lists[0], found.message); known == nil {
				*lists[0] = append(*lists[0], found)
			} else if found.steps < known.steps {
				*known = *found
			}
		}
	}
}

func (e *explorer) failuresOf(found []*finding) (failures []Failure) {
	slices.SortStableFunc(found, func(a, b *finding) int { return a.steps - b.steps })
	for _, f := range found {
		failures = append(failures, Failure{f.kind, f.message, f.runs, f.schedules, e.show(f)})
	}
	return failures
}

// listed is how many failures String lists.
const listed = 5

// String reports the result: a line that counts the schedules that fail and names the data races, a line about what was
// covered, and a line for each failure, at most five.
func (r *Result) String() string {
	var b strings.Builder
	b.WriteString(r.headline())
	for i, f := range r.Races {
		join := "; "
		if i == 0 && len(r.Failures) == 0 {
			join = ", but a "
		}
		b.WriteString(join + f.Message + f.Shortest.racesAt())
	}
	fmt.Fprintf(&b, "\n%s", r.Covered())
	for i, f := range r.Failures {
		if i == listed {
			b.WriteString("\nand other failures")
			break
		}
		fmt.Fprintf(&b, "\n%s%s (schedule %s)", f.Message, f.Shortest.at(), f.Shortest.Name)
	}
	return b.String()
}

// headline counts the schedules that fail or, if they were not counted, the runs. Without data races these are the wrong ones.
func (r *Result) headline() string {
	failed, all, word := r.Failed, r.Schedules, "schedule"
	if !r.Exact {
		failed, all, word = float64(r.FailedRuns), float64(r.Runs), "run"
	}
	several, which := word+"s", "the one "+word
	if all == 1 {
		several = word
	}
	if r.Exact && r.All && r.Preemptions < 0 {
		which = "the only schedule"
	}
	is, are := "is wrong", "are wrong"
	if len(r.Races) > 0 {
		is, are = "fails", "fail"
	}
	switch {
	case failed == 0 && len(r.Failures) > 0:
		return "some schedules " + are
	case len(r.Failures) == 0 && len(r.Races) > 0:
		return fmt.Sprintf("no failure in %s %s", number(all), several)
	case failed == 0 && all == 1:
		return which + " is right"
	case failed == 0:
		return fmt.Sprintf("none of %s %s is wrong", number(all), several)
	case all == 1:
		return which + " " + is
	case failed == 1:
		return fmt.Sprintf("1 of %s %s %s", number(all), several, is)
	}
	return fmt.Sprintf("%s of %s %s %s", number(failed), number(all), several, are)
}

// Covered says what was explored.
func (r *Result) Covered() string {
	text := "covered: all schedules"
	switch {
	case r.endless:
		text = fmt.Sprintf("covered: not all schedules: one has more than %s steps, and ended the exploration", number(maxSteps))
	case !r.All:
		text = fmt.Sprintf("covered: not all schedules: it ended after %s", counted(r.Runs, "run"))
	case r.Preemptions >= 0:
		text = fmt.Sprintf("covered: all schedules with at most %s, in %s", counted(r.Preemptions, "preemption"), counted(r.Runs, "run"))
	case float64(r.Runs) < r.Schedules:
		text = fmt.Sprintf("covered: all schedules, in %s; the others differ only in the order of independent steps", counted(r.Runs, "run"))
	}
	if r.More > 0 {
		text += fmt.Sprintf(", and %s others", number(float64(r.More)))
	}
	if r.waits && r.All {
		text += "; a loop that waits goes round three times while it sees the same"
	}
	return text
}

// counted is a number with its noun.
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return number(float64(n)) + " " + noun
}

// number groups the digits of a count, and rounds a large one.
func number(n float64) string {
	if n >= 1e15 {
		return fmt.Sprintf("about %.1e", n)
	}
	digits := strconv.FormatFloat(n, 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
