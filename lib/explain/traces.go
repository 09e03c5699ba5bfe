package explain

import (
	"math"
	"time"

	"multiprocessing/lib/explain/internal/efficiency"
	"multiprocessing/lib/explain/internal/lanes"
	"multiprocessing/lib/explain/internal/tracefile"
	"multiprocessing/lib/internal/span"
	"multiprocessing/lib/timing"
)

// Traces makes timing.Compare explain in its table why cases are not faster:
//
//	c := timing.Compare(cases, explain.Traces())
//	display.Table(c.DataFrame())
//	chart.Efficiency(c.CoreTime())
//
// After the rounds each case runs three more times, or once if a run takes 0.5 s or
// more, traced, and the run of the median length is explained. The table gets these
// columns:
//
//	explained            the product of the three factors, beside the efficiency
//	load balance         mean useful time of the workers / that of the busiest
//	communication        useful time of the busiest worker / time of the run
//	computation          useful time of the base / that of all workers
//	lost to              the largest loss, with its share of workers x time
//	speedup without it   predicted speedup without that loss; NaN if there is no
//	                     prediction
//
// The first four are fractions: 1 is no loss. Load balance and communication are 0 to
// 1; computation is above 1 if the work takes less core time than in the base.
//
// The explanation is rejected, and "lost to" says that the trace disturbed the run, if
// it differs from the measured efficiency by more than 10% of it. A base that works
// only part of its own time, say 0.95 because of garbage collection, has an
// "explained" of 0.95; the products of its cases are divided by that before they are
// compared.
//
// Cases that wait (timing.Case.Waits) and those that measure themselves (Python's)
// have no explanation. Those with Spans are explained from the spans. Then all time
// in a span counts as useful: waits, garbage collection and missing cores inside the
// workers are not found, and only the loss to uneven work has a prediction.
func Traces() timing.Option { return timing.Explain(explainer{}) }

type explainer struct{}

// recorded is a run with its account, or why there is none.
type recorded struct {
	length  time.Duration
	trace   lanes.Run // empty with spans
	account efficiency.Account
	spans   bool // the account is of workers in other processes
	err     error
}

func (explainer) Record(work func(), workers int, spans *[]span.Span) timing.Recorded {
	if spans != nil {
		begin := time.Now()
		work()
		length := time.Since(begin)
		return &recorded{length: length, account: efficiency.OfSpans(*spans, length, workers), spans: true}
	}
	recording, err := tracefile.Record(work)
	if err != nil {
		return &recorded{err: err}
	}
	trace, err := tracefile.Read(recording)
	if err != nil {
		return &recorded{err: err}
	}
	return &recorded{length: trace.Length, trace: trace, account: efficiency.Of(trace, workers)}
}

func (r *recorded) Length() time.Duration { return r.length }

func (r *recorded) Explain(base timing.Recorded) timing.Explanation {
	b := base.(*recorded)
	for _, err := range []error{r.err, b.err} {
		if err != nil {
			return timing.Explanation{Unknown: err.Error()}
		}
	}
	f := r.account.Factors(&b.account)
	switch {
	case math.IsNaN(f.Product()), f.Product() == 0:
		return timing.Explanation{Unknown: "it or its base did no work that a trace shows"}
	case f.Computation > elsewhere && r.spans:
		return timing.Explanation{Unknown: "its base took more than twice the core time for the same work; the cores were hardly free"}
	case f.Computation > elsewhere:
		return timing.Explanation{Unknown: "most of its work was done outside of this process; see timing.Case.Spans"}
	}
	e := timing.Explanation{LoadBalance: f.LoadBalance, Communication: f.Communication, Computation: f.Computation,
		Own: r.account.Own(&b.account), LostTo: "nothing over 1%", Without: math.NaN()}
	for _, p := range r.account.Parts(&b.account) {
		e.Parts = append(e.Parts, timing.Part(p))
	}
	if l, found := largest(r.account.Losses(&b.account)); found {
		if notFree := l.Kind == efficiency.NoCores || l.Kind == efficiency.NoCore; notFree && r == b && l.Share > tenth {
			// Its efficiency is 1, since it is compared with itself: that loss would contradict it.
			return timing.Explanation{Unknown: "other programs used the cores"}
		}
		e.LostTo = l.String()
		if without, ok := efficiency.Without(r.trace, r.account, &b.account, l); ok && without > 0 {
			e.Without = float64(without) / float64(r.length)
		}
	}
	return e
}

// elsewhere is the computation factor from which the work cannot have been done in
// the traced process.
const elsewhere = 2

// tenth is how much the product of the factors and the efficiency may differ.
const tenth = 0.1

// noLoss is the share below which nothing is called a loss.
const noLoss = 0.01

func largest(all []efficiency.Loss) (efficiency.Loss, bool) {
	if len(all) == 0 || all[0].Share < noLoss {
		return efficiency.Loss{}, false
	}
	return all[0], true
}
