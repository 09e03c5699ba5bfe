package timing

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// unstable is how far an interval may reach from its median, as a fraction of
// it, before the verdict says so.
const unstable = 0.10

// tooShort is the median in ms below which a run is too short to time well:
// the clock, the scheduler and cold caches weigh more than the work.
const tooShort = 0.01

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
		parts = append(parts, "base")
	}
	if r.wavers {
		parts = append(parts, "wrong: the answer is not the same in every round")
	}
	if r.base != r {
		parts = append(parts, compared(r)...)
	}
	return strings.Join(append(parts, c.doubts(r)...), "; ")
}

// prefix keeps the base marked when there is nothing to compare with.
func (c *Comparison) prefix(r *row) string {
	if r.base == r {
		return "base; "
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

// compared says how a row stands to its base.
func compared(r *row) []string {
	base := r.base
	if base.failed != nil || len(base.samples.wall) == 0 {
		return []string{fmt.Sprintf("nothing to compare with: %s has no result", base.Name)}
	}
	faster := median(r.samples.wall) < median(base.samples.wall)
	switch {
	case r.answer.Hash != base.answer.Hash: // how fast it is does not matter
		return []string{"wrong answer, not that of " + base.Name}
	case r.few() || base.few(): // no difference could be seen, whatever the times are
		return nil
	case !differ(r.samples.wall, base.samples.wall):
		return []string{"no difference seen"}
	case faster:
		return []string{"faster"}
	}
	return []string{"slower than " + base.Name}
}

func (r *row) few() bool { return len(r.samples.wall) < minRounds }

// doubts is what speaks against a row's figures.
func (c *Comparison) doubts(r *row) []string {
	var parts []string
	add := func(when bool, what string) {
		if when {
			parts = append(parts, what)
		}
	}
	m := median(r.samples.wall)
	add(r.few(), "too few samples")
	add(!r.few() && !r.samples.within(unstable), "unstable")
	add(m < tooShort, "too short to time well")
	add(r.cores() > c.facts.usableCores(), "more workers than cores")
	add(c.busy(r.cores()), "cores were not free")
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
