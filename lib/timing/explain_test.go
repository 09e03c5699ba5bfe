package timing

import (
	"math"
	"strings"
	"testing"
	"time"

	"multiprocessing/lib/internal/span"
)

// told is an Explainer whose explanation of each case is known before.
type told struct {
	explanation Explanation
	records     int
	spans       *[]span.Span
	before      func() // a recorded run; nil for nothing
}

func (e *told) Record(work func(), workers int, spans *[]span.Span) Recorded {
	e.records++
	e.spans = spans
	if e.before != nil {
		e.before()
	}
	begin := time.Now()
	work()
	return toldRun{e, time.Since(begin), workers}
}

type toldRun struct {
	*told
	length  time.Duration
	workers int
}

func (r toldRun) Length() time.Duration { return r.length }

func (r toldRun) Explain(Recorded) Explanation {
	if r.workers == 1 {
		return Explanation{LoadBalance: 1, Communication: 1, Computation: 1, Own: 1, Without: math.NaN(), Parts: []Part{{"the work", 1}}}
	}
	return r.explanation
}

// sleeps is a case whose run takes so long, or longer.
func sleeps(name string, d time.Duration, workers int) Case {
	return Case{Name: name, Workers: workers, Run: func() (any, error) { time.Sleep(d); return 1, nil }}
}

// explained is a comparison on so many cores of one worker with two, who are as fast.
func explained(e Explanation, cores int) *Comparison {
	c := &Comparison{rows: newRows([]Case{sleeps("one", 1, 1), sleeps("two", 1, 2)}), settings: defaults()}
	c.settings.explainer = &told{explanation: e}
	c.facts.cores, c.facts.procs = cores, cores
	for _, r := range c.rows {
		r.samples.wall = []float64{20, 20, 20}
		for _, length := range []time.Duration{20, 50, 10} {
			r.recorded = append(r.recorded, toldRun{&told{explanation: e}, length, r.Workers})
		}
	}
	c.explainAll()
	return c
}

// half explains an efficiency of a half.
var half = Explanation{LoadBalance: 0.5, Communication: 1, Computation: 1, Own: 1, LostTo: "one worker has more to do, 50%", Without: 0.5,
	Parts: []Part{{"the work", 0.5}, {"uneven", 0.5}}}

func TestTheTableSaysWhatASpeedupWasLostTo(t *testing.T) {
	c := explained(half, 2)
	df := c.DataFrame()
	for name, want := range map[string]float64{"explained": 0.5, "load balance": 0.5, "communication": 1, "computation": 1, "speedup without it": 2} {
		if got := df.Col(name).Float()[1]; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if got := df.Col("lost to").Records(); got[0] != "" || got[1] != half.LostTo {
		t.Errorf("lost to %q", got)
	}
	if got := c.CoreTime(); strings.Join(got.Names(), ",") != "case,workers,the work %,uneven %,verdict" || got.Col("uneven %").Float()[1] != 50 {
		t.Errorf("core time: %v", got)
	}
}

func TestTheRunOfTheMedianLengthIsExplained(t *testing.T) {
	c := explained(half, 2)
	if got := medianOf(c.rows[1].recorded).Length(); got != 20 {
		t.Errorf("got the one of %d", got)
	}
}

func TestATraceThatDisturbedTheRunGivesNoFactors(t *testing.T) {
	for balance, want := range map[float64]string{
		0.54: half.LostTo, 0.46: half.LostTo,
		0.56: "not explained: the trace disturbed the run: its efficiency was 0.56, not 0.5",
		0.44: "not explained: the trace disturbed the run: its efficiency was 0.44, not 0.5",
	} {
		e := half
		e.LoadBalance = balance
		row := table(t, explained(e, 2))["two"]
		if row["lost to"] != want || (row["explained"] == "NaN") != (want != half.LostTo) {
			t.Errorf("%v: explained %s, lost to %q", balance, row["explained"], row["lost to"])
		}
	}
}

func TestOtherProgramsThatDisturbedTheRunAreNamed(t *testing.T) {
	e := half
	e.LoadBalance = 0.9
	c := explained(e, 2)
	c.free = 1.1
	c.explainAll()
	if got := table(t, c)["two"]["lost to"]; got != "not explained: other programs used the cores" {
		t.Errorf("lost to %q", got)
	}
}

func TestTheProductIsThatOfTheTimeInWhichTheBaseWorks(t *testing.T) {
	e := half
	e.Computation, e.Own = 0.8, 0.8 // the base collects garbage for a fifth of its time
	if got := table(t, explained(e, 2))["two"]["lost to"]; got != e.LostTo {
		t.Errorf("lost to %q", got)
	}
}

func TestOneCoreIsNotExplained(t *testing.T) {
	if got := table(t, explained(half, 1))["two"]["lost to"]; got != "not explained: there is one core: the workers take turns" {
		t.Errorf("got %q", got)
	}
}

func TestWhyThereIsNoTraceIsSaid(t *testing.T) {
	if got := table(t, explained(Explanation{Unknown: "no trace"}, 2))["two"]["lost to"]; got != "not explained: no trace" {
		t.Errorf("got %q", got)
	}
}

func TestCasesThatMeasureThemselvesOrWaitHaveNoExplanation(t *testing.T) {
	waiting := sleeps("waiting", time.Millisecond, 2)
	waiting.Waits = true
	e := &told{explanation: half}
	rows := table(t, Compare([]Case{fixed("Python", time.Millisecond, 1), waiting}, Rounds(3), Explain(e)))
	for name, row := range rows {
		if row["lost to"] != "NaN" || row["explained"] != "NaN" {
			t.Errorf("%s: lost to %q, explained %s", name, row["lost to"], row["explained"])
		}
	}
	if e.records != 0 {
		t.Errorf("%d runs were recorded", e.records)
	}
}

func TestSpansAreThoseOfOneRun(t *testing.T) {
	var spans []span.Span
	runs := 0
	short := Case{Name: "short", Spans: &spans, Run: func() (any, error) { runs++; return 1, nil }}
	e := &told{explanation: half}
	e.before = func() { runs = 0 }
	Compare([]Case{short}, Rounds(1), Explain(e))
	if e.records != recordings || e.spans != &spans || runs != 1 {
		t.Errorf("%d recordings, the last of %d runs", e.records, runs)
	}
}

func TestWithoutAnExplainerThereIsNoColumn(t *testing.T) {
	c := Compare([]Case{fixed("a", time.Millisecond, 1)}, Rounds(3))
	for _, name := range c.DataFrame().Names() {
		if name == "lost to" || name == "explained" {
			t.Errorf("there is the column %q", name)
		}
	}
	defer func() {
		if r := recover(); r == nil || !strings.HasPrefix(r.(string), "timing: CoreTime: ") {
			t.Errorf("panicked with %v", r)
		}
	}()
	c.CoreTime()
}

func TestAPanicInARecordedRunIsThatOfItsCase(t *testing.T) {
	runs := 0
	late := Case{Name: "late", Run: func() (any, error) {
		if runs++; runs > 3 { // a warm-up and two rounds, each of one run
			panic("late")
		}
		time.Sleep(15 * time.Millisecond)
		return 1, nil
	}}
	row := table(t, Compare([]Case{late}, Rounds(2), Explain(&told{explanation: half})))["late"]
	if !strings.Contains(row["verdict"], "panicked: late") {
		t.Errorf("verdict %q", row["verdict"])
	}
}
