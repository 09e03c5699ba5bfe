// Package timing measures cases side by side and says what the figures are
// worth.
//
// Use it instead of the deck's time.time() (slides 8 and 10): one run of each
// case, one after the other, tells little on a machine that does other things
// too. Compare runs each case once to warm up, and then all of them in rounds,
// in a new random order each round. A speedup is that of the two runs of a
// round, so that a slow phase of the machine hits both and cancels out; the
// table has the mean over the rounds and its 95% interval, efficiency, and a
// verdict in words, such as "1.92 times as fast (1.86 to 1.96)" or "no
// difference seen: within 3%". It is a gota DataFrame, with the facts of the
// machine as a caption. With Record a run is kept, and History shows it beside
// later ones. With explain.Traces the table says what each speedup was lost to.
// While it measures it reports how far it is (package progress),
// which display shows.
//
// These words have one meaning in tables, charts and documentation:
//
//   - a case is one way of doing the work;
//   - the base of a case is the case that its speedup is relative to: the first
//     one, or the one that it names;
//   - a round runs every case once, in random order, or several times if it is
//     short;
//   - the verdict is the last column of a table: how the case compares with its
//     base, and every reason to doubt the figures.
//
// A case may be as short as 20 ns: see Case.Run.
//
// Cost: a case of 20 ns is measured as 20 ns (BenchmarkShort); between the runs
// there is a garbage collection, outside of the measured time. A cell that imports
// timing takes 40 ms longer to build than one line with fmt, one with display
// too 55 ms: 155 ms and 170 ms instead of 115 ms, on 2 cores (BenchmarkBuild
// in package chart).
package timing

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"multiprocessing/lib/internal/digest"
	"multiprocessing/lib/internal/interrupt"
	"multiprocessing/lib/internal/span"
	"multiprocessing/lib/timing/progress"
)

// Case is one way of doing the work.
type Case struct {
	Name string

	// Base is the name of the case that the speedup is relative to, and whose
	// result this case must have; empty means the first case. A case may name
	// itself.
	Base string

	// Workers is how many workers run at the same time, for the efficiency; 0
	// means 1.
	Workers int

	// Waits says that the workers wait, for a network or a clock, rather than
	// compute: more of them than cores, or cores in use by others, are then no
	// doubt about the figures.
	Waits bool

	// Steps is how many equal steps a run has, for Comparison.Each; 0 means 1.
	Steps int

	// Items and Bytes are how many of them a run processes, for the columns
	// "items/s" and "GB/s"; 0 means that it has no such rate.
	Items, Bytes int

	// Setup, if not nil, runs before each round and is timed apart ("start
	// ms"); the stop that it returns, if not nil, runs after the round.
	Setup func() (stop func(), err error)

	// Run does the work. Its result is compared, by value, with the base's:
	// see the column "result" in DataFrame. A Run of less than 1 ms is repeated
	// in each round until the repetitions take at least 1 ms. The time of the
	// calls is subtracted, and the rest divided by their number. A case with
	// Setup or Measure is not repeated: a run should take at least 10 µs.
	Run func() (any, error)

	// Spans, if not nil, is where Run stores what its workers in other processes
	// did, for explain.Traces: give it to process.Trace or cluster.Trace too.
	Spans *[]span.Span

	// Measure does the work instead of Run, and times itself: for a
	// subprocess that takes its own time.
	Measure func() (Measurement, error)
}

// Measurement is what Case.Measure returns.
type Measurement struct {
	Result         any
	Start, Elapsed time.Duration // Start is shown apart and not part of Elapsed
}

// Comparison is what Compare measured.
type Comparison struct {
	rows        []*row
	facts       Facts
	settings    settings
	left        []string // names of cases whose run was left to itself
	interrupted bool
	lost        error   // why the run is not in the history
	free        float64 // the fewest cores found free; 0 is not looked for
}

// row is a case and what was measured of it.
type row struct {
	Case
	base      *row
	repeats   int // of Run, for one measured time
	samples   samples
	warm      time.Duration // the last run of the warm-up, with its setup and stop
	used      time.Duration // all rounds, with their setup and stop
	answer    digest.Digest
	wavers    bool  // its result is not the same in every round
	throttled int   // rounds in which the cgroup was throttled
	failed    error // why there are no more rounds
	recorded  []Recorded
	explained *Explanation // nil if there is none
	beside    bool         // measured while a run that was left to itself went on
}

