package display

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"
)

// place is where a node stands, or where an arrow passes a column.
type place struct {
	column        int
	row           int // in its column, from the top
	before, after []*place
}

// arrow leads from its first place to its last. Those between are in columns
// that it passes, so that no box stands in its way.
type arrow struct {
	places []*place
	strong bool
}

// layout says where everything is.
type layout struct {
	nodes    []*place // of the nodes, in their order
	arrows   []arrow
	columns  [][]*place // from top to bottom
	most     int        // places in a column
	box, gap float64    // widths of a column, and between two
}

func layoutOf(nodes []Node, path []string) *layout {
	l := &layout{}
	index := indexOf(nodes, path)
	depth := depths(nodes, index)
	for i := range nodes {
		l.nodes = append(l.nodes, l.add(depth[i]))
	}
	for i, n := range nodes {
		for _, name := range n.After {
			l.addArrow(l.nodes[index[name]], l.nodes[i], follows(path, name, n.Name))
		}
	}
	l.order()
	for _, n := range nodes {
		letters := max(utf8.RuneCountInString(n.Name), utf8.RuneCountInString(n.Note))
		l.box = max(l.box, letterWidth*float64(letters)+16, 44)
	}
	between := float64(len(l.columns) - 1)
	l.gap = min(90, max(30, (graphWidth-2*graphMargin-l.box*(between+1))/max(1, between)))
	return l
}

// indexOf returns the number of each node by its name. It panics if names are
// missing, or used twice, or unknown.
func indexOf(nodes []Node, path []string) map[string]int {
	index := map[string]int{}
	for i, n := range nodes {
		if _, twice := index[n.Name]; twice || n.Name == "" {
			panic(fmt.Sprintf("display: Graph: node %d must have a name of its own, got %q", i, n.Name))
		}
		index[n.Name] = i
	}
	for _, n := range nodes {
		for _, name := range n.After {
			if _, known := index[name]; !known {
				panic(fmt.Sprintf("display: Graph: node %q is after %q, and no node is named so", n.Name, name))
			}
		}
	}
	for _, name := range path {
		if _, known := index[name]; !known {
			panic(fmt.Sprintf("display: Graph: the path has %q, and no node is named so", name))
		}
	}
	return index
}

// depths returns the column of each node: one more than the largest before it.
func depths(nodes []Node, index map[string]int) []int {
	const unknown, visiting = -1, -2
	depth := slices.Repeat([]int{unknown}, len(nodes))
	var of func(i int) int
	of = func(i int) int {
		switch depth[i] {
		case visiting:
			panic(fmt.Sprintf("display: Graph: node %q is after itself, in a circle", nodes[i].Name))
		case unknown:
			depth[i] = visiting
			deepest := -1
			for _, name := range nodes[i].After {
				deepest = max(deepest, of(index[name]))
			}
			depth[i] = deepest + 1
		}
		return depth[i]
	}
	for i := range nodes {
		of(i)
	}
	return depth
}

// follows reports whether b is next after a in the path.
func follows(path []string, a, b string) bool {
	for i := 1; i < len(path); i++ {
		if path[i-1] == a && path[i] == b {
			return true
		}
	}
	return false
}

// add makes a place at the lower end of a column.
func (l *layout) add(column int) *place {
	for len(l.columns) <= column {
		l.columns = append(l.columns, nil)
	}
	p := &place{column: column, row: len(l.columns[column])}
	l.columns[column] = append(l.columns[column], p)
	l.most = max(l.most, len(l.columns[column]))
	return p
}

func (l *layout) addArrow(from, to *place, strong bool) {
	a := arrow{places: []*place{from}, strong: strong}
	for column := from.column + 1; column < to.column; column++ {
		a.places = append(a.places, l.add(column))
	}
	a.places = append(a.places, to)
	for i := 1; i < len(a.places); i++ {
		left, right := a.places[i-1], a.places[i]
		left.after, right.before = append(left.after, right), append(right.before, left)
	}
	l.arrows = append(l.arrows, a)
}

// order sorts each column by where its neighbors are, to and fro, which leaves
// few arrows that cross.
func (l *layout) order() {
	for range 4 {
		for _, column := range l.columns {
			l.sortBy(column, func(p *place) []*place { return p.before })
		}
		for _, column := range slices.Backward(l.columns) {
			l.sortBy(column, func(p *place) []*place { return p.after })
		}
	}
}

// sortBy sorts a column by the mean height of the neighbors on one side.
func (l *layout) sortBy(column []*place, neighbors func(*place) []*place) {
	mean := func(p *place) float64 {
		list := neighbors(p)
		if len(list) == 0 {
			return l.height(p)
		}
		sum := 0.0
		for _, n := range list {
			sum += l.height(n)
		}
		return sum / float64(len(list))
	}
	slices.SortStableFunc(column, func(a, b *place) int { return cmp.Compare(mean(a), mean(b)) })
	for i, p := range column {
		p.row = i
	}
}

// height of a place, from 0 at the top of the picture to 1: each column is
// spread over all of it, so that a sum stands in the middle of what it adds.
func (l *layout) height(p *place) float64 {
	return (float64(p.row) + 0.5) / float64(len(l.columns[p.column]))
}

// middle is where the middle of a place is, from the top of the picture.
func (l *layout) middle(p *place) float64 {
	return graphMargin + slotHeight*float64(l.most)*l.height(p)
}

// left is where a place begins, from the left side of the picture.
func (l *layout) left(p *place) float64 {
	return graphMargin + float64(p.column)*(l.box+l.gap)
}

func (l *layout) size() (width, height float64) {
	columns := float64(len(l.columns))
	return 2*graphMargin + columns*l.box + (columns-1)*l.gap, 2*graphMargin + slotHeight*float64(l.most)
}
