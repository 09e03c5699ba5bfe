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
	schedule   *schedule
	interrupts <-chan os.Signal
}

// round is what one measured time of a case gave.
type round struct {
	runs           int           // how often Run was called for it
	start, elapsed time.Duration // elapsed is that of all runs
	used           usage         // by all runs
	result         any           // of the last run
	err            error
	as             func(work func()) // calls work once; nil just calls it
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

// slowStart is how long the first run may take of a case whose later ones may
// have to be repeated.
const slowStart = 10 * time.Millisecond

// warmUp runs each case once, unmeasured: caches fill, pages are mapped, the
// processor leaves its sleep. It runs a case that was short again, and finds
// out how often it has to be repeated.
func (r *runner) warmUp() {
	for _, row := range r.rows {
		progress.Report(progress.Step{Doing: row.Name})
		got, ok := r.warm(row)
		for again := ok && got.elapsed < slowStart && row.Run != nil && row.Setup == nil; again; {
			got, ok = r.warm(row)
			again = ok && row.lengthen(got.elapsed)
		}
	}
}

// warm runs a case without keeping its figures, and notes how long it took.
func (r *runner) warm(row *row) (round, bool) {
	begin := time.Now()
	got, ok := r.once(row)
	row.warm = time.Since(begin)
	return got, ok
}

// measure does one round of a case and keeps its figures.
func (r *runner) measure(row *row) {
	progress.Report(progress.Step{Doing: row.Name, Round: len(row.samples.wall) + 1, Of: r.settings.rounds, Left: r.schedule.left()})
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

// once runs a case in a goroutine of its own, so that one that never returns
// does not hold up the others. It reports whether there is a figure to keep.
func (r *runner) once(row *row) (round, bool) { return r.onceAs(row, nil) }

// onceAs is once for a run that as calls.
func (r *runner) onceAs(row *row, as func(work func())) (round, bool) {
	if r.interrupted || row.failed != nil {
		return round{}, false
	}
	done := make(chan round, 1)
	limit := time.NewTimer(r.settings.limit)
	defer limit.Stop()
	// Garbage of one case must not be collected in the time of another.
	runtime.GC()
	go run(row.Case, round{runs: row.repeats, as: as}, done)
	select {
	case got := <-done:
		if got.err != nil {
			row.giveUp(got.err)
			return got, false
		}
		row.check(got.result)
		return got, true
	case <-limit.C:
		row.giveUp(overdue(r.settings.limit))
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
func run(c Case, got round, done chan<- round) {
	got.err = errGoexit // overwritten, unless the case ends the goroutine
	defer func() {
		if v := recover(); v != nil {
			got.err = &panicked{v, debug.Stack()}
		}
		done <- got
	}()
	before := usageBefore()
	got.err = got.do(c)
	got.used = usageAfter().since(before)
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
	if got.as != nil {
		err := errGoexit
		got.as(func() { err = got.repeated(c) })
		return err
	}
	return got.repeated(c)
}

func (got *round) repeated(c Case) (err error) {
	begin := now()
	got.result, err = repeat(got.runs, c.Run)
	got.elapsed = now().Sub(begin)
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
