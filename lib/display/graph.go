package display

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

// Node is a box of Graph.
type Node struct {
	Name  string   // stands in the box
	Note  string   // stands below the name, for example how long it takes; "" for none
	After []string // the nodes from which an arrow leads here
}

// Path has Graph draw these nodes, and the arrow from each to the next, in red
// and strong. The text form names them.
func Path(names ...string) Option {
	return func(s *settings) { s.path = names }
}

// Graph draws nodes and arrows, for example tasks and which of them must end
// before another begins:
//
//	display.Graph([]display.Node{{Name: "read"}, {Name: "parse", After: []string{"read"}}},
//		display.Path("read", "parse"))
//
// A node stands to the right of all nodes that it is after. The text form lists
// the nodes in their order. Some tens of nodes are readable.
//
// Graph panics if a node has no name or that of another node, if After or Path
// names a node that there is not, or if nodes are after each other in a circle.
func Graph(nodes []Node, opts ...Option) {
	var s settings
	for _, o := range opts {
		o(&s)
	}
	if len(nodes) == 0 {
		Markdown("The graph has no nodes.")
		return
	}
	said := describeGraph(nodes, s.path)
	figure := fmt.Sprintf(`<figure style="margin:.5em 0;color:var(--jp-content-font-color1,inherit)">%s<figcaption style="%s">%s</figcaption></figure>`,
		graphSVG(nodes, s.path, said), captionStyle, html.EscapeString(s.caption))
	HTML(figure, strings.TrimSuffix(said+"\n"+s.caption, "\n"))
}

// describeGraph says in words what the picture shows.
func describeGraph(nodes []Node, path []string) string {
	var parts []string
	for _, n := range nodes {
		part := n.Name
		if n.Note != "" {
			part += " (" + n.Note + ")"
		}
		if len(n.After) > 0 {
			part += " after " + strings.Join(n.After, ", ")
		}
		parts = append(parts, part)
	}
	text := strings.Join(parts, "; ") + "."
	if len(path) > 0 {
		text += " Path: " + strings.Join(path, ", ") + "."
	}
	return text
}

// Sizes of a graph in pixels.
const (
	graphWidth  = 680.0 // that columns are spread over
	slotHeight  = 46.0  // of a box, and the space around it
	boxHeight   = 34.0
	graphMargin = 3.0
	letterWidth = 7.2 // mean, of bold text
)

// strong is the color of the path, of 3:1 contrast on a light and on a dark ground.
const strong = "#cc4a5c"

func graphSVG(nodes []Node, path []string, said string) string {
	l := layoutOf(nodes, path)
	var b strings.Builder
	for _, isStrong := range []bool{false, true} { // the path in front
		for _, a := range l.arrows {
			if a.strong == isStrong {
				l.drawArrow(&b, a)
			}
		}
	}
	for i, n := range nodes {
		l.drawBox(&b, n, l.nodes[i], slices.Contains(path, n.Name))
	}
	width, height := l.size()
	id := fmt.Sprintf("mp-%08x", hash(said+b.String(), nil))
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" role="img" aria-labelledby="%s-t %s-d" style="display:block;width:100%%;max-width:%.0fpx;height:auto;font:12px var(--jp-ui-font-family,system-ui,sans-serif)">`+
		`<title id="%s-t">What comes after what</title><desc id="%s-d">%s</desc>`+"\n%s</svg>",
		width, height, id, id, width, id, id, html.EscapeString(said), b.String())
}

// drawArrow draws an arrow from box to box, level where it passes a column.
func (l *layout) drawArrow(b *strings.Builder, a arrow) {
	var line strings.Builder
	for i, p := range a.places {
		left, right, y := l.left(p), l.left(p)+l.box, l.middle(p)
		if i == 0 {
			fmt.Fprintf(&line, "M%.1f %.1f", right, y)
			continue
		}
		from := a.places[i-1]
		half := l.left(from) + l.box + l.gap/2
		fmt.Fprintf(&line, "C%.1f %.1f %.1f %.1f %.1f %.1f", half, l.middle(from), half, y, left, y)
		if i < len(a.places)-1 {
			fmt.Fprintf(&line, "H%.1f", right)
		}
	}
	to := a.places[len(a.places)-1]
	x, y := l.left(to), l.middle(to)
	color, opacity, width := "currentColor", .45, 1.2
	if a.strong {
		color, opacity, width = strong, 1, 2.5
	}
	fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-opacity="%.2f" stroke-width="%.1f"/>`, line.String(), color, opacity, width)
	fmt.Fprintf(b, `<path d="M%.1f %.1fL%.1f %.1fL%.1f %.1fZ" fill="%s" fill-opacity="%.2f"/>`+"\n", x-8, y-4, x, y, x-8, y+4, color, max(opacity, .6))
}

func (l *layout) drawBox(b *strings.Builder, n Node, p *place, isStrong bool) {
	left, middle := l.left(p), l.middle(p)
	color, width, weight := "currentColor", 1.0, ""
	if isStrong {
		color, width, weight = strong, 2.5, ` font-weight="700"`
	}
	fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.0f" rx="4" fill="currentColor" fill-opacity=".07" stroke="%s" stroke-width="%.1f"/>`,
		left, middle-boxHeight/2, l.box, boxHeight, color, width)
	y := middle + 4
	if n.Note != "" {
		y = middle - 3
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" fill="currentColor" fill-opacity=".8">%s</text>`, left+l.box/2, middle+12, html.EscapeString(n.Note))
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" fill="currentColor"%s>%s</text>`+"\n", left+l.box/2, y, weight, html.EscapeString(n.Name))
}
