// Package efficiency says why a run with n workers is not n times as fast: three
// factors whose product is the efficiency, the losses in words, and what the
// run would take without one of them.
//
// The factors are those of the POP Centre of Excellence (pop-coe.eu, standard
// metrics for performance audits). The prediction is in the spirit of Coz
// (Curtsinger and Berger, "Coz: finding code that counts with causal profiling",
// SOSP 2015), but replays a trace.
package efficiency

import (
	"cmp"
	"slices"
	"time"

	"multiprocessing/lib/explain/internal/lanes"
)

// Account says where the core time of a run went: workers x length.
type Account struct {
	Length  time.Duration
	Workers int
	Useful  []time.Duration // core time of work, of each lane
	Crowded bool            // there were more workers than processors
	alone   time.Duration   // for which only the caller worked
	ran     time.Duration   // total useful time with what the system gave to others
	spans   bool            // it is of spans, whose useful time has that, too
	lost    map[cause]float64
}

// cause is what core time was lost to, in ns.
type cause struct {
	kind   Kind
	reason lanes.Reason
	place  string
}

// Of makes the account of a run with so many workers.
//
// A lane is a goroutine, if there are no more of them than workers, otherwise one
// of the places where goroutines run. The time in which the caller works belongs
// to the first lane, unless the caller is a worker itself.
//
// A lane that does not work has lost its time. If its goroutine waits, the loss
// has the reason and place of the wait. If it has nothing to do, because it has
// not started, has ended, or waits for the others, the loss is the serial part
// while only the caller works, and otherwise uneven work.
func Of(r lanes.Run, workers int) Account {
	workers = max(workers, 1)
	a := Account{Length: r.Length, Workers: workers, Crowded: workers > r.Procs, lost: map[cause]float64{}}
	share := r.CoreShare()
	kinds := sortWorkers(r)
	a.sweep(r, kinds)
	sum := 0.0
	for _, u := range lanesOf(r, kinds, workers) {
		a.Useful = append(a.Useful, time.Duration(share*float64(u)))
		sum += float64(u)
		a.ran += u
	}
	if share < 1 {
		a.lost[cause{kind: NoCores}] += (1 - share) * sum
	}
	return a
}

// total is the useful time of all lanes.
func (a Account) total() time.Duration {
	var sum time.Duration
	for _, u := range a.Useful {
		sum += u
	}
	return sum
}

// like is the useful time of a base, measured like that of the account.
func (a Account) like(base *Account) time.Duration {
	if a.spans {
		return base.ran
	}
	return base.total()
}

// all is the core time that the account is about.
func (a Account) all() float64 { return float64(a.Workers) * float64(a.Length) }

// role is what a goroutine is in a run.
type role uint8

const (
	helper role = iota // it hardly works: where it waits does not matter
	worker
	caller
	system
)

// hardly is the part of the busiest goroutine's work below which one is a helper.
const hardly = 0.01

func sortWorkers(r lanes.Run) []role {
	var most time.Duration
	for _, g := range r.Goroutines {
		if !g.System {
			most = max(most, g.Useful())
		}
	}
	roles := make([]role, len(r.Goroutines))
	for i, g := range r.Goroutines {
		switch {
		case g.System:
			roles[i] = system
		case g.Caller:
			roles[i] = caller
		case float64(g.Useful()) > hardly*float64(most):
			roles[i] = worker
		}
	}
	return roles
}

// lanesOf returns the useful time of each lane, as many as workers or more.
func lanesOf(r lanes.Run, roles []role, workers int) []time.Duration {
	n := 0
	for _, kind := range roles {
		if kind == worker {
			n++
		}
	}
	if n > workers {
		return placesOf(r, workers)
	}
	useful := make([]time.Duration, workers)
	next := 0
	var first time.Duration // the caller's and the helpers' work
	var called time.Duration
	for i, g := range r.Goroutines {
		switch roles[i] {
		case worker:
			useful[next] = g.Useful()
			next++
		case caller:
			called = g.Useful()
		case helper:
			first += g.Useful()
		}
	}
	if next < workers && next > 0 && works(r, roles) {
		useful[next] = called // it is a worker, too
	} else {
		useful[0] += called
	}
	useful[0] += first
	return useful
}

// works reports whether the caller works beside the workers, not only before and
// after them.
func works(r lanes.Run, roles []role) bool {
	var own, beside time.Duration
	at := slices.Index(roles, caller)
	if at < 0 {
		return false
	}
	var others []lanes.Interval
	for i, g := range r.Goroutines {
		for _, iv := range g.Intervals {
			if roles[i] == worker && iv.Useful() {
				others = append(others, iv)
			}
		}
	}
	slices.SortFunc(others, func(a, b lanes.Interval) int { return cmp.Compare(a.From, b.From) })
	for _, iv := range r.Goroutines[at].Intervals {
		if !iv.Useful() {
			continue
		}
		own += iv.Length()
		until := iv.From
		for _, o := range others {
			if from := max(o.From, until); min(o.To, iv.To) > from {
				beside += min(o.To, iv.To) - from
				until = min(o.To, iv.To)
			}
			if o.From >= iv.To {
				break
			}
		}
	}
	return 10*beside > own
}

// placesOf puts the work of any number of goroutines onto so many places, each
// stretch onto one that is free.
func placesOf(r lanes.Run, workers int) []time.Duration {
	var all []lanes.Interval
	for _, g := range r.Goroutines {
		for _, iv := range g.Intervals {
			if iv.Useful() && !g.System {
				all = append(all, iv)
			}
		}
	}
	slices.SortFunc(all, func(a, b lanes.Interval) int { return cmp.Compare(a.From, b.From) })
	useful := make([]time.Duration, workers)
	until := make([]time.Duration, workers)
	last := map[int]int{} // the place of each processor
	for _, iv := range all {
		at, known := last[iv.Proc]
		if !known || until[at] > iv.From {
			at = slices.Index(until, slices.Min(until))
		}
		last[iv.Proc] = at
		useful[at] += iv.Length()
		until[at] = max(until[at], iv.To)
	}
	return useful
}
