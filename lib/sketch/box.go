package sketch

import "fmt"

// Box is a text and what is drawn around it. The zero Box is an empty place.
type Box struct {
	text, look string
	wide       int // how many columns it takes beside the first
}

// Text is a text alone. In the first column of Boxes it begins at the left edge.
func Text(text string) Box { return Box{text: text} }

// Gray is a box that does nothing of interest.
func Gray(text string) Box { return Box{text: text, look: gray} }

// Blue is a box that the picture is about.
func Blue(text string) Box { return Box{text: text, look: blue} }

// Red is a box to look at first.
func Red(text string) Box { return Box{text: text, look: red} }

// Dashed is a box of something that waits, or is not there.
func Dashed(text string) Box { return Box{text: text, look: dashed} }

// Right is an arrow to the right, below its text.
func Right(text string) Box { return Box{text: text, look: right} }

// Left is an arrow to the left, below its text.
func Left(text string) Box { return Box{text: text, look: left} }

// Wide returns the box with a width of so many columns. It panics if columns is less
// than 1.
func (b Box) Wide(columns int) Box {
	if columns < 1 {
		panic(fmt.Sprintf("sketch: Wide: must be at least 1, got %d", columns))
	}
	b.wide = columns - 1
	return b
}

// Looks of boxes: how they are filled and framed. Blue and red are those of the charts,
// with a contrast of 3:1 on a white and on a #111 ground.
const (
	gray   = `fill="currentColor" fill-opacity=".07" stroke="currentColor" stroke-opacity=".5"`
	blue   = `fill="#3f7fbf" fill-opacity=".3" stroke="#3f7fbf"`
	red    = `fill="#cc4a5c" fill-opacity=".3" stroke="#cc4a5c"`
	dashed = `fill="none" stroke="currentColor" stroke-opacity=".6" stroke-dasharray="4 3"`
	right  = "right"
	left   = "left"
)

// box draws b in a row of the picture, between x and x+w.
func (p *picture) box(b Box, x, w float64) {
	const least = 8 // pixels inside a box without a text
	if b.look != "" || b.text != "" {
		p.mustFit(b.text, max(textWidth(b.text), least), w-2*margin)
	}
	baseline, line := p.y+height/2+4, p.y+height/2
	if b.text != "" {
		line += 8 // below the text
	}
	switch b.look {
	case right:
		p.arrow(x, line, w, 0)
		baseline -= 4
	case left:
		p.arrow(x+w, line, w, 180)
		baseline -= 4
	case "":
	default:
		fmt.Fprintf(p, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.0f" rx="4" stroke-width="1.2" %s/>`, x, p.y, w, height, b.look)
	}
	p.text(x+w/2, baseline, "middle", b.text)
}
