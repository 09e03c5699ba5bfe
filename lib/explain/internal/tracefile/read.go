package tracefile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/exp/trace"

	"multiprocessing/lib/explain/internal/lanes"
)

// Read makes a model of the recorded work. It takes 0.5 µs for each event (BenchmarkRead).
func Read(r Recording) (lanes.Run, error) {
	reader, err := trace.NewReader(bytes.NewReader(r.Data))
	if err != nil {
		return lanes.Run{}, fmt.Errorf("reading a trace: %w", err)
	}
	b := builder{all: map[trace.GoID]*life{}, open: map[string]trace.Time{}, places: map[trace.Stack]site{}}
	for {
		e, err := reader.ReadEvent()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return lanes.Run{}, fmt.Errorf("reading a trace: %w", err)
		}
		b.event(e)
	}
	if b.from == 0 || b.to == 0 {
		return lanes.Run{}, errors.New("reading a trace: the work did not end in it")
	}
	return b.run(r), nil
}

// builder makes a Run, event by event.
type builder struct {
	all         map[trace.GoID]*life
	from, to    trace.Time // of the work
	caller      trace.GoID
	open        map[string]trace.Time // collections that have begun, by their range's name
	collections []stretch
	places      map[trace.Stack]site
}

type stretch struct{ from, to trace.Time }

// life is a goroutine whose intervals are being collected.
type life struct {
	id, parent trace.GoID
	bottom     string // the function at the bottom of its stack
	name       string // a region's, or that of the user's function
	named      bool   // by a region
	started    string // the place where it was started
	state      lanes.State
	exists     bool
	since      trace.Time
	reason     lanes.Reason
	place      string
	proc       trace.ProcID
	assists    int // ranges of work for a collection that are open
	intervals  []interval
}

type interval struct {
	from, to trace.Time
	lanes.Interval
}

func (b *builder) event(e trace.Event) {
	switch e.Kind() {
	case trace.EventStateTransition:
		if t := e.StateTransition(); t.Resource.Kind == trace.ResourceGoroutine {
			b.transition(e, t)
		}
	case trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd:
		b.rangeOf(e)
	case trace.EventRegionBegin:
		b.region(e)
	case trace.EventRegionEnd:
		if e.Region().Type == region && e.Goroutine() == b.caller {
			b.to = e.Time()
		}
	}
}

func (b *builder) region(e trace.Event) {
	name := e.Region().Type
	if name == region && b.from == 0 {
		b.from, b.caller = e.Time(), e.Goroutine()
		return
	}
	if g := b.all[e.Goroutine()]; g != nil && !g.named {
		g.name, g.named = name, true
	}
}

// transition begins an interval of a goroutine, and ends the one before.
func (b *builder) transition(e trace.Event, t trace.StateTransition) {
	id := t.Resource.Goroutine()
	from, to := t.Goroutine()
	g := b.all[id]
	if g == nil {
		g = &life{id: id}
		b.all[id] = g
		if from == trace.GoNotExist {
			g.parent, g.started = e.Goroutine(), b.site(e.Stack()).place
		}
	}
	at := b.site(t.Stack)
	g.bottom = cmp.Or(g.bottom, at.bottom)
	g.name = cmp.Or(g.name, at.function)
	if waits := g.exists && g.state == lanes.Waiting; waits && to == trace.GoRunnable && e.Goroutine() != trace.NoGoroutine {
		g.end(e.Time(), e.Goroutine())
	} else {
		g.end(e.Time(), 0)
	}
	g.exists, g.since, g.reason, g.place = true, e.Time(), lanes.Work, ""
	if from == trace.GoUndetermined {
		g.since = 0 // it has been like this since before the trace
	}
	switch to {
	case trace.GoRunning:
		g.state, g.proc = lanes.Running, e.Proc()
		if g.assists > 0 {
			g.reason = lanes.Collection
		}
	case trace.GoRunnable:
		g.state = lanes.Ready
	case trace.GoWaiting:
		g.state = lanes.Waiting
		g.reason = reasonOf(t.Reason, at)
		if g.reason != lanes.GIL { // there is one, wherever a task waits for it
			g.place = at.place
		}
	case trace.GoSyscall:
		g.state, g.place = lanes.Syscall, at.place
	default:
		g.exists = false
	}
}

