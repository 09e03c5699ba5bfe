package efficiency

import (
	"cmp"
	"slices"
	"time"

	"multiprocessing/lib/explain/internal/lanes"
)

// change is a number of goroutines that begin or end something at a time.
type change struct {
	at    time.Duration
	what  int // see sweep
	delta int
}

// What a sweep counts, before the causes of waits.
const (
	working = iota
	callerWorking
	ready
	collecting // a collection goes on
	assisting  // goroutines that work for it
	onCores    // goroutines that run, also the runtime's
	causes     // of each cause, how many wait, and how many are ready after such a wait
)

// sweep goes through the run and adds up what the lanes that do not work wait
// for.
func (a *Account) sweep(r lanes.Run, roles []role) {
	changes, waits := changesOf(r, roles)
	count := make([]int, causes+2*len(waits))
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	var last time.Duration
	for _, c := range append(changes, change{at: r.Length}) {
		if c.at > last {
			a.add(float64(c.at-last), r.Procs, count, waits)
			last = c.at
		}
		count[c.what] += c.delta
	}
}

// changesOf lists what begins and ends in a run, and the causes of the waits.
func changesOf(r lanes.Run, roles []role) ([]change, []cause) {
	var changes []change
	var waits []cause
	number := map[cause]int{}
	add := func(what int, from, to time.Duration) {
		changes = append(changes, change{from, what, 1}, change{to, what, -1})
	}
	numberOf := func(c cause) int {
		if _, known := number[c]; !known {
			number[c] = causes + 2*len(waits)
			waits = append(waits, c)
		}
		return number[c]
	}
	for i, g := range r.Goroutines {
		first, last := workFrom(g)
		has := func(n int) bool { return n > first && n < last && hasWork(roles[i], g.Intervals[n]) }
		for n, iv := range g.Intervals {
			if iv.State == lanes.Running {
				add(onCores, iv.From, iv.To)
			}
			switch {
			case roles[i] == system:
			case iv.Useful():
				add(working, iv.From, iv.To)
				if roles[i] == caller {
					add(callerWorking, iv.From, iv.To)
				}
			case iv.State == lanes.Running:
				add(assisting, iv.From, iv.To)
			case iv.State == lanes.Ready && n > 0 && g.Intervals[n-1].State == lanes.Waiting && has(n-1):
				add(numberOf(causeOf(g.Intervals[n-1]))+1, iv.From, iv.To)
			case iv.State == lanes.Ready:
				add(ready, iv.From, iv.To)
			case has(n):
				add(numberOf(causeOf(iv)), iv.From, iv.To)
			}
		}
	}
	for _, c := range r.Collections {
		add(collecting, c.From, c.To)
	}
	return changes, waits
}

// causeOf is what a wait is a loss to.
func causeOf(iv lanes.Interval) cause {
	switch {
	case iv.Reason == lanes.Collection:
		return cause{kind: Collection}
	case iv.State == lanes.Syscall:
		return cause{Wait, lanes.System, iv.Place}
	}
	return cause{Wait, iv.Reason, iv.Place}
}

// hasWork reports whether the wait is one of a worker that has work to do.
func hasWork(kind role, iv lanes.Interval) bool {
	switch {
	case iv.Reason == lanes.Others:
		return false
	case kind == worker, iv.Reason == lanes.Mutex, iv.Reason == lanes.Collection:
		return true
	}
	return false
}

// workFrom returns the first and the last interval in which the goroutine works.
func workFrom(g lanes.Goroutine) (first, last int) {
	first, last = len(g.Intervals), -1
	for i, iv := range g.Intervals {
		if iv.Useful() {
			first, last = min(first, i), i
		}
	}
	return first, last
}

// add accounts for a time in which nothing changes. A goroutine that is ready after
// a wait still waits, as long as there is a processor that could run it: waking it
// takes time.
func (a *Account) add(length float64, procs int, count []int, waits []cause) {
	idle := float64(a.Workers - count[working])
	if count[working] == 1 && count[callerWorking] == 1 {
		a.alone += time.Duration(length)
	}
	if idle <= 0 {
		return
	}
	waiting := count[ready] + count[assisting]
	for _, n := range count[causes:] {
		waiting += n
	}
	part := 1.0 // if more wait than there are lanes, each has its part
	if float64(waiting) > idle {
		part = idle / float64(waiting)
	}
	lose := func(c cause, n int) {
		if n > 0 {
			a.lost[c] += length * part * float64(n)
		}
	}
	noCore := cause{kind: NoCore}
	if count[collecting] > 0 {
		noCore = cause{kind: Collection}
	}
	lose(cause{kind: Collection}, count[assisting])
	lose(noCore, count[ready])
	for i, c := range waits {
		lose(c, count[causes+2*i])
		if count[onCores] >= procs {
			c = noCore
		}
		lose(c, count[causes+2*i+1])
	}
	if rest := idle - part*float64(waiting); rest > 0 {
		a.lost[cause{kind: nothingToDo(count)}] += length * rest
	}
}

// nothingToDo is why a lane has none.
func nothingToDo(count []int) Kind {
	switch {
	case count[working] == 1 && count[callerWorking] == 1:
		return Alone
	case count[working] > 0:
		return Uneven
	}
	return Nobody
}
