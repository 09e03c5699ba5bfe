package timing

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/internal/span"
)

// Explainer says why cases are not faster. Package explain has one: see
// explain.Traces. It is an interface so that a cell that explains nothing does not
// link what reads traces.
type Explainer interface {
	// Record runs work, which has that many workers, and records it. If spans is
	// not nil, work stores there what its workers in other processes did.
	Record(work func(), workers int, spans *[]span.Span) Recorded
}

// Recorded is a run that an Explainer has recorded.
type Recorded interface {
	Length() time.Duration

	// Explain compares the run with the base's.
	Explain(base Recorded) Explanation
}

// Explanation is why a run is not faster.
type Explanation struct {
	// The factors of the efficiency, whose product explains it: 1 is no loss.
	// LoadBalance and Communication are 0 to 1; Computation may be above 1.
	LoadBalance, Communication, Computation float64

	Own     float64 // fraction of the base's run in which the base did useful work, 0 to 1
	LostTo  string  // the largest loss, with its share
	Without float64 // predicted time without that loss / time of the run; NaN if there is no prediction
	Parts   []Part  // where the core time went; the shares add up to 1

	Unknown string // why there is no explanation; then the rest is missing
}

// Part is a share of the core time of a run.
type Part struct {
	Name  string
	Share float64 // 0 to 1
}

// Explain makes Compare record more runs of each case after the rounds, and add
// columns to the table that say what limits its speedup. It records three runs, or
// one if a run takes 0.5 s or more, or as long as the budget. Use explain.Traces,
// which calls it.
func Explain(e Explainer) Option {
	return func(s *settings) { s.explainer = e }
}

// disturbed is how far the efficiency of the recorded runs may be from the
// measured one.
const disturbed = 0.1

// recordings is how many runs of a case are recorded; the one of the median length
// is explained. Of cases that take longer than longRun, or than the budget, it is one.
const (
	recordings = 3
	longRun    = 500 * time.Millisecond
)

// recordAll records the cases, if there is an Explainer.
func (r *runner) recordAll() {
	if r.settings.explainer == nil {
		return
	}
	for i := range recordings {
		for _, row := range r.rows {
			if i == 0 || summarize(row.samples.wall).value < ms(min(longRun, r.settings.budget)) {
				r.record(row)
			}
		}
	}
}

// explainAll explains what was recorded.
func (c *Comparison) explainAll() {
	for _, r := range c.rows {
		r.explained = c.explanation(r)
	}
}

// record records one run of a case, if a trace can tell something about it.
func (r *runner) record(row *row) {
	if row.Run == nil || row.Waits || len(row.samples.wall) == 0 {
		return
	}
	repeats := row.repeats
	if row.Spans != nil {
		row.repeats = 1 // the spans are those of one run
	}
	var got Recorded
	_, ok := r.onceAs(row, func(work func()) { got = r.settings.explainer.Record(work, row.Workers, row.Spans) })
	row.repeats = repeats
	if ok {
		row.recorded = append(row.recorded, got)
	}
}

// explanation explains the case's run of the median length.
func (c *Comparison) explanation(r *row) *Explanation {
	if r.Workers > 1 && c.facts.usableCores() == 1 && len(r.recorded) > 0 {
		return &Explanation{Unknown: "there is one core: the workers take turns"}
	}
	own, base := medianOf(r.recorded), medianOf(r.base.recorded)
	if own == nil || base == nil {
		return nil
	}
	e := own.Explain(base)
	product := e.LoadBalance * e.Communication * e.Computation
	measured := r.speedup().value / float64(r.Workers)
	traced := product / e.Own
	switch {
	case e.Unknown != "":
	case math.IsNaN(measured):
		e.Unknown = "there are too few rounds"
	case !(math.Abs(traced-measured) <= disturbed*measured):
		e.Unknown = fmt.Sprintf("the trace disturbed the run: its efficiency was %.2g, not %.2g", traced, measured)
		if c.busy(r.cores()) {
			e.Unknown = "other programs used the cores"
		}
	}
	return &e
}

func medianOf(all []Recorded) Recorded {
	if len(all) == 0 {
		return nil
	}
	sorted := slices.SortedFunc(slices.Values(all), func(a, b Recorded) int { return cmp.Compare(a.Length(), b.Length()) })
	return sorted[len(sorted)/2]
}

// hasExplanation reports whether the table has columns for explanations.
func (c *Comparison) hasExplanation() bool { return c.settings.explainer != nil }

// factor is a column of an explanation's figure, NaN if there is none.
func factor(name string, value func(r *row, e *Explanation) float64) column {
	return number(name, func(r *row) float64 {
		if r.explained == nil || r.explained.Unknown != "" {
			return math.NaN()
		}
		return value(r, r.explained)
	}).onlyIf((*Comparison).hasExplanation)
}

// explanationColumns are those of DataFrame with an Explainer.
func explanationColumns() []column {
	return []column{
		factor("explained", func(_ *row, e *Explanation) float64 { return e.LoadBalance * e.Communication * e.Computation }),
		factor("load balance", func(_ *row, e *Explanation) float64 { return e.LoadBalance }),
		factor("communication", func(_ *row, e *Explanation) float64 { return e.Communication }),
		factor("computation", func(_ *row, e *Explanation) float64 { return e.Computation }),
		{"lost to", series.String, func(_ *Comparison, r *row) any { return r.lostTo() }, (*Comparison).hasExplanation},
		factor("speedup without it", func(r *row, e *Explanation) float64 { return r.speedup().value / e.Without }),
	}
}

func (r *row) lostTo() string {
	switch e := r.explained; {
	case e == nil:
		return "NaN" // missing, in gota
	case e.Unknown != "":
		return "not explained: " + e.Unknown
	default:
		return e.LostTo
	}
}

// CoreTime returns where the core time of each case went, one row per case, in
// percent of workers x time. The columns are "case", "workers", one for each use,
// named as in "the work %", and "verdict"; package explain lists the uses, and a use
// that no case has is missing. Cases without an explanation have NaN.
// chart.Efficiency draws it. CoreTime panics without the option explain.Traces.
func (c *Comparison) CoreTime() dataframe.DataFrame {
	if !c.hasExplanation() {
		panic("timing: CoreTime: nothing was recorded; give Compare the option explain.Traces()")
	}
	var names []string
	for _, r := range c.rows {
		if r.explained != nil && r.explained.Unknown == "" {
			for _, p := range r.explained.Parts {
				if !slices.Contains(names, p.Name) {
					names = append(names, p.Name)
				}
			}
		}
	}
	all := []series.Series{columns()[0].series(c), columns()[1].series(c)}
	for _, name := range names {
		all = append(all, factor(name+" %", func(_ *row, e *Explanation) float64 {
			at := slices.IndexFunc(e.Parts, func(p Part) bool { return p.Name == name })
			if at < 0 {
				return 0
			}
			return 100 * e.Parts[at].Share
		}).series(c))
	}
	verdicts := column{"verdict", series.String, func(c *Comparison, r *row) any { return c.verdict(r) }, nil}
	return frameOf(append(all, verdicts.series(c))...)
}