// end ends the goroutine's interval; waker has ended the wait, 0 if nobody is
// known.
func (g *life) end(now trace.Time, waker trace.GoID) {
	if g.exists && now > g.since {
		g.intervals = append(g.intervals, interval{g.since, now, lanes.Interval{
			State: g.state, Reason: g.reason, Place: g.place, Proc: int(g.proc), Waker: int64(waker)}})
	}
}

// rangeOf notes collections, and what goroutines do for them.
func (b *builder) rangeOf(e trace.Event) {
	r := e.Range()
	begins := e.Kind() != trace.EventRangeEnd
	if r.Name == "GC mark assist" || r.Name == "GC incremental sweep" {
		g := b.all[e.Goroutine()]
		if r.Scope.Kind == trace.ResourceGoroutine {
			g = b.all[r.Scope.Goroutine()]
		}
		if g != nil {
			g.assist(begins, e.Time())
		}
		return
	}
	if !strings.HasPrefix(r.Name, "GC ") && !strings.Contains(r.Name, "(GC ") {
		return // a stop for another reason, such as the trace's own
	}
	from, open := b.open[r.Name]
	switch {
	case begins && !open:
		b.open[r.Name] = e.Time()
	case !begins && open:
		b.collections = append(b.collections, stretch{from, e.Time()})
		delete(b.open, r.Name)
	}
}

// assist begins or ends work for a collection.
func (g *life) assist(begins bool, now trace.Time) {
	if begins {
		g.assists++
	} else {
		g.assists = max(0, g.assists-1)
	}
	if !g.exists || g.state != lanes.Running {
		return
	}
	g.end(now, 0)
	g.since, g.reason = now, lanes.Work
	if g.assists > 0 {
		g.reason = lanes.Collection
	}
}

// run cuts everything to the time of the work, and leaves out goroutines that
// were there before and did nothing but wait.
func (b *builder) run(r Recording) lanes.Run {
	run := lanes.Run{Length: time.Duration(b.to - b.from), Procs: r.Procs, CPU: r.CPU}
	for name := range b.open {
		b.collections = append(b.collections, stretch{b.open[name], b.to})
	}
	for _, c := range b.collections {
		if from, to := b.cut(c.from, c.to); to > from {
			run.Collections = append(run.Collections, lanes.Stretch{From: from, To: to})
		}
	}
	run.Collections = merged(run.Collections)
	for _, id := range slices.Sorted(maps.Keys(b.all)) {
		g := b.all[id]
		left := g.exists && g.parent != 0 && len(g.intervals) > 0 && g.intervals[0].from >= b.from
		g.end(max(b.to, g.since), 0)
		m := lanes.Goroutine{ID: int64(id), Parent: int64(g.parent), Name: g.called(), Caller: id == b.caller, System: isSystem(g.bottom)}
		for _, iv := range g.intervals {
			if iv.From, iv.To = b.cut(iv.from, iv.to); iv.To > iv.From {
				m.Intervals = append(m.Intervals, iv.Interval)
			}
		}
		m.Left = left && len(m.Intervals) > 0 && m.Intervals[len(m.Intervals)-1].To == run.Length
		if len(m.Intervals) > 0 && (g.parent != 0 || slices.ContainsFunc(m.Intervals, func(iv lanes.Interval) bool { return iv.State != lanes.Waiting })) {
			run.Goroutines = append(run.Goroutines, m)
		}
	}
	return run
}

// called is the name of a goroutine.
func (g *life) called() string {
	if g.name == "" && g.started != "" {
		return "started at " + g.started
	}
	return cmp.Or(g.name, g.bottom)
}

func (b *builder) cut(from, to trace.Time) (time.Duration, time.Duration) {
	return time.Duration(max(from, b.from) - b.from), time.Duration(min(to, b.to) - b.from)
}

// merged joins stretches that overlap: a collection has several ranges.
func merged(all []lanes.Stretch) []lanes.Stretch {
	slices.SortFunc(all, func(a, b lanes.Stretch) int { return cmp.Compare(a.From, b.From) })
	var out []lanes.Stretch
	for _, s := range all {
		if n := len(out); n > 0 && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out
}
