package timing

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"multiprocessing/lib/internal/digest"
	"multiprocessing/lib/timing/progress"
)

// runner does the rounds of one Compare.
type runner struct {
	*Comparison
	settings
	interrupts <-chan os.Signal
}

// round is what one run of a case gave.
type round struct {
	start, elapsed, cpu time.Duration
	allocs              float64
	result              any
	err                 error
}

// panicked is the error of a case that panicked.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panicked: %v\n%s", p.value, p.stack) }

var errGoexit = errors.New("ended its goroutine (runtime.Goexit)")

// overdue is the error of a run that was left to itself.
type overdue time.Duration

func (o overdue) Error() string { return fmt.Sprintf("did not return in %v", time.Duration(o)) }

// warmUp runs each case once, unmeasured: caches fill, pages are mapped, the
// processor leaves its sleep.
func (r *runner) warmUp() {
	for _, row := range r.rows {
		progress.Report(progress.Step{Doing: row.Name})
		r.once(row)
	}
}

// unsettled returns the cases for the next round. As long as one case wants
// more rounds the settled ones go on too, while their share of time lasts:
// all are to meet the same phases of the machine.
func (r *runner) unsettled() []*row {
	var able []*row
	wanted := false
	for _, row := range r.rows {
		if row.failed != nil || !r.mayGoOn(row) {
			continue
		}
		able = append(able, row)
		wanted = wanted || r.rounds > 0 || len(row.samples.wall) < minRounds || !row.samples.within(r.target)
	}
	if !wanted {
		return nil
	}
	return able
}

// mayGoOn reports whether there is time for one more round of a case.
func (r *runner) mayGoOn(row *row) bool {
	n := len(row.samples.wall)
	switch {
	case r.rounds > 0:
		return n < r.rounds
	case n < minRounds:
		return row.used < r.budget
	case n >= maxRounds:
		return false
	}
	return row.used < r.budget/time.Duration(len(r.rows))
}

// measure does one round of a case and keeps its figures.
func (r *runner) measure(row *row) {
	progress.Report(progress.Step{Doing: row.Name, Round: len(row.samples.wall) + 1, Of: r.rounds, Left: r.remaining()})
	throttled := r.facts.cgroup.throttled()
	before := time.Now()
	got, ok := r.once(row)
	if !ok {
		return
	}
	row.used += time.Since(before)
	row.samples.add(got, row.Setup != nil || row.Measure != nil)
	if r.facts.cgroup.throttled() > throttled {
		row.throttled++
	}
	row.beside = row.beside || len(r.left) > 0
}

// remaining is how long the rounds can still take: those that must be, at the
// pace so far, or until the share of time of a case is spent.
func (r *runner) remaining() time.Duration {
	var sum time.Duration
	for _, row := range r.rows {
		n := len(row.samples.wall)
		if row.failed != nil || n == 0 {
			continue
		}
		want := max(r.rounds, minRounds) - n
		if r.rounds > 0 {
			want = r.rounds - n
		}
		needed := time.Duration(max(0, want)) * row.used / time.Duration(n)
		if r.rounds == 0 {
			needed = max(needed, r.budget/time.Duration(len(r.rows))-row.used)
		}
		sum += needed
	}
	return sum
}

// once runs a case in a goroutine of its own, so that one that never returns
// does not hold up the others. It reports whether there is a figure to keep.
func (r *runner) once(row *row) (round, bool) {
	if r.interrupted || row.failed != nil {
		return round{}, false
	}
	done := make(chan round, 1)
	limit := time.NewTimer(r.limit)
	defer limit.Stop()
	// Garbage of one case must not be collected in the time of another.
	runtime.GC()
	go run(row.Case, done)
	select {
	case got := <-done:
		if got.err != nil {
			row.giveUp(got.err)
			return got, false
		}
		row.check(got.result)
		return got, true
	case <-limit.C:
		row.giveUp(overdue(r.limit))
		r.left = append(r.left, row.Name)
	case <-r.interrupts:
		r.interrupted = true
	}
	return round{}, false
}

// giveUp ends a case. Its figures go too: those of a case that fails now and
// then are not to be compared.
func (row *row) giveUp(why error) {
	row.failed = why
	row.samples = samples{}
	row.answer = digest.Digest{}
}

// run does setup, work and stop of one case and sends what it measured.
func run(c Case, done chan<- round) {
	var got round
	got.err = errGoexit // overwritten, unless the case ends the goroutine
	defer func() {
		if v := recover(); v != nil {
			got.err = &panicked{v, debug.Stack()}
		}
		done <- got
	}()
	cpu, allocs := cpuTime(), allocations()
	got.err = got.do(c)
	got.allocs = allocations() - allocs
	got.cpu = cpuTime() - cpu
}

func (got *round) do(c Case) error {
	if c.Setup != nil {
		begin := time.Now()
		stop, err := c.Setup()
		got.start = time.Since(begin)
		if err != nil {
			return fmt.Errorf("setup: %w", err)
		}
		if stop != nil {
			defer stop()
		}
	}
	if c.Measure != nil {
		return got.measured(c)
	}
	var err error
	begin := time.Now()
	got.result, err = c.Run()
	got.elapsed = time.Since(begin)
	return err
}

func (got *round) measured(c Case) error {
	m, err := c.Measure()
	if err == nil && (m.Elapsed <= 0 || m.Start < 0) {
		err = fmt.Errorf("measured an elapsed time of %v and a start of %v", m.Elapsed, m.Start)
	}
	got.result, got.elapsed = m.Result, m.Elapsed
	got.start += m.Start
	return err
}

// check keeps the result of the first run and notes whether a later one is
// another.
func (row *row) check(result any) {
	d := digest.Of(result)
	if row.answer == (digest.Digest{}) {
		row.answer = d
	}
	row.wavers = row.wavers || row.answer.Hash != d.Hash
}
