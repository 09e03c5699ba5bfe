package schedules

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Result is what Explore has found.
type Result struct {
	// Schedules and Wrong count the orders of the program's steps that were covered, and those that fail a check, panic,
	// deadlock or leave a goroutine behind. They are NaN if they are too many to count, or if a loop that waits makes some orders impossible.
	Schedules, Wrong float64
	// Runs and WrongRuns count the runs that covered them: one for all schedules that differ only in the order of
	// independent steps.
	Runs, WrongRuns int
	// All reports whether all schedules were covered: those with at most Preemptions preemptions if that is not negative.
	All         bool
	Preemptions int
	More        int // runs beyond that

	waits   bool // Gosched has ended some rounds of loops that wait
	endless bool // a schedule with too many steps ended the exploration

	Failures []Failure // the different ways in which schedules are wrong, the shortest first
	Races    []Failure // data races
}

// Failure is one way in which schedules are wrong.
type Failure struct {
	Kind      Kind
	Message   string
	Runs      int
	Schedules float64
	Shortest  *Schedule
}

// OK reports whether nothing was found, in what was covered.
func (r *Result) OK() bool { return len(r.Failures) == 0 && len(r.Races) == 0 }

// Shortest returns the shortest wrong schedule, or the shortest with a data race, or nil.
func (r *Result) Shortest() *Schedule {
	for _, f := range append(slices.Clip(r.Failures), r.Races...) {
		return f.Shortest
	}
	return nil
}

// result reports what the explorer has found, and what best has covered.
func (e *explorer) result(best *explorer) *Result {
	f := best.found
	r := &Result{Schedules: f.schedules, Wrong: f.wrong, Runs: f.runs, WrongRuns: f.wrongRuns,
		All: best.done, Preemptions: int(best.mode.bound), waits: f.spun || e.found.spun, endless: e.endless}
	if best != e {
		r.More = e.runs
		e.found.merge(f)
	}
	r.Failures, r.Races = e.failuresOf(e.found.failures), e.failuresOf(e.found.races)
	return r
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

// String reports the result, in one line for the count and one for each failure.
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

// headline counts the wrong schedules.
func (r *Result) headline() string {
	wrong, all, word := r.Wrong, r.Schedules, "schedules"
	if math.IsNaN(all) || math.IsNaN(wrong) {
		wrong, all, word = float64(r.WrongRuns), float64(r.Runs), "runs"
	}
	if r.More > 0 && wrong == 0 && len(r.Failures) > 0 {
		return "some schedules are wrong"
	}
	switch {
	case len(r.Failures) == 0 && len(r.Races) > 0:
		return fmt.Sprintf("no failure in %s %s", number(all), strings.TrimSuffix(word, map[bool]string{true: "s"}[all == 1]))
	case wrong == 0 && all == 1:
		return "the only schedule is right"
	case wrong == 0:
		return fmt.Sprintf("none of %s %s is wrong", number(all), word)
	case all == 1:
		return "the only schedule is wrong"
	case wrong == 1:
		return fmt.Sprintf("1 of %s %s is wrong", number(all), word)
	}
	return fmt.Sprintf("%s of %s %s are wrong", number(wrong), number(all), word)
}

// Covered says what was explored.
func (r *Result) Covered() string {
	text := "covered: all schedules"
	switch {
	case r.endless:
		text = fmt.Sprintf("covered: not all schedules: one has more than %s steps, and ended the exploration", number(maxSteps))
	case !r.All:
		text = fmt.Sprintf("covered: not all schedules: it ended after %s runs", number(float64(r.Runs)))
	case r.Preemptions >= 0:
		text = fmt.Sprintf("covered: all schedules with at most %d preemptions, in %s runs", r.Preemptions, number(float64(r.Runs)))
	case float64(r.Runs) < r.Schedules:
		text = fmt.Sprintf("covered: all schedules, in %s runs; the others differ only in the order of independent steps", number(float64(r.Runs)))
	}
	if r.More > 0 {
		text += fmt.Sprintf(", and %s others", number(float64(r.More)))
	}
	if r.waits && r.All {
		text += "; a loop that waits goes round three times while it sees the same"
	}
	return text
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
