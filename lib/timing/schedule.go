package timing

import "time"

// minRounds is the fewest times whose order statistics hold the median with
// a probability of 95%: all on one side of it has 2/2^6, about 3%.
const minRounds = 6

// maxRounds ends a comparison of very short cases that never settle.
const maxRounds = 200

// schedule says which cases are measured in the next round, and when there
// are enough rounds.
type schedule struct {
	settings
	groups []*group
}

// group is a base with the cases that are compared with it, and those that are
// compared with these: they are measured in the same rounds, because each round
// gives speedups.
type group struct {
	rows   []*row
	share  time.Duration // of the budget
	rounds int           // begun so far
	look   int           // the round after which the intervals are looked at next
}

func newSchedule(rows []*row, s settings) *schedule {
	number := map[*row]int{}
	for i, r := range rows {
		number[r] = i
	}
	for _, r := range rows { // joins the groups of a case and its base
		from, to := number[r], number[r.base]
		for other, n := range number {
			if n == from {
				number[other] = to
			}
		}
	}
	groups := map[int]*group{}
	out := &schedule{settings: s}
	for _, r := range rows {
		g := groups[number[r]]
		if g == nil {
			g = &group{}
			groups[number[r]] = g
			out.groups = append(out.groups, g)
		}
		g.rows = append(g.rows, r)
		g.share = s.budget * time.Duration(len(g.rows)) / time.Duration(len(rows))
	}
	return out
}

// next begins a round and returns its cases; none when there are enough rounds.
func (s *schedule) next() []*row {
	var all []*row
	for _, g := range s.groups {
		if able := g.able(); s.goesOn(g, able) {
			g.rounds++
			all = append(all, able...)
		}
	}
	return all
}

// able are the cases that have not failed.
func (g *group) able() []*row {
	var able []*row
	for _, r := range g.rows {
		if r.failed == nil {
			able = append(able, r)
		}
	}
	return able
}

// goesOn reports whether a group has one more round. The intervals are looked
// at after 6 rounds and then ever more seldom: the more often one looks, the
// more often one stops at an interval that is narrow by chance.
func (s *schedule) goesOn(g *group, able []*row) bool {
	switch {
	case len(able) == 0:
		return false
	case s.rounds > 0:
		return g.rounds < s.rounds
	case g.rounds < minPairs:
		return true
	case g.rounds < minRounds:
		return longest(able) < s.budget
	case g.rounds >= maxRounds || used(able) >= g.share:
		return false
	case g.rounds < g.look:
		return true
	}
	g.look = g.rounds + max(1, g.rounds/4)
	return !s.settled(able)
}

// settled reports whether all intervals are within the target: those of the
// speedups, and of the times of cases that no speedup is made of.
func (s *schedule) settled(able []*row) bool {
	bases := map[*row]bool{}
	for _, r := range able {
		if r.base != r {
			bases[r.base] = true
		}
	}
	for _, r := range able {
		switch {
		case r.base != r && r.base.failed == nil:
			if !r.speedup().within(s.target) {
				return false
			}
		case !bases[r] && !summarize(r.samples.wall).within(s.target):
			return false
		}
	}
	return true
}

func used(rows []*row) (sum time.Duration) {
	for _, r := range rows {
		sum += r.used
	}
	return sum
}

// fewest is how many rounds a group has at least.
func (s *schedule) fewest(able []*row) int {
	var slowest time.Duration
	for _, r := range able {
		slowest = max(slowest, r.pace())
	}
	switch {
	case s.rounds > 0:
		return s.rounds
	case minPairs*slowest >= s.budget:
		return minPairs
	}
	return minRounds
}

// pace is how long a round of the case takes: on average so far, or as long as
// the warm-up.
func (row *row) pace() time.Duration {
	if n := len(row.samples.wall); n > 0 {
		return row.used / time.Duration(n)
	}
	return row.warm
}

func longest(rows []*row) (most time.Duration) {
	for _, r := range rows {
		most = max(most, r.used)
	}
	return most
}

// left is how long the rounds will probably take from here: those that must
// be, at the pace so far, or until the share of the budget is spent.
func (s *schedule) left() (sum time.Duration) {
	for _, g := range s.groups {
		var needed time.Duration
		able := g.able()
		for _, r := range able {
			needed += time.Duration(max(0, s.fewest(able)-len(r.samples.wall))) * r.pace()
		}
		if s.rounds == 0 && len(able) > 0 {
			needed = max(needed, g.share-used(able))
		}
		sum += needed
	}
	return sum
}
