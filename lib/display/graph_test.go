package display

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
)

// tasks are a graph in which an arrow passes a column, and the path does not
// take the arrow from read to report.
func tasks() []Node {
	return []Node{
		{Name: "read", Note: "2 ms"},
		{Name: "north", Note: "3 ms", After: []string{"read"}},
		{Name: "south", Note: "1 ms", After: []string{"read"}},
		{Name: "fit <n>", Note: "4 ms", After: []string{"north"}},
		{Name: "report", Note: "1 ms", After: []string{"fit <n>", "south", "read"}},
	}
}

var critical = []string{"read", "north", "fit <n>", "report"}

func graphOf(nodes []Node, path []string) string {
	return graphSVG(nodes, path, describeGraph(nodes, path))
}

func TestTheGraph(t *testing.T) {
	golden(t, "graph.svg", graphOf(tasks(), critical))
	want := "read (2 ms); north (3 ms) after read; south (1 ms) after read; fit <n> (4 ms) after north; report (1 ms) after fit <n>, south, read. Path: read, north, fit <n>, report."
	if said := describeGraph(tasks(), critical); said != want {
		t.Errorf("got %q", said)
	}
}

func TestAGraphIsXMLThatFollowsTheTheme(t *testing.T) {
	svg := graphOf(tasks(), critical)
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		_, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(svg, "NaN") || !strings.Contains(svg, "currentColor") || !strings.Contains(svg, "<title ") {
		t.Error(svg)
	}
}

func TestANodeStandsRightOfAllThatItIsAfter(t *testing.T) {
	nodes := tasks()
	l := layoutOf(nodes, nil)
	for i, want := range []int{0, 1, 1, 2, 3} {
		if l.nodes[i].column != want {
			t.Errorf("%s is in column %d, want %d", nodes[i].Name, l.nodes[i].column, want)
		}
	}
}

func TestNoTwoPlacesOfAGraphAreTheSame(t *testing.T) {
	l := layoutOf(tasks(), nil)
	seen := map[string]bool{}
	for _, column := range l.columns {
		for _, p := range column {
			at := fmt.Sprint(l.left(p), l.middle(p))
			if seen[at] {
				t.Errorf("two places are at %s", at)
			}
			seen[at] = true
		}
	}
	if len(seen) != 8 { // 5 nodes, the arrow from read passes 2 columns, that from south 1
		t.Errorf("%d places, want 8", len(seen))
	}
}

func TestOnlyTheArrowsOfThePathAreStrong(t *testing.T) {
	for _, a := range layoutOf(tasks(), critical).arrows {
		if a.strong && len(a.places) > 2 {
			t.Error("the arrow from read to report is strong, which the path does not take")
		}
	}
	if n := strings.Count(graphOf(tasks(), critical), `stroke="`+strong); n != 3+4 {
		t.Errorf("%d strong lines, want 3 arrows and 4 boxes", n)
	}
}

func TestATreeHasNoCrossings(t *testing.T) {
	// The leaves come in an order that would cross all arrows.
	nodes := []Node{{Name: "a"}, {Name: "c"}, {Name: "b"}, {Name: "d"},
		{Name: "a+b", After: []string{"a", "b"}}, {Name: "c+d", After: []string{"c", "d"}}, {Name: "sum", After: []string{"a+b", "c+d"}}}
	arrows := layoutOf(nodes, nil).arrows
	for i, a := range arrows {
		for _, b := range arrows[:i] {
			if a.places[0].column == b.places[0].column && (a.places[0].row-b.places[0].row)*(a.places[1].row-b.places[1].row) < 0 {
				t.Errorf("arrows from row %d and from row %d cross", a.places[0].row, b.places[0].row)
			}
		}
	}
}

func TestAGraphThatCannotBeDrawnPanics(t *testing.T) {
	after := func(names ...string) []string { return names }
	for want, nodes := range map[string][]Node{
		`display: Graph: node 1 must have a name of its own, got "a"`:       {{Name: "a"}, {Name: "a"}},
		`display: Graph: node 0 must have a name of its own, got ""`:        {{Note: "1 ms"}},
		`display: Graph: node "a" is after "b", and no node is named so`:    {{Name: "a", After: after("b")}},
		`display: Graph: node "a" is after itself, in a circle`:             {{Name: "a", After: after("b")}, {Name: "b", After: after("a")}},
		`display: Graph: the path has "somewhere", and no node is named so`: {{Name: "a", Note: "path"}},
	} {
		t.Run(want, func(t *testing.T) {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic value is %v, want %q", got, want)
				}
			}()
			var path []string
			if nodes[0].Note == "path" {
				path = []string{"somewhere"}
			}
			layoutOf(nodes, path)
		})
	}
}

func TestTheGraphOutsideANotebook(t *testing.T) {
	t.Setenv("GONB_PIPE", "")
	got, _ := printed(t, func() { Graph(tasks()[:2], Path("read", "north"), Caption("Two tasks.")) })
	if got != "read (2 ms); north (3 ms) after read. Path: read, north.\nTwo tasks.\n" {
		t.Errorf("got %q", got)
	}
	if got, _ = printed(t, func() { Graph(nil) }); got != "The graph has no nodes.\n" {
		t.Errorf("got %q", got)
	}
}
