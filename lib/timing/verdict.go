package timing

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"multiprocessing/lib/internal/digits"
	"multiprocessing/lib/internal/verdict"
)

// unstable is how far an interval may reach from its value, as a fraction of
// it, before the verdict says so.
const unstable = 0.10

// verdict says in words what the figures of a row are worth, the gravest
// first.
func (c *Comparison) verdict(r *row) string {
	if r.failed != nil {
		return c.prefix(r) + reason(r.failed)
	}
	if len(r.samples.wall) == 0 {
		return c.prefix(r) + "not run: interrupted"
	}
	var parts []string
	if r.base == r {
		parts = append(parts, verdict.Base)
	}
	if r.wavers {
		parts = append(parts, "wrong: the answer is not the same in every round")
	}
	if c.busy(r.cores()) { // first: what follows is not a result
		parts = append(parts, verdict.Busy(c.free, c.wanted()))
	}
	if r.base != r {
		parts = append(parts, c.comparison(r)...)
	}
	return strings.Join(append(parts, c.doubts(r)...), verdict.Separator)
}

// prefix keeps the base marked when there is nothing to compare with.
func (c *Comparison) prefix(r *row) string {
	if r.base == r {
		return verdict.Base + verdict.Separator
	}
	return ""
}

// reason is an error in one line.
func reason(err error) string {
	var p *panicked
	if errors.As(err, &p) {
		return fmt.Sprintf("panicked: %s", firstLine(fmt.Sprint(p.value)))
	}
	var o overdue
	if errors.As(err, &o) {
		return o.Error()
	}
	return "failed: " + firstLine(err.Error())
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// comparison says how a row stands to its base.
func (c *Comparison) comparison(r *row) []string {
	base, up := r.base, r.speedup()
	switch {
	case base.failed != nil || len(base.samples.wall) == 0:
		return []string{fmt.Sprintf("nothing to compare with: %s has no result", base.Name)}
	case r.answer.Hash != base.answer.Hash: // how fast it is does not matter
		return []string{"wrong answer, not that of " + base.Name}
	case math.IsNaN(up.value):
		return nil // the doubts say why
	case !c.differs(r) && up.value != 1 && (up.low > 1 || up.high < 1) && c.compared() > 1 && math.Abs(math.Log(up.value)) > math.Log1p(c.settings.difference):
		return []string{fmt.Sprintf("not certain in a table of %d rows: %s times as fast (%s to %s)", c.compared()+1, digits.Three(up.value), digits.Three(up.low), digits.Three(up.high))}
	case !c.differs(r) && up.high-up.low > wide:
		return []string{fmt.Sprintf("cannot tell: %s to %s times as fast", digits.Three(up.low), digits.Three(up.high))}
	case !c.differs(r):
		return []string{"no difference seen: within " + up.furthest()}
	}
	much := fmt.Sprintf("%s times as fast (%s to %s)", digits.Three(up.value), digits.Three(up.low), digits.Three(up.high))
	if up.value < 1.0/2 {
		much = fmt.Sprintf("%s times as slow (%s to %s)", digits.Three(1/up.value), digits.Three(1/up.high), digits.Three(1/up.low))
	}
	if up.value < 1 && !c.busy(r.cores()) {
		much = "slower: " + much
	}
	return []string{much}
}

// wide is the 95% interval of a speedup that says nothing.
const wide = 0.5

// furthest is how far from 1 a speedup may be by its interval, in percent and
// rounded up.
func (e estimate) furthest() string {
	return fmt.Sprintf("%.0f%%", max(1, math.Ceil(100*max(e.high-1, 1-e.low)-1e-9)))
}

// doubts is what speaks against a row's figures.
func (c *Comparison) doubts(r *row) []string {
	var parts []string
	add := func(when bool, what string) {
		if when {
			parts = append(parts, what)
		}
	}
	figure := summarize(r.samples.wall)
	if r.base != r && len(r.base.samples.wall) > 0 {
		figure = r.speedup()
	}
	few := math.IsNaN(figure.low)
	add(few, "too few samples")
	add(!few && !figure.within(unstable), "unstable")
	add(r.tooShort(), "too short to time well")
	add(r.cores() > c.facts.usableCores(), verdict.Crowded)
	add(r.throttled > 0, fmt.Sprintf("cgroup-throttled in %d of %d rounds", r.throttled, len(r.samples.wall)))
	add(r.beside, "measured while "+strings.Join(c.left, " and ")+" still ran")
	add(c.interrupted, "interrupted")
	return parts
}

// usableCores is how many workers can run at the same time. A worker process
// may have more than GOMAXPROCS gives this one, but is compared with it.
func (f Facts) usableCores() int {
	cores := min(f.cores, f.procs)
	if q := f.cgroup.quota; q > 0 {
		cores = min(cores, int(math.Ceil(q)))
	}
	return cores
}
