package efficiency

import (
	"cmp"
	"fmt"
	"slices"

	"multiprocessing/lib/explain/internal/lanes"
)

// Kind is what core time is lost to.
type Kind uint8

const (
	Uneven       Kind = iota // one worker still has work when others have none
	Alone                    // only the caller works: the serial part
	Wait                     // a worker waits, for a reason, at a place
	MoreCoreTime             // the same work takes more core time than in the base
	Collection               // garbage collection
	NoCores                  // the system gave the cores to other programs
	NoCore                   // a worker is ready to run, and no core is free
	Nobody                   // no worker works: what starts and ends workers takes time
)

// Loss is one of the reasons why a run is not faster.
type Loss struct {
	Kind   Kind
	Reason lanes.Reason // of a Wait
	Place  string       // of a Wait, "counter.go:12"
	Share  float64      // of workers x length of the run
	Amount float64      // Alone: the serial part of the work; MoreCoreTime: how many times the base's
	crowd  bool         // of an account with more workers than processors
	spans  bool         // of an account of spans
}

// Losses returns the losses of a run, the largest first. Their shares and the
// product of the factors add up to 1, unless the computation factor is above 1.
// The base is the run that the speedup is compared with; without one (nil)
// nothing is said about more core time.
func (a Account) Losses(base *Account) []Loss {
	var all []Loss
	for c, t := range a.lost {
		l := Loss{Kind: c.kind, Reason: c.reason, Place: c.place, Share: t / a.all(), crowd: a.Crowded}
		if c.kind == Alone {
			l.Amount = float64(a.alone) / float64(a.total())
		}
		all = append(all, l)
	}
	if base != nil && a.total() > a.like(base) && a.like(base) > 0 {
		all = append(all, Loss{Kind: MoreCoreTime, spans: a.spans,
			Share:  float64(a.total()-a.like(base)) / a.all(),
			Amount: float64(a.total()) / float64(a.like(base))})
	}
	slices.SortFunc(all, func(a, b Loss) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Reason, b.Reason))
	})
	return all
}

// String names the loss with its share: "waits for the mutex at counter.go:12, 41%".
func (l Loss) String() string { return fmt.Sprintf("%s, %.0f%%", l.Name(), 100*l.Share) }

// Name is the loss in words.
func (l Loss) Name() string {
	switch l.Kind {
	case Uneven:
		return "one worker has more to do"
	case Alone:
		return fmt.Sprintf("only one works at the beginning and the end: a serial part of %.2g", l.Amount)
	case Wait:
		return lanes.Words(l.Reason, l.Place)
	case MoreCoreTime:
		if l.spans {
			return fmt.Sprintf("the same work takes %.3g times as long in other processes: cores, caches or memory are shared", l.Amount)
		}
		return fmt.Sprintf("the same work takes %.3g times the core time: cache lines or memory are shared", l.Amount)
	case Collection:
		return "garbage collection"
	case NoCores:
		return "cores were not free"
	case NoCore:
		if l.crowd {
			return "more workers than cores"
		}
		return "ready workers wait for a core"
	}
	return "starting and ending the workers"
}

// Part is a share of the core time of a run, for a picture.
type Part struct {
	Name  string
	Share float64
}

// partNames are the names of Parts, in order.
var partNames = []string{"the work", "more core time", "uneven", "serial part", "waits", "garbage collection", "cores not free", "other"}

// Parts divides the core time of a run, workers x length, into kinds that every
// run has. The shares add up to 1.
func (a Account) Parts(base *Account) []Part {
	sums := map[string]float64{}
	work := float64(a.total()) / a.all()
	for _, l := range a.Losses(base) {
		name := l.Kind.part()
		sums[name] += l.Share
		if l.Kind == MoreCoreTime {
			work -= l.Share
		}
	}
	sums["the work"] = work
	var parts []Part
	for _, name := range partNames {
		parts = append(parts, Part{name, sums[name]})
	}
	return parts
}

func (k Kind) part() string {
	return map[Kind]string{Uneven: "uneven", Alone: "serial part", Wait: "waits", MoreCoreTime: "more core time",
		Collection: "garbage collection", NoCores: "cores not free", NoCore: "cores not free", Nobody: "other"}[k]
}
