// Package sketch draws pictures that explain a mechanism, from a few lines of data:
// Lanes draws what each worker does over time. Boxes draws places, for example in memory.
//
// Use it for what no measurement shows, such as a lock that passes to its next owner
// (slide 11). What was measured belongs in packages chart and display.
//
// The pictures have the width, the font and the colors of the charts, and follow a light
// and a dark notebook. Each has a description, for screen readers and terminals. A picture
// in which texts would overlap is not drawn: Show panics, and names the text.
//
// Cost: a picture takes 0.07 ms to draw (BenchmarkLanes).
package sketch

import (
	"fmt"
	"hash/fnv"
	"html"
	"strings"

	"multiprocessing/lib/display"
)

// Sizes in pixels.
const (
	width  = 680.0 // of all pictures
	height = 24.0  // a box
	pitch  = 28.0  // from a box to the one below
	margin = 3.0   // around everything, and between a box and its text
)

// picture is one in the making.
type picture struct {
	strings.Builder
	kind string  // its type, for errors
	y    float64 // where the next row begins
}

func (p *picture) refuse(format string, args ...any) {
	panic("sketch: " + p.kind + ": " + fmt.Sprintf(format, args...))
}

func (p *picture) show(title, about string) { display.SVG(p.svg(title, about), about) }

// svg returns the picture; its ids do not clash with those of others in the page.
func (p *picture) svg(title, about string) string {
	if strings.TrimSpace(title) == "" || strings.TrimSpace(about) == "" {
		p.refuse("needs a Title and an About")
	}
	h := fnv.New32a()
	fmt.Fprint(h, title, about, p.String())
	id := fmt.Sprintf("mp-%08x", h.Sum32())
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" role="img" aria-labelledby="%s-t %s-d" style="display:block;width:100%%;max-width:%.0fpx;height:auto;font:12px 'Liberation Sans',Arial,Helvetica,sans-serif">`+
		`<title id="%s-t">%s</title><desc id="%s-d">%s</desc>`+"\n%s</svg>",
		width, p.y, id, id, width, id, html.EscapeString(title), id, html.EscapeString(about), p.String())
}

// heading draws a bold text across the picture, apart from what is above it.
func (p *picture) heading(text string) {
	if p.y > margin {
		p.y += 10
	}
	const bolder = 1.2 // bold letters are wider
	p.mustFit(text, bolder*textWidth(text), width-2*margin)
	fmt.Fprintf(p, `<text x="%.1f" y="%.1f" font-weight="700" fill="currentColor">%s</text>`+"\n", margin, p.y+15, html.EscapeString(text))
	p.y += height
}

// text draws a text. Where the reader has none of the fonts, it is squeezed into the room
// that it was given, as in the charts.
func (p *picture) text(x, y float64, anchor, text string) {
	if text != "" {
		fmt.Fprintf(p, `<text x="%.1f" y="%.1f" text-anchor="%s" textLength="%.1f" lengthAdjust="spacingAndGlyphs" fill="currentColor">%s</text>`+"\n",
			x, y, anchor, textWidth(text), html.EscapeString(text))
	}
}

func (p *picture) mustFit(text string, needs, has float64) {
	if needs > has {
		p.refuse("%q needs %.0f pixels and has %.0f: write a shorter text, or give it more room", text, needs, max(has, 0))
	}
}

// arrow draws an arrow of a length, turned by an angle in degrees.
func (p *picture) arrow(x, y, length, angle float64) {
	fmt.Fprintf(p, `<g transform="translate(%.1f %.1f) rotate(%.0f)" opacity=".7"><path d="M0 0H%.1f" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M%.1f -3.5L%.1f 0L%.1f 3.5Z" fill="currentColor"/></g>`+"\n",
		x, y, angle, length-7, length-7, length, length-7)
}

// advances are the widths of ' ' to '~' in Liberation Sans, Arial and Helvetica, in
// thousandths of the size.
var advances = [...]int{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}

// textWidth is how many pixels wide a text is. Characters other than ASCII count as
// square, which few exceed.
func textWidth(text string) float64 {
	sum := 0
	for _, r := range text {
		if i := int(r - ' '); 0 <= i && i < len(advances) {
			sum += advances[i]
		} else {
			sum += 1000
		}
	}
	return 12 * float64(sum) / 1000
}
