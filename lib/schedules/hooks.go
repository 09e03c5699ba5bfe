package schedules

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"
	"unsafe"

	"multiprocessing/internal/verdict"
	"multiprocessing/lib/internal/direct"
	"multiprocessing/lib/schedules/internal/hook"
)

// The functions of package hook are for cells that the kernel has rewritten: see package cells.
func init() {
	hook.Read = func(p unsafe.Pointer, name string, value any) {
		g := self("a variable")
		read(g, g.x.variable(p, name), value)
	}
	hook.Write = func(p unsafe.Pointer, name string, value any) hook.Step {
		g := self("a variable")
		r := g.x.variable(p, name)
		g.beginWrite(r, value)
		return hook.Step{Goroutine: g, Record: r}
	}
	hook.Written = func(s hook.Step, value any) { of(s).endWrite(s.Record.(*record), value) }
	hook.Map = useMap
	hook.Atomic = atomically
	hook.Observed = func(s hook.Step) {
		g, r := of(s), s.Record.(*record)
		g.sync.join(r.sync)
		g.useAtomically(r, false)
	}
	hook.Published = func(s hook.Step, value any) {
		g, r := of(s), s.Record.(*record)
		g.useAtomically(r, true)
		r.sync = g.x.clone(g.sync)
		if g.x.account != nil {
			g.x.account.set(r, text(value))
		}
	}
	hook.Unchanged = func(s hook.Step) { of(s).unchanged(s.Record.(*record)) }
	hook.Show = show
}

func of(s hook.Step) *goroutine { return s.Goroutine.(*goroutine) }

func useMap(m any, name string, changes bool) {
	g := self("a map")
	r := g.x.variable(reflect.ValueOf(m).UnsafePointer(), name)
	r.alive = m
	o := operation{what: "read", on: r, access: reading}
	if changes {
		o = operation{what: "change", on: r, access: writing}
	}
	step(o)
	g.use(r, changes)
}

func atomically(p unsafe.Pointer, name, what string, value any, writes bool) hook.Step {
	g := self("an atomic operation")
	r := g.x.variable(p, name)
	g.x.initial(r, value)
	o := operation{what: what, on: r, access: reading}
	if writes {
		o.access = writing
	}
	step(o)
	return hook.Step{Goroutine: g, Record: r}
}

func show(body func(), name, file string) (markup, text string) {
	defer guardTime(file)()
	switch name {
	case "":
		begun := time.Now()
		r := Explore(body, in(file), Within(cellLimit))
		found, _, _ := strings.Cut(r.String(), "\n")
		direct.Report(verdict.Verdict{Exercise: verdict.EverySchedule, Right: r.OK(), Message: found, Seconds: time.Since(begun).Seconds()})
		if len(r.Failures) == 0 {
			return r.HTML(), r.Text()
		}
		const more = "%schedules play lets you choose the steps yourself."
		return r.HTML() + notice(more), r.Text() + more
	case "play":
		p := play(body, file)
		return p.HTML(), p.Text()
	}
	s, err := replay(body, name, file)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%%schedules %s: %s\n", name, strings.TrimPrefix(err.Error(), "schedules: "))
		os.Exit(1)
	}
	return s.figure("schedule " + s.Name), s.Text()
}
