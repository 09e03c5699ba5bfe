package timing

import (
	"fmt"

	"multiprocessing/lib/internal/cores"
	"multiprocessing/lib/internal/verdict"
)

// freeCores measures how many of n cores are free. Tests replace it.
var freeCores = cores.Free

// cores is how many cores the case could use if there were as many as that.
func (c Case) cores() int {
	if c.Waits {
		return 0
	}
	return max(1, c.Workers)
}

// wanted is how many cores the case with the most workers could use.
func (c *Comparison) wanted() int {
	most := 0
	for _, r := range c.rows {
		most = max(most, r.cores())
	}
	return min(most, c.facts.usableCores())
}

// lookForCores measures the free cores and keeps the fewest found so far.
func (c *Comparison) lookForCores() {
	n := c.wanted()
	if n == 0 || c.interrupted {
		return
	}
	free := freeCores(n)
	if c.free == 0 || free < c.free {
		c.free = free
	}
}

// busy reports whether a case that wants so many cores did not have them.
func (c *Comparison) busy(wanted int) bool {
	n := min(wanted, c.facts.usableCores())
	return c.free > 0 && cores.Few(c.free, n)
}

// Busy returns how many cores were free, in words, if they were too few for the
// workers of a case, as in "0.9 of 2 cores were free". Then the figures measure
// the load of the machine rather than the cases: charts say so, and cases must not
// be ranked by them. Otherwise it returns "".
func (c *Comparison) Busy() string {
	if !c.busy(c.wanted()) {
		return ""
	}
	return verdict.Busy(c.free, c.wanted())
}

// coresInWords says what the cores allowed.
func (c *Comparison) coresInWords() string {
	text := ""
	switch n := c.wanted(); {
	case n == 1 && c.busy(1):
		text += fmt.Sprintf(" Of 1 core %.2f was free.", c.free)
	case n > 1 && c.free > 0:
		text += fmt.Sprintf(" Of %d cores %.2f were free.", n, c.free)
	}
	if usable := c.facts.usableCores(); c.wantedMore(usable) {
		text += fmt.Sprintf(" More workers than %s cannot compute faster here.", plural(usable, "core"))
	}
	return text
}

func (c *Comparison) wantedMore(usable int) bool {
	for _, r := range c.rows {
		if r.cores() > usable {
			return true
		}
	}
	return false
}