// Compare measures the cases. A base and its cases have the same rounds. Their
// rounds end when one of these holds:
//
//   - the 95% interval of every speedup, and of the time of each case that has
//     none, is within the target (see Target);
//   - the budget is spent (see Budget);
//   - there were 200 rounds.
//
// There are at least 6 rounds, or 3 to 5 if one case alone has then used the
// whole budget.
//
// A case that returns an error, panics or does not return in time (see Limit)
// is not run again: its row shows the failure and no figures, even if earlier
// rounds succeeded. The other rows stand. An interrupt (Ctrl-C, or the
// notebook's stop button) ends the measuring and keeps the rounds so far.
//
// If a case has several workers, Compare measures before and after the rounds
// whether the cores are free, which takes 0.2 s in all. If they are not, the
// verdict says so, charts say so across the picture, and no law is fitted.
//
// Compare panics on misuse: no cases, a case without a name or with a name
// used before, with an unknown Base, with negative Workers, Steps, Items or
// Bytes, or without exactly one of Run and Measure, or a Guess for an unknown case.
func Compare(cases []Case, opts ...Option) *Comparison {
	s := defaults()
	for _, o := range opts {
		o(&s)
	}
	s.budget = mostBudget(s.budget)
	c := &Comparison{rows: newRows(cases), facts: Machine(), settings: s}
	c.checkGuesses()
	interrupts, stop := interrupt.Notify()
	defer stop()

	r := runner{Comparison: c, schedule: newSchedule(c.rows, s), interrupts: interrupts}
	defer progress.Report(progress.Step{Done: true})
	r.warmUp()
	c.lookForCores()
	for {
		again := r.schedule.next()
		if len(again) == 0 || c.interrupted {
			break
		}
		rand.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		for _, row := range again {
			r.measure(row)
		}
	}
	r.recordAll()
	c.lookForCores()
	c.explainAll()
	select {
	case <-interrupts: // it came between two rounds
		c.interrupted = true
	default:
	}
	if s.record != "" {
		c.lost = c.keep(s.record, s.params)
	}
	return c
}

// newRows checks the cases and finds each one's base.
func newRows(cases []Case) []*row {
	if len(cases) == 0 {
		panic("timing: Compare: no cases given")
	}
	byName := map[string]*row{}
	var rows []*row
	for i, c := range cases {
		switch {
		case c.Name == "":
			panic(fmt.Sprintf("timing: Compare: case %d has no name", i))
		case byName[c.Name] != nil:
			panic(fmt.Sprintf("timing: Compare: two cases are named %q", c.Name))
		case c.Workers < 0:
			panic(fmt.Sprintf("timing: Compare: case %q: workers must not be negative, got %d", c.Name, c.Workers))
		case c.Steps < 0:
			panic(fmt.Sprintf("timing: Compare: case %q: steps must not be negative, got %d", c.Name, c.Steps))
		case c.Items < 0 || c.Bytes < 0:
			panic(fmt.Sprintf("timing: Compare: case %q: items and bytes must not be negative, got %d and %d", c.Name, c.Items, c.Bytes))
		case (c.Run == nil) == (c.Measure == nil):
			panic(fmt.Sprintf("timing: Compare: case %q must have either Run or Measure", c.Name))
		}
		c.Workers, c.Steps = max(c.Workers, 1), max(c.Steps, 1)
		byName[c.Name] = &row{Case: c, repeats: 1}
		rows = append(rows, byName[c.Name])
	}
	for _, r := range rows {
		r.base = rows[0]
		if r.Base != "" {
			r.base = byName[r.Base]
		}
		if r.base == nil {
			panic(fmt.Sprintf("timing: Compare: case %q has the base %q, and no case is named so", r.Name, r.Base))
		}
	}
	return rows
}

// Err returns why cases failed, with the stacks of those that panicked; nil
// if all ran.
func (c *Comparison) Err() error {
	var all []error
	for _, r := range c.rows {
		if r.failed != nil {
			all = append(all, fmt.Errorf("timing: case %q: %w", r.Name, r.failed))
		}
	}
	return errors.Join(all...)
}
