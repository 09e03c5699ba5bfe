package schedules

import (
	"cmp"
	"fmt"
	"strings"
)

// Kind says in which way a schedule is wrong. It is 0 for a schedule that is right.
type Kind int

const (
	CheckFailed Kind = iota + 1 // a Check was false
	Panic                       // a goroutine panicked
	Deadlock                    // the body waits, and no goroutine can continue
	LeftBehind                  // the body has returned, and another goroutine waits that no goroutine can wake
	Endless                     // the schedule has more than 2,000 steps, or a goroutine calls Gosched that often without a step
	DataRace                    // a write of a variable and another access that Go's memory model does not order; not a failure
)

// failure is something that went wrong in an execution, when and where.
type failure struct {
	credit
	kind    Kind
	message string
	g       *goroutine
}

// fail records a failure of g, unless an earlier failure happened before it: that may be its cause.
func (x *execution) fail(kind Kind, g *goroutine, message string) {
	for _, f := range x.failures {
		if f.before(g.past) {
			return
		}
	}
	x.failures = append(x.failures, &failure{g.credit(), kind, message, g})
	if x.account != nil {
		x.account.file, x.account.line = g.file, g.line
		if now != nil {
			x.account.file, x.account.line = caller()
		}
	}
}

// Check reports a failure if ok is false. The program continues: only the first failure of a schedule counts.
func Check(ok bool) {
	if g := self("Check"); !ok {
		g.x.fail(CheckFailed, g, "check failed")
	}
}

// Checkf is Check with a message, in the form of fmt.Sprintf.
func Checkf(ok bool, format string, values ...any) {
	if g := self("Checkf"); !ok {
		g.x.fail(CheckFailed, g, fmt.Sprintf(format, values...))
	}
}

// finish looks for goroutines that can never continue.
func (x *execution) finish() {
	var waiting []*goroutine
	for _, g := range x.goroutines {
		if !g.finished && g.fire == nil { // a timer that does not fire was stopped
			waiting = append(waiting, g)
		}
	}
	if len(waiting) == 0 || len(x.failures) > 0 {
		return
	}
	kind, word := LeftBehind, "left behind: "
	if waiting[0].id == 1 {
		kind, word = Deadlock, "deadlock: "
	}
	var parts []string
	everything := clock{}
	for _, g := range waiting {
		parts = append(parts, g.waits())
	}
	for _, g := range x.goroutines {
		everything.join(g.past)
	}
	x.failures = append(x.failures, &failure{credit{past: everything}, kind, word + strings.Join(parts, "; "), waiting[0]})
	if x.account != nil {
		x.account.file, x.account.line = waiting[0].file, waiting[0].line
	}
}

// waits says for what g waits, and which goroutine holds it if that is known.
func (g *goroutine) waits() string {
	o := &g.op
	awaits := cmp.Or(o.awaits, o.what)
	text := fmt.Sprintf("%s waits for %s", g.name(), awaits)
	if o.on != nil {
		text = fmt.Sprintf("%s waits for %s of %s", g.name(), awaits, o.on.name)
		if h := o.on.holder; h != nil {
			text += fmt.Sprintf(", which %s holds", h.name())
		}
	}
	if o.cases != nil {
		var parts []string
		for i := range o.cases {
			parts = append(parts, o.cases[i].String())
		}
		text = fmt.Sprintf("%s waits to %s", g.name(), strings.Join(parts, " or "))
		if len(parts) == 0 {
			text = g.name() + " waits in a select without cases"
		}
	}
	return text
}

func (g *goroutine) name() string {
	if g.id == 1 {
		return "main"
	}
	return fmt.Sprintf("goroutine %d", g.id)
}
