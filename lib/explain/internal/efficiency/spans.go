package efficiency

import (
	"cmp"
	"slices"
	"time"

	"multiprocessing/lib/explain/internal/lanes"
	"multiprocessing/lib/internal/span"
)

// OfSpans makes the account of a run in other processes, of which only the spans
// of the workers are known. The time in a span counts as useful, though the worker
// may have waited in it, or the system may have given its core to others. If more
// workers have spans than there are workers to account for, one place of the run is
// busy while at least one span is open, the next while two are, and so on.
func OfSpans(spans []span.Span, length time.Duration, workers int) Account {
	a := Account{Length: length, Workers: max(workers, 1), spans: true, lost: map[cause]float64{}}
	byWorker := map[int][]span.Span{}
	var end time.Duration
	for _, s := range spans {
		s.Start, s.End = max(s.Start, 0), min(s.End, length)
		if s.End > s.Start && s.Worker != 0 { // worker 0 is in the time of others
			byWorker[s.Worker] = append(byWorker[s.Worker], s)
			end = max(end, s.End)
		}
	}
	if len(byWorker) > a.Workers {
		a.places(byWorker)
		return a
	}
	for _, own := range byWorker {
		a.Useful = append(a.Useful, a.lane(own, end))
	}
	slices.Sort(a.Useful)
	slices.Reverse(a.Useful)
	for len(a.Useful) < a.Workers {
		a.Useful = append(a.Useful, 0)
		a.lost[cause{kind: Uneven}] += float64(end)
		a.lost[cause{kind: Nobody}] += float64(length - end)
	}
	a.ran = a.total()
	return a
}

// places fills as many places as there are workers with the spans of more.
func (a *Account) places(byWorker map[int][]span.Span) {
	var changes []change
	for _, own := range byWorker {
		for _, s := range own {
			changes = append(changes, change{s.Start, working, 1}, change{s.End, working, -1})
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	a.Useful = make([]time.Duration, a.Workers)
	open, last := 0, time.Duration(0)
	for _, c := range append(changes, change{at: a.Length}) {
		for i := range a.Useful[:min(open, a.Workers)] {
			a.Useful[i] += c.at - last
		}
		kind := Uneven
		if open == 0 {
			kind = Nobody
		}
		a.lost[cause{kind: kind}] += float64(a.Workers-min(open, a.Workers)) * float64(c.at-last)
		open, last = open+c.delta, c.at
	}
	a.ran = a.total()
}

// lane adds the losses of a worker, and returns its useful time.
func (a *Account) lane(own []span.Span, end time.Duration) (useful time.Duration) {
	slices.SortFunc(own, func(a, b span.Span) int { return cmp.Compare(a.Start, b.Start) })
	a.lost[cause{kind: Nobody}] += float64(own[0].Start)
	at := own[0].Start
	for _, s := range own {
		if s.Start > at {
			a.lost[cause{Wait, lanes.Messages, ""}] += float64(s.Start - at)
		}
		if from := max(s.Start, at); s.End > from {
			useful += s.End - from
			at = s.End
		}
	}
	a.lost[cause{kind: Uneven}] += float64(end - at)
	a.lost[cause{kind: Nobody}] += float64(a.Length - end)
	return useful
}
