package schedules

import "slices"

// tree holds every schedule of a small program. Schedules that differ only in the order of independent steps lead to the
// same point, so that it is a directed acyclic graph.
type tree struct {
	explorer  *explorer
	points    []*point
	numbers   map[uint64]int // of points, by their keys
	pending   []branch
	long      bool // a schedule has more than maxMoves steps
	lanes     []string
	variables []string
	initial   []string // values of variables
}

// point is a state of the program.
type point struct {
	values []*string // of the tree's variables; nil if the initial one
	moves  []move    // in the order of execution.transitions
	end    *Schedule // if the schedule ends here
}

// move is a step from one point to another.
type move struct {
	step  Step
	to    int
	races []earlier
}

// earlier is the first step of a data race: the nth of its lane, from 1.
type earlier struct {
	name      string
	lane, nth int
}

// branch is a choice that was not explored yet: the last of path, from a point.
type branch struct {
	from int
	path []int
}

// maxPoints limits the tree, which is what a page has to load. No reader takes more than maxMoves steps by hand.
const (
	maxPoints = 3000
	maxMoves  = 200
)

func (t *tree) large() bool { return t.long || len(t.points) > maxPoints }

// grow runs body by every schedule. Each run goes on until it ends or reaches a known point.
func grow(body func(), home string) *tree {
	t := &tree{explorer: &explorer{body: body, home: home}}
	defer t.explorer.close()
	t.begin()
	for len(t.pending) > 0 && !t.large() {
		b := t.pending[len(t.pending)-1]
		t.pending = t.pending[:len(t.pending)-1]
		t.run(b)
		if !t.explorer.strict && t.explorer.last.improper() {
			t.explorer.strict = true
			t.begin()
		}
	}
	return t
}

func (t *tree) begin() {
	t.points, t.numbers, t.pending = nil, map[uint64]int{}, []branch{{}}
	t.lanes, t.variables, t.initial = nil, nil, nil
}

// run follows a branch, and takes the first transition wherever it comes to a new point.
func (t *tree) run(b branch) {
	var visited []int // after the branch
	known := false
	s := t.explorer.replay(true, func(x *execution, step int, enabled []transition, _ int8) int {
		if step <= len(b.path) {
			if b.path[step-1] >= len(enabled) {
				x.differs()
			}
			return b.path[step-1]
		}
		var n int
		n, known = t.point(x)
		if known && len(t.points[n].moves) != len(enabled) {
			x.differs()
		}
		visited = append(visited, n)
		t.long = t.long || step > maxMoves
		if known || t.large() {
			known = true
			return -1
		}
		t.points[n].moves = make([]move, len(enabled))
		path := slices.Concat(b.path, make([]int, step-1-len(b.path)))
		for i := 1; i < len(enabled); i++ {
			t.pending = append(t.pending, branch{n, append(slices.Clone(path), i)})
		}
		return 0
	})
	x := t.explorer.last
	if !known {
		n, _ := t.point(x)
		visited = append(visited, n)
		t.points[n].end = s
	}
	if len(s.Lanes) > len(t.lanes) {
		t.lanes = s.Lanes
	}
	variables := t.known(s)
	for i, n := range visited {
		step := len(b.path) + i - 1
		t.points[n].set(variables, s.before(step+1))
		switch {
		case i > 0:
			t.points[visited[i-1]].moves[0] = x.move(s, step, n)
		case step >= 0:
			t.points[b.from].moves[b.path[step]] = x.move(s, step, n)
		}
	}
}

// point returns the number of the current state, and whether it is known. The order of conflicting steps identifies a
// state, up to the numbers of goroutines and of objects without names.
func (t *tree) point(x *execution) (n int, known bool) {
	key := mix(x.class, x.labels)
	for _, g := range x.goroutines {
		key = mix(key, g.path)
	}
	n, known = t.numbers[key]
	if !known {
		n = len(t.points)
		t.numbers[key] = n
		t.points = append(t.points, new(point))
	}
	return n, known
}

// known returns the places of the schedule's variables among the tree's. Two of one name are told apart by their order.
func (t *tree) known(s *Schedule) (places []int) {
	for v, name := range s.Variables {
		at := -1
		for i, other := range t.variables {
			if other == name && !slices.Contains(places, i) {
				at = i
				break
			}
		}
		if at < 0 {
			at = len(t.variables)
			t.variables, t.initial = append(t.variables, name), append(t.initial, s.Initial[v])
		}
		places = append(places, at)
	}
	return places
}

// set stores the values of variables: values[v] is that of the variable at places[v].
func (p *point) set(places []int, values []string) {
	if p.values != nil {
		return
	}
	for v, at := range places {
		for len(p.values) <= at {
			p.values = append(p.values, nil)
		}
		p.values[at] = &values[v]
	}
}

// move returns a step of the execution, which leads to a point.
func (x *execution) move(s *Schedule, step, to int) move {
	m := move{step: s.Steps[step], to: to}
	for _, r := range x.races {
		if int(r.second) != step {
			continue
		}
		first := x.events[r.first]
		nth := 0
		for _, e := range x.events[:r.first+1] {
			if e.goroutines().has(first.g) {
				nth++
			}
		}
		m.races = append(m.races, earlier{r.name, int(first.g) - 1, nth})
	}
	return m
}
